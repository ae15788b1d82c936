"""Every reading of source selection information is logged."""

from django.db import migrations

from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0007_conflicts"),
    ]

    operations = [
        rule_words(
            "R-EVL-10",
            "Every reading, printing and export of source selection data is logged.",
            "There is nothing to lift: what is read is logged, and the log only grows.",
            "41 USC 2101-2107; FAR 3.104",
            "STATUTE",
        ),
    ]
