"""The words of the rule on a line that several accounts pay."""

from django.db import migrations

from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0011_letters_and_ratified_use"),
    ]

    operations = [
        rule_words(
            "R-FND-12",
            "A line with several funds is paid in the order that its order states; no account pays what was used on another.",
            "Let the account pay on which it was used, or change the order of the accounts by a modification for what comes later.",
            "DFARS PGI 204.7108",
        ),
    ]
