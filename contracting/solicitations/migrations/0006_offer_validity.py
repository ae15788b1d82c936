"""How long offers stay open: stated in the package, or as the rules say."""

from datetime import date
from decimal import Decimal

from django.db import migrations


def add_threshold(apps, schema_editor):
    """The days of an offer where the solicitation states none."""
    apps.get_model("reference", "Threshold").objects.create(
        code="OFFER_VALIDITY",
        label="Days that an offer stays open, where the solicitation states none",
        value=Decimal(30),
        unit="DAYS",
        valid_from=date(2020, 1, 1),
        regime="FAR",
        citation="FAR 52.212-1(c)",
        confidence="HIGH",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("solicitations", "0004_nominal_minimum"),
        ("reference", "0003_seed"),
    ]

    operations = [
        migrations.RunPython(add_threshold, migrations.RunPython.noop),
    ]
