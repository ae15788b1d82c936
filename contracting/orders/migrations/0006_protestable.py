"""Whether an order may be protested, the amounts above which it may, and the rule."""

from datetime import date
from decimal import Decimal

from django.db import migrations

from contracting.evaluations.migrations._words import rule_words


def seed(apps, schema_editor):
    Threshold = apps.get_model("reference", "Threshold")
    for value, first, last in (
        ("25000000", date(2020, 1, 1), date(2024, 12, 22)),
        ("35000000", date(2024, 12, 23), None),
    ):
        Threshold.objects.create(
            code="ORDER_PROTEST_DEFENSE",
            label="Protest of an order, Department of Defense, NASA and Coast Guard",
            value=Decimal(value),
            unit="USD",
            valid_from=first,
            valid_to=last,
            regime="STATUTE",
            citation="10 USC 3406(f)",
            confidence="HIGH" if last is None else "MEDIUM",
        )


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0005_limit_acceptances"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        rule_words(
            "R-TO-13",
            "An order above the protest threshold, or beyond scope, period or maximum, is flagged as protestable.",
            "Nothing has to be done: whoever signs knows it, and the signature records it.",
            "41 USC 4106(f); 10 USC 3406(f)",
            "STATUTE",
        ),
    ]
