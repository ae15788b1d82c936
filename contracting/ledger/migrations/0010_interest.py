"""Interest on late payments has an account of its own beside every order."""

from decimal import Decimal

import django.db.models.expressions
from django.db import migrations, models

_ACCOUNTS = """
INSERT INTO ledger_account (kind, line_of_accounting_id)
SELECT 'INTEREST', line.id FROM ledger_lineofaccounting AS line
WHERE NOT EXISTS (
  SELECT 1 FROM ledger_account AS known
  WHERE known.line_of_accounting_id = line.id AND known.kind = 'INTEREST'
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0009_credits"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="account",
            name="an_account_belongs_to_funds_or_to_a_balance",
        ),
        migrations.RemoveConstraint(
            model_name="fundsbalance",
            name="what_is_bound_never_exceeds_the_funds",
        ),
        migrations.RemoveConstraint(
            model_name="fundsbalance",
            name="funds_are_never_negative",
        ),
        migrations.AddField(
            model_name="fundsbalance",
            name="interest_dollars",
            field=models.DecimalField(
                decimal_places=12,
                default=Decimal("0"),
                help_text="Paid as interest on late payments.",
                max_digits=24,
            ),
        ),
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("APPROPRIATION", "appropriation"),
                    ("FUNDS", "free funds"),
                    ("INTEREST", "interest on late payments"),
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
                    ("CREDIT", "credit: paid, and taken back"),
                    ("INTEREST", "interest on a late payment"),
                    ("REVERSE", "reversal"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("balance__isnull", True),
                        ("kind__in", ("APPROPRIATION", "FUNDS", "INTEREST")),
                        ("line_of_accounting__isnull", False),
                    ),
                    models.Q(
                        models.Q(
                            ("kind__in", ("APPROPRIATION", "FUNDS", "INTEREST")),
                            _negated=True,
                        ),
                        ("balance__isnull", False),
                        ("line_of_accounting__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="an_account_belongs_to_funds_or_to_a_balance",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundsbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "available_dollars__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("committed_dollars"),
                                "+",
                                models.F("obligated_dollars"),
                            ),
                            "+",
                            models.F("interest_dollars"),
                        ),
                    )
                ),
                name="what_is_bound_never_exceeds_the_funds",
            ),
        ),
        migrations.AddConstraint(
            model_name="fundsbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("available_dollars__gte", 0),
                    ("committed_dollars__gte", 0),
                    ("obligated_dollars__gte", 0),
                    ("interest_dollars__gte", 0),
                ),
                name="funds_are_never_negative",
            ),
        ),
        migrations.RunSQL(_ACCOUNTS, migrations.RunSQL.noop),
    ]
