"""Conflicts of interest: whom a declaration names, its answers, what was decided."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0006_prices_and_dissents"),
        ("accounts", "0002_guards"),
    ]

    operations = [
        append_only("evaluations_conflictresolution"),
        rule_words(
            "R-ROL-06",
            "An evaluator signs the non-disclosure and conflict certification of a "
            "solicitation before opening any of its proposals.",
            "Declare first, with the offerors before you; a conflict is decided on by "
            "the contracting officer.",
            "FAR 3.104, 9.505",
        ),
    ]
