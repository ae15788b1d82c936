"""Up to which amount a guaranteed minimum is nominal, as a number with a first day."""

from datetime import date
from decimal import Decimal

from django.db import migrations

CODE = "NOMINAL_MINIMUM"


def add(apps, schema_editor):
    Threshold = apps.get_model("reference", "Threshold")
    Threshold.objects.create(
        code=CODE,
        label="Largest guaranteed minimum of an indefinite-quantity contract that is "
        "still nominal",
        value=Decimal("25.0000"),
        unit="USD",
        valid_from=date(2020, 1, 1),
        regime="FAR",
        citation="FAR 16.504(a)(2); the amount is a starting point for agency policy",
        confidence="LOW",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("solicitations", "0003_replaced_rows"),
        ("reference", "0003_seed"),
    ]

    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
