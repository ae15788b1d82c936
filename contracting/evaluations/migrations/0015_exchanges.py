"""Competitive range, discussions, and one cutoff for final revisions."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0014_rejected_offers"),
        ("accounts", "0002_guards"),
        ("solicitations", "0007_no_award"),
        ("submissions", "0006_closings"),
    ]

    operations = [
        append_only("evaluations_rangestanding"),
        append_only("evaluations_discussion"),
        append_only("evaluations_revisionrequest"),
        rule_words(
            "R-EVL-04",
            "Discussions are opened with all in the competitive range, and end with one "
            "cutoff for final revisions.",
            "Determine the competitive range, open discussions with everybody in it at "
            "once, and let the one cutoff pass.",
            "FAR 15.306(c)-(d), 15.307(b)",
        ),
    ]
