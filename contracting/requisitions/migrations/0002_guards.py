"""An independent estimate is only ever added; a requisition moves along its table."""

from django.db import migrations

from contracting.core.triggers import append_only, legal_moves, moves_of


class Migration(migrations.Migration):
    dependencies = [
        ("requisitions", "0001_initial"),
    ]

    operations = [
        append_only("requisitions_independentestimate"),
        legal_moves(
            "requisitions_requisition",
            moves_of(
                {
                    "DRAFT": ("SUBMITTED", "DISCARDED"),
                    "SUBMITTED": ("DRAFT",),
                }
            ),
        ),
    ]
