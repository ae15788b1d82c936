"""Notices to unsuccessful offerors, and their debriefings."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_protests"),
        ("accounts", "0002_guards"),
        ("submissions", "0005_sealed_to_boxes"),
    ]

    operations = [
        append_only("contracts_unsuccessfulnotice"),
        append_only("contracts_debriefingrequest"),
        append_only("contracts_debriefing"),
        rule_words(
            "R-AWD-05",
            "Unsuccessful offerors are told within three days of award, with the "
            "contents that the regulation fixes.",
            "Give a reason for each offer, and say for the file why a late notice is "
            "late.",
            "FAR 15.503(b)",
        ),
        rule_words(
            "R-AWD-06",
            "A debriefing that is requested within three days is held within five days "
            "of the request.",
            "Sum up the debriefing, confirm what was kept, and say why a late one is "
            "late.",
            "FAR 15.506",
        ),
    ]
