"""Letters of designation that bind once accepted, and lines that are free by agreement."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0011_forgone_awards"),
        ("accounts", "0002_guards"),
        ("evaluations", "0016_final_revisions"),
    ]

    operations = [
        append_only("contracts_cordesignation"),
        append_only("contracts_designationacceptance"),
        append_only("contracts_gratuitousservice"),
        rule_words(
            "R-ROL-05",
            "A COR acts only under a signed designation for the contract and never "
            "changes price, quantity, schedule or terms.",
            "The contracting officer designates anew, with dates and a certification "
            "that cover the day; the representative accepts the letter.",
            "FAR 1.602-2(d), 1.604",
        ),
        rule_words(
            "R-FND-11",
            "Free tokens and credits are priced at no cost on a line or covered by a "
            "gratuitous-service agreement.",
            "A legal reviewer records the agreement under which the line is free, or "
            "the line gets a price.",
            "31 USC 1342",
            "STATUTE",
        ),
    ]
