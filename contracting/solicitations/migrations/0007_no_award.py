"""A solicitation may end without an award, for a reason that everybody reads."""

from django.db import migrations

from contracting.core.triggers import legal_moves, moves_of


class Migration(migrations.Migration):
    dependencies = [
        ("solicitations", "0006_offer_validity"),
        ("accounts", "0002_guards"),
        ("requisitions", "0004_workload_guards"),
    ]

    operations = [
        legal_moves(
            "solicitations_solicitation",
            moves_of(
                {
                    "DRAFT": ("IN_REVIEW", "DISCARDED"),
                    "IN_REVIEW": ("APPROVED", "DRAFT"),
                    "APPROVED": ("RELEASED", "DRAFT"),
                    "RELEASED": ("OPENED", "CANCELLED"),
                    "OPENED": ("AWARDED", "NO_AWARD", "CANCELLED"),
                }
            ),
        ),
    ]
