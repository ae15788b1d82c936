"""What is accepted beyond our meter has its own account, figures and bounds."""

from decimal import Decimal

import django.db.models.expressions
from django.db import migrations, models

_ACCOUNTS = """
INSERT INTO ledger_account (kind, balance_id)
SELECT 'TOLERATED', balance.id FROM ledger_balance AS balance
WHERE NOT EXISTS (
  SELECT 1 FROM ledger_account AS known
  WHERE known.balance_id = balance.id AND known.kind = 'TOLERATED'
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0007_usage_deltas"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="balance",
            name="funded_usage_never_exceeds_the_obligation",
        ),
        migrations.RemoveConstraint(
            model_name="balance",
            name="accepted_never_exceeds_funded_usage",
        ),
        migrations.RemoveConstraint(
            model_name="balance",
            name="accepted_tokens_never_exceed_funded_tokens",
        ),
        migrations.RemoveConstraint(
            model_name="balance",
            name="a_balance_is_never_negative",
        ),
        migrations.RemoveConstraint(
            model_name="holderbalance",
            name="funded_tokens_never_exceed_the_token_ceiling",
        ),
        migrations.RemoveConstraint(
            model_name="holderbalance",
            name="tokens_of_a_line_are_never_negative",
        ),
        migrations.AddField(
            model_name="balance",
            name="tolerated_dollars",
            field=models.DecimalField(
                decimal_places=12,
                default=Decimal("0"),
                help_text="Accepted beyond what our meter has counted.",
                max_digits=24,
            ),
        ),
        migrations.AddField(
            model_name="balance",
            name="tolerated_tokens",
            field=models.BigIntegerField(
                default=0, help_text="Of these, beyond our meter's count."
            ),
        ),
        migrations.AddField(
            model_name="holderbalance",
            name="tolerated_tokens",
            field=models.BigIntegerField(
                default=0, help_text="Of these, beyond our meter's count."
            ),
        ),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("APPROPRIATION", "appropriation"),
                    ("FUNDS", "free funds"),
                    ("COMMITTED", "committed"),
                    ("OBLIGATED", "obligated, not used"),
                    ("CONSUMED", "used, not accepted"),
                    ("ACCEPTED", "accepted, not paid"),
                    ("PAID", "paid"),
                    ("UNFUNDED", "unfunded usage"),
                    ("ROUNDING", "rounding"),
                    ("GIVEN_UP", "given up by the vendor"),
                    ("TOLERATED", "tolerated beyond our meter"),
                    ("METER", "meter"),
                ],
                max_length=13,
            ),
        ),
        migrations.AlterField(
            model_name="transfer",
            name="kind",
            field=models.CharField(
                choices=[
                    ("ALLOT", "allotment"),
                    ("COMMIT", "commitment"),
                    ("RELEASE", "release of a commitment"),
                    ("OBLIGATE", "obligation"),
                    ("DEOBLIGATE", "deobligation"),
                    ("CONSUME", "funded usage"),
                    ("UNFUNDED", "unfunded usage"),
                    ("ACCEPT", "acceptance"),
                    ("ROUND", "rounding to the cent"),
                    ("PAY", "payment"),
                    ("GIVE_UP", "usage given up by the vendor"),
                    ("TOLERATE", "accepted beyond our meter"),
                    ("REVERSE", "reversal"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="balance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "obligated_dollars__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("consumed_dollars"),
                                    "+",
                                    models.F("rounding_dollars"),
                                ),
                                "+",
                                models.F("tolerated_dollars"),
                            ),
                            "-",
                            models.F("given_up_dollars"),
                        ),
                    )
                ),
                name="funded_usage_never_exceeds_the_obligation",
            ),
        ),
        migrations.AddConstraint(
            model_name="balance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "accepted_dollars__lte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("consumed_dollars"),
                                    "+",
                                    models.F("rounding_dollars"),
                                ),
                                "+",
                                models.F("tolerated_dollars"),
                            ),
                            "-",
                            models.F("given_up_dollars"),
                        ),
                    )
                ),
                name="accepted_never_exceeds_funded_usage",
            ),
        ),
        migrations.AddConstraint(
            model_name="balance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "accepted_tokens__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("consumed_tokens"),
                            "+",
                            models.F("tolerated_tokens"),
                        ),
                    )
                ),
                name="accepted_tokens_never_exceed_funded_tokens",
            ),
        ),
        migrations.AddConstraint(
            model_name="balance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ceiling_dollars__gte", 0),
                    ("committed_dollars__gte", 0),
                    ("obligated_dollars__gte", 0),
                    ("consumed_dollars__gte", 0),
                    ("unfunded_dollars__gte", 0),
                    ("accepted_dollars__gte", 0),
                    ("given_up_dollars__gte", 0),
                    ("tolerated_dollars__gte", 0),
                    ("paid_dollars__gte", 0),
                    ("consumed_tokens__gte", 0),
                    ("unfunded_tokens__gte", 0),
                    ("accepted_tokens__gte", 0),
                    ("tolerated_tokens__gte", 0),
                ),
                name="a_balance_is_never_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="holderbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "ceiling_tokens__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("consumed_tokens"),
                            "+",
                            models.F("tolerated_tokens"),
                        ),
                    )
                ),
                name="funded_tokens_never_exceed_the_token_ceiling",
            ),
        ),
        migrations.AddConstraint(
            model_name="holderbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ceiling_tokens__gte", 0),
                    ("consumed_tokens__gte", 0),
                    ("unfunded_tokens__gte", 0),
                    ("accepted_tokens__gte", 0),
                    ("tolerated_tokens__gte", 0),
                ),
                name="tokens_of_a_line_are_never_negative",
            ),
        ),
        migrations.RunSQL(_ACCOUNTS, migrations.RunSQL.noop),
    ]
