"""How fresh the check of exclusions is before an award, and the words of its rule."""

from datetime import date
from decimal import Decimal

from django.db import migrations

from contracting.evaluations.migrations._words import rule_words


def add_threshold(apps, schema_editor):
    """Exclusions are checked within this time before the signature."""
    apps.get_model("reference", "Threshold").objects.create(
        code="EXCLUSION_CHECK",
        label="Check of exclusions before an award",
        value=Decimal(1),
        unit="DAYS",
        valid_from=date(2020, 1, 1),
        regime="FAR",
        citation="FAR 9.405(d)",
        confidence="MEDIUM",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0007_vendor_terms"),
        ("determinations", "0002_guards"),
        ("evaluations", "0009_registrations"),
    ]

    operations = [
        migrations.RunPython(add_threshold, migrations.RunPython.noop),
        rule_words(
            "R-EVL-08",
            "Exclusions are checked after opening and again within a day before award.",
            "Import an extract of today; for an excluded vendor, the agency's head "
            "states a compelling reason.",
            "FAR 9.104-1, 9.405(d)",
        ),
    ]
