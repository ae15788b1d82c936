"""The calendar of reports and invoices as dated numbers, and the rule of returns."""

from datetime import date
from decimal import Decimal

from django.db import migrations

THRESHOLDS = (
    ("REPORT_DUE", "Usage report due after the end of a month", "3", "BUSINESS_DAYS"),
    (
        "REPORT_MATCH",
        "Meter and report compared after the end of a month, and questions put",
        "5",
        "BUSINESS_DAYS",
    ),
    (
        "REPORT_LETTER",
        "Lateness of a usage report after which the contracting officer writes",
        "10",
        "DAYS",
    ),
    ("INVOICE_REVIEW", "Review of an invoice by the representative", "2", "DAYS"),
    ("INVOICE_MATCH", "Invoice compared with meter and report", "5", "DAYS"),
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
            regime="CONTRACT",
            citation="Contract terms on reconciliation",
            confidence="MEDIUM",
        )
        for code, label, value, unit in THRESHOLDS
    )
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-INV-02",
        sentence="An improper invoice is returned with reasons within seven days, or the time to pay the corrected one shrinks.",
        lift="Say what makes the invoice improper; a late return takes its days off the time to pay the corrected one.",
        citation="FAR 32.905(b)(3), 52.232-25(a)(3)",
        regime="FAR",
        valid_from=date(2020, 1, 1),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("reference", "0015_usage_terms"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
