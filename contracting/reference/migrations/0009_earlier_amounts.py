"""Amounts above which clauses are prescribed, as they were until September 2025."""

from datetime import date
from decimal import Decimal

from django.db import migrations

ROWS = (
    (
        "SUBCONTRACTING_PLAN",
        "Small business subcontracting plan",
        "750000",
        "FAR 19.702",
    ),
    ("SUBAWARD_REPORTING", "First-tier subaward reporting", "30000", "FAR 4.1403"),
)


def seed(apps, schema_editor):
    Threshold = apps.get_model("reference", "Threshold")
    Threshold.objects.bulk_create(
        Threshold(
            code=code,
            label=label,
            value=Decimal(value),
            unit="USD",
            valid_from=date(2020, 8, 31),
            valid_to=date(2025, 9, 30),
            regime="FAR",
            citation=citation,
            confidence="HIGH",
        )
        for code, label, value, citation in ROWS
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0008_prescriptions"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
