"""By when a file is closed and how long it is kept, as dated numbers."""

from datetime import date
from decimal import Decimal

from django.db import migrations

THRESHOLDS = (
    (
        "CLOSE_OUT_FIXED_PRICE",
        "Months after physical completion by which a file at firm fixed prices is closed",
        "6",
        "MONTHS",
        "FAR 4.804-1(a)(2)",
    ),
    (
        "CLOSE_OUT_OTHER",
        "Months after physical completion by which another file is closed",
        "20",
        "MONTHS",
        "FAR 4.804-1(a)(4)",
    ),
    (
        "RETENTION",
        "Years after final payment for which the file of a contract is kept",
        "6",
        "YEARS",
        "FAR 4.805; GRS 1.1",
    ),
)


def seed(apps, schema_editor):
    Threshold = apps.get_model("reference", "Threshold")
    Threshold.objects.bulk_create(
        Threshold(
            code=code,
            label=label,
            value=Decimal(value),
            unit=unit,
            valid_from=date(2020, 1, 1),
            regime="FAR",
            citation=citation,
            confidence="HIGH",
        )
        for code, label, value, unit, citation in THRESHOLDS
    )
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-CLO-02",
        sentence="Close-out is due by the clock of its contract type.",
        lift="Settle what the list names, and sign the completion statement; the record says when it was late.",
        citation="FAR 4.804-1(a)",
        regime="FAR",
        valid_from=date(2020, 1, 1),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0011_multiple_awards"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
