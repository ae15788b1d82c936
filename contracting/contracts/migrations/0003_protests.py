"""Protests against an award, and what lifts the suspension for one."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0002_guards"),
        ("accounts", "0002_guards"),
        ("reference", "0003_seed"),
    ]

    operations = [
        append_only("contracts_protest"),
        append_only("contracts_protestfinding"),
        rule_words(
            "R-AWD-07",
            "A timely protest suspends performance and ordering until it is lifted.",
            "File the finding of the head of the contracting activity that lifts it.",
            "FAR 33.104(c)",
        ),
    ]
