"""The rules of the fiscal year: what annual funds buy, and until when funds pay."""

from datetime import date

from django.db import migrations

START = date(2020, 1, 1)

RULES = (
    (
        "R-FND-04",
        "A severable service on annual funds begins in the fiscal year of the funds and lasts twelve months at most.",
        "Order the days after the twelve months by another order, or fund it from multi-year or no-year funds.",
        "41 USC 3902; FAR 32.703-3",
        "STATUTE",
    ),
    (
        "R-FND-05",
        "Nothing is paid from an account that was cancelled at the end of its fifth year after expiry.",
        "Charge current funds that are available for the same purpose, at most one percent of their appropriation: a modification puts them on the line.",
        "31 USC 1552, 1553(b)",
        "STATUTE",
    ),
)


def seed(apps, schema_editor):
    names = ("rule_id", "sentence", "lift", "citation", "regime")
    apps.get_model("reference", "Rule").objects.bulk_create(
        apps.get_model("reference", "Rule")(
            valid_from=START, **dict(zip(names, row, strict=True))
        )
        for row in RULES
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0009_earlier_amounts"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
