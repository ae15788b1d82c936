"""When an evaluator made their ratings of an offer final."""

from django.db import migrations

from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0003_waivers"),
        ("reference", "0003_seed"),
        ("submissions", "0002_guards"),
    ]

    operations = [
        append_only("evaluations_ratinglock"),
        rule_words(
            "R-EVL-03",
            "Individual ratings are locked before the consensus, and later edits are "
            "versions.",
            "Each evaluator locks their own ratings first; a later revision says why.",
            "FAR 15.305(a), 4.803(a)",
        ),
    ]
