"""What a determination says is frozen; its state moves along its table."""

from django.db import migrations

from contracting.core.triggers import (
    append_only,
    frozen_except,
    legal_moves,
    moves_of,
)


class Migration(migrations.Migration):
    dependencies = [
        ("determinations", "0001_initial"),
    ]

    operations = [
        frozen_except("determinations_determination", "state", "decided_at"),
        append_only("determinations_posting"),
        legal_moves(
            "determinations_determination",
            moves_of({"IN_REVIEW": ("APPROVED", "RETURNED")}),
        ),
    ]
