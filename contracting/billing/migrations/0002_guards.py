"""Reports and invoice lines are only ever added; an invoice moves along its table."""

from django.db import migrations

from contracting.core.triggers import append_only, legal_moves, moves_of


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0001_initial"),
    ]

    operations = [
        append_only("billing_usagereport"),
        append_only("billing_reportrow"),
        append_only("billing_invoiceline", may_set_once=["voided_at"]),
        legal_moves(
            "billing_invoice",
            moves_of(
                {
                    "RECEIVED": ["RETURNED", "WITHDRAWN", "ACCEPTED"],
                    "ACCEPTED": ["CERTIFIED"],
                    "CERTIFIED": ["PAID"],
                }
            ),
        ),
    ]
