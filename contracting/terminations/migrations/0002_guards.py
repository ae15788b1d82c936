"""Letters, terminations and settlements, what the database refuses, and two numbers."""

import datetime
from decimal import Decimal

from django.db import migrations

from contracting.core.triggers import (
    append_only,
    frozen_except,
    legal_moves,
    moves_of,
)

THRESHOLDS = (
    (
        "CURE_NOTICE",
        "Days that a cure notice leaves the vendor at least",
        "10",
        "FAR 49.607(a)",
        "HIGH",
    ),
    (
        "SETTLEMENT_PROPOSAL",
        "Days after the notice within which the vendor proposes a settlement",
        "365",
        "FAR 49.206-1(a), 52.249-2(e)",
        "MEDIUM",
    ),
)


def numbers(apps, schema_editor):
    apps.get_model("reference", "Threshold").objects.bulk_create(
        apps.get_model("reference", "Threshold")(
            code=code,
            label=label,
            value=Decimal(value),
            unit="DAYS",
            valid_from=datetime.date(2020, 1, 1),
            regime="FAR",
            citation=citation,
            confidence=confidence,
        )
        for code, label, value, citation, confidence in THRESHOLDS
    )


class Migration(migrations.Migration):
    dependencies = [
        ("terminations", "0001_initial"),
    ]

    operations = [
        append_only("terminations_letter"),
        append_only("terminations_letterreceipt"),
        append_only("terminations_letteranswer"),
        append_only("terminations_settlementproposal"),
        append_only("terminations_settlement"),
        frozen_except(
            "terminations_termination", "state", "notice_id", "owed", "proposal_due"
        ),
        legal_moves(
            "terminations_termination",
            moves_of({"DRAFT": ("SIGNED", "DISCARDED"), "SIGNED": ("SETTLED",)}),
        ),
        migrations.RunPython(numbers, migrations.RunPython.noop),
    ]
