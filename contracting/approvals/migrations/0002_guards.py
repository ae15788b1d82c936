"""Decisions are only ever added; a route moves along its table."""

from django.db import migrations

from contracting.core.triggers import append_only, legal_moves, moves_of


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0001_initial"),
    ]

    operations = [
        append_only("approvals_decision"),
        append_only("approvals_disposition"),
        legal_moves(
            "approvals_route",
            moves_of(
                {
                    "OPEN": ("COMPLETE", "RETURNED", "VOIDED"),
                    "COMPLETE": ("VOIDED",),
                    "RETURNED": (),
                    "VOIDED": (),
                }
            ),
        ),
    ]
