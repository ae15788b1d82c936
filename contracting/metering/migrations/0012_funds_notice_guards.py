"""Notices of funds are only ever added; their dated numbers, and the words of the rule."""

import datetime
from decimal import Decimal

from django.db import migrations

from contracting.core.triggers import append_only

START = datetime.date(2020, 1, 1)
PERCENTS = ("50", "75", "85", "90", "100")
CLAUSES = (
    ("COST", "FAR 52.232-20 and 52.232-22", "75", "60"),
    ("TIME", "FAR 52.232-7 and 52.212-4 Alternate I", "85", "30"),
    ("FIXED", "DFARS 252.232-7007", "85", "90"),
)


def numbers():
    for number, value in enumerate(PERCENTS, 1):
        yield (
            f"FUNDS_NOTICE_{number}",
            f"Percent of an order's funds at which people are told ({number} of 5)",
            value,
            "PERCENT",
            "CONTRACT",
            "contract; the pattern of FAR 52.232-22",
            "LOW",
        )
    yield (
        "FUNDS_NOTICE_AGAIN",
        "Days after which a notice of funds goes out again that nobody acknowledged",
        "3",
        "DAYS",
        "AGENCY",
        "agency policy",
        "LOW",
    )
    for name, clause, percent, days in CLAUSES:
        yield (
            f"FUNDS_FORECAST_{name}_PERCENT",
            f"Percent of the funds whose coming use is told under {clause}",
            percent,
            "PERCENT",
            "FAR",
            clause,
            "MEDIUM",
        )
        yield (
            f"FUNDS_FORECAST_{name}_DAYS",
            f"Days ahead of which coming use is told under {clause}",
            days,
            "DAYS",
            "FAR",
            clause,
            "MEDIUM",
        )


def seed(apps, schema_editor):
    Threshold = apps.get_model("reference", "Threshold")
    Threshold.objects.bulk_create(
        Threshold(
            code=code,
            label=label,
            value=Decimal(value),
            unit=unit,
            valid_from=START,
            regime=regime,
            citation=citation,
            confidence=confidence,
        )
        for code, label, value, unit, regime, citation, confidence in numbers()
    )
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-FND-07",
        sentence="Notices go out at each percentage of the funded amount that the contract sets.",
        lift="Let a contracting officer set the percentages of the contract, within its clause.",
        citation="FAR 52.232-20, 52.232-22; DFARS 252.232-7007; contract",
        regime="FAR",
        valid_from=START,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0011_funds_notices"),
        ("reference", "0009_earlier_amounts"),
    ]

    operations = [
        append_only("metering_noticeterms"),
        append_only("metering_fundsnotice"),
        append_only("metering_fundsnoticedelivery"),
        append_only("metering_fundsnoticeacknowledgement"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
