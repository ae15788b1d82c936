"""Certifications are only ever added; orders and modifications move along a table."""

from django.db import migrations

from contracting.core.triggers import append_only, legal_moves, moves_of


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_initial"),
    ]

    operations = [
        append_only("orders_fundscertification"),
        legal_moves(
            "orders_taskorder",
            moves_of(
                {
                    "DRAFT": ["SUBMITTED", "DISCARDED"],
                    "SUBMITTED": ["APPROVED", "DRAFT", "CANCELLED"],
                    "APPROVED": ["ISSUED", "DRAFT", "CANCELLED"],
                    "ISSUED": ["COMPLETED"],
                    "COMPLETED": ["CLOSED"],
                }
            ),
        ),
        legal_moves(
            "orders_modification",
            moves_of({"DRAFT": ["ISSUED", "DISCARDED"]}),
        ),
    ]
