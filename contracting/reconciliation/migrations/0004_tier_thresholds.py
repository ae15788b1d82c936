"""Up to where the representative settles a difference is a number with a date."""

from datetime import date

from django.db import migrations

ROWS = (
    ("COR_SETTLES_SHARE", "Share of usage that a COR settles", 2, "PERCENT"),
    ("COR_SETTLES_USD", "Difference that a COR settles", 2500, "USD"),
)


def seed(apps, schema_editor):
    Threshold = apps.get_model("reference", "Threshold")
    Threshold.objects.bulk_create(
        Threshold(
            code=code,
            label=label,
            value=value,
            unit=unit,
            valid_from=date(2020, 1, 1),
            regime="AGENCY",
            citation="Default of this software; an agency sets its own",
            confidence="LOW",
        )
        for code, label, value, unit in ROWS
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reconciliation", "0002_guards"),
        ("reference", "0003_seed"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
