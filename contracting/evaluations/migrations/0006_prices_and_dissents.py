"""Prices shown early, and dissents from the consensus."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0005_locked_ratings"),
        ("accounts", "0002_guards"),
        ("solicitations", "0004_nominal_minimum"),
    ]

    operations = [
        append_only("evaluations_pricerelease"),
        append_only("evaluations_dissentnote"),
        rule_words(
            "R-EVL-02",
            "The technical panel sees no price until its consensus is locked.",
            "Let the panel agree first, or have a contracting officer show the prices "
            "with a reason.",
            "Practice of the agency; FAR 15.305(a)",
            "AGENCY",
        ),
    ]
