"""What holders answered is only ever added; the rules, and the days to respond."""

from datetime import date
from decimal import Decimal

from django.db import migrations

from contracting.core.triggers import append_only, legal_moves, moves_of
from contracting.evaluations.migrations._words import rule_words


def seed(apps, schema_editor):
    apps.get_model("reference", "Threshold").objects.create(
        code="FAIR_OPPORTUNITY_DAYS",
        label="Days to respond to a fair opportunity above the enhanced threshold",
        value=Decimal(10),
        unit="DAYS",
        valid_from=date(2020, 1, 1),
        valid_to=None,
        regime="AGENCY",
        citation=(
            "FAR 16.505(b)(1)(iv)(B); the number is a starting point for agency policy"
        ),
        confidence="LOW",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("fair_opportunity", "0001_initial"),
        ("determinations", "0002_guards"),
        ("reference", "0009_earlier_amounts"),
    ]

    operations = [
        append_only("fair_opportunity_invitedholder"),
        append_only("fair_opportunity_holderresponse"),
        append_only("fair_opportunity_responserate"),
        append_only("fair_opportunity_responsefile"),
        append_only("fair_opportunity_finding"),
        append_only("fair_opportunity_holderselection"),
        append_only("fair_opportunity_placement"),
        append_only("fair_opportunity_orderdebriefing"),
        legal_moves(
            "fair_opportunity_opportunity",
            moves_of(
                {
                    "OPEN": ["SELECTED", "EXCEPTED", "CANCELLED"],
                    "SELECTED": ["CANCELLED"],
                    "EXCEPTED": ["CANCELLED"],
                }
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        rule_words(
            "R-TO-06",
            "Every holder of a multiple-award contract gets a fair opportunity, or a coded exception says why not.",
            "Give notice to every holder and select one, or have the justification of an exception approved.",
            "FAR 16.505(b)(1), (b)(2); RFO 16.507-2",
        ),
        rule_words(
            "R-TO-07",
            "Above the simplified acquisition threshold all holders get a notice and every response is considered.",
            "Tell every holder what is needed and how one is selected, and write a finding on each response.",
            "FAR 16.505(b)(1)(iii)",
        ),
        rule_words(
            "R-TO-08",
            "Above the enhanced threshold an order states its factors and basis and offers a debriefing.",
            "Name the factors with price among them, leave a reasonable time, and state the best value.",
            "FAR 16.505(b)(1)(iv), (b)(6)",
        ),
    ]
