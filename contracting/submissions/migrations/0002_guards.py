"""What the database itself refuses about offers."""

from django.db import migrations

from contracting.core.triggers import append_only, moves_of

MOVES = moves_of(
    {
        "SUBMITTED": ("WITHDRAWN", "OPENED"),
        "WITHDRAWN": ("SUBMITTED", "LATE"),
    }
)


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0001_initial"),
    ]

    operations = [
        append_only("submissions_submissionversion"),
        append_only("submissions_openedoffer"),
        append_only("submissions_offeredrate"),
    ]
