"""Within how many days a small business is to be paid, before it is due."""

from datetime import date
from decimal import Decimal

from django.db import migrations


def seed(apps, schema_editor):
    apps.get_model("reference", "Threshold").objects.create(
        code="ACCELERATED_PAYMENT",
        label="Payment of a small business after receipt of its proper invoice",
        value=Decimal(15),
        unit="DAYS",
        valid_from=date(2020, 8, 13),
        regime="REGULATION",
        citation="31 U.S.C. 3903(a)(10); FAR 32.009; 5 CFR 1315.5",
        confidence="MEDIUM",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0018_early_payment"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
