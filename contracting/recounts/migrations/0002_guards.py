"""What is counted is only ever added; the end of a plan is set once."""

from django.db import migrations

from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("recounts", "0001_initial"),
    ]

    operations = [
        append_only(
            "recounts_recountplan",
            may_set_once=(
                "ended_at",
                "ended_by_name",
                "end_reason",
                "revealed_key",
                "proof_found",
            ),
        ),
        append_only("recounts_recountallowance"),
        append_only("recounts_allowanceagreement"),
        append_only("recounts_recountsample"),
        append_only("recounts_recountstanding"),
        append_only("recounts_countflag"),
    ]
