"""Tries are only ever added; what a message says is frozen; states move as listed."""

from django.db import migrations

from contracting.core.triggers import (
    append_only,
    frozen_except,
    legal_moves,
    moves_of,
)


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0001_initial"),
    ]

    operations = [
        append_only("exchange_webhooktry"),
        frozen_except(
            "exchange_webhookmessage",
            "state",
            "tries",
            "next_try_at",
            "claimed_until",
        ),
        legal_moves(
            "exchange_webhook",
            moves_of({"ACTIVE": ["DISABLED"], "DISABLED": ["ACTIVE"]}),
        ),
        legal_moves(
            "exchange_webhookmessage",
            moves_of(
                {
                    "PENDING": ["DELIVERED", "GIVEN_UP"],
                    "DELIVERED": ["PENDING"],
                    "GIVEN_UP": ["PENDING"],
                }
            ),
        ),
    ]
