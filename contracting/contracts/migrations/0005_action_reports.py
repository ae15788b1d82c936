"""When the award was reported to the procurement data system."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0004_debriefings"),
        ("accounts", "0002_guards"),
    ]

    operations = [
        append_only("contracts_contractactionreport"),
        rule_words(
            "R-AWD-08",
            "The contract action report is due three business days after award.",
            "Report the award, then record the number that was confirmed.",
            "FAR 4.604(b)",
        ),
    ]
