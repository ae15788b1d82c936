"""How long before its due date a payment may be made."""

from datetime import date
from decimal import Decimal

from django.db import migrations


def seed(apps, schema_editor):
    apps.get_model("reference", "Threshold").objects.create(
        code="EARLY_PAYMENT",
        label="Payment before its due date at most",
        value=Decimal(7),
        unit="DAYS",
        valid_from=date(2020, 1, 1),
        regime="REGULATION",
        citation="5 CFR 1315.4(j)",
        confidence="HIGH",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0017_payment_rules"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
