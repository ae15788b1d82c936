"""The words of the rule on large awards to one vendor."""

from django.db import migrations

from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0005_action_reports"),
        ("determinations", "0002_guards"),
        ("reference", "0003_seed"),
    ]

    operations = [
        rule_words(
            "R-AWD-04",
            "A single-award indefinite-delivery contract above its threshold carries "
            "the determination of the agency's head.",
            "Put the determination that was signed on record, with its document.",
            "FAR 16.504(c)(1)(ii)(D)",
        ),
    ]
