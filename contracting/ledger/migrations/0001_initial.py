from decimal import Decimal

import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LineOfAccounting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines_of_accounting",
                        to="accounts.organization",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="How the agency calls it, for example its program.",
                        max_length=120,
                    ),
                ),
                (
                    "acrn_hint",
                    models.CharField(
                        blank=True,
                        help_text="Accounting classification reference number to suggest on a line.",
                        max_length=2,
                        verbose_name="suggested ACRN",
                    ),
                ),
                (
                    "treasury_account_symbol",
                    models.CharField(
                        help_text="For example 020-2026/2026-0101-000.", max_length=30
                    ),
                ),
                (
                    "fund_year",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Fiscal year of the appropriation, if annual.",
                        null=True,
                    ),
                ),
                (
                    "funds_available_from",
                    models.DateField(
                        help_text="First day on which they may be obligated (31 U.S.C. 1502)."
                    ),
                ),
                (
                    "funds_available_to",
                    models.DateField(
                        blank=True,
                        help_text="Last day on which they may be obligated; empty for no-year funds.",
                        null=True,
                    ),
                ),
                (
                    "appropriation",
                    models.CharField(
                        help_text="Name of the appropriation.", max_length=200
                    ),
                ),
                ("object_class", models.CharField(blank=True, max_length=10)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "label"),
                        name="an_agency_names_a_line_of_accounting_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("funds_available_to__isnull", True),
                            (
                                "funds_available_to__gte",
                                models.F("funds_available_from"),
                            ),
                            _connector="OR",
                        ),
                        name="funds_stop_being_available_after_they_begin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundsBalance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "line_of_accounting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funds",
                        to="ledger.lineofaccounting",
                    ),
                ),
                (
                    "available_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Allotted in all.",
                        max_digits=24,
                    ),
                ),
                (
                    "committed_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Certified for actions that are not signed yet.",
                        max_digits=24,
                    ),
                ),
                (
                    "obligated_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Bound by signed actions, used or not.",
                        max_digits=24,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "available_dollars__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("committed_dollars"),
                                    "+",
                                    models.F("obligated_dollars"),
                                ),
                            )
                        ),
                        name="what_is_bound_never_exceeds_the_funds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("available_dollars__gte", 0),
                            ("committed_dollars__gte", 0),
                            ("obligated_dollars__gte", 0),
                        ),
                        name="funds_are_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpiredAdjustment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "line_of_accounting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expired_adjustments",
                        to="ledger.lineofaccounting",
                    ),
                ),
                (
                    "because_kind",
                    models.CharField(help_text="What is adjusted.", max_length=60),
                ),
                ("because_id", models.BigIntegerField()),
                (
                    "stream",
                    models.CharField(
                        help_text="Audit stream of the cause.", max_length=80
                    ),
                ),
                (
                    "citation",
                    models.CharField(
                        help_text="What makes it an adjustment within scope.",
                        max_length=300,
                    ),
                ),
                ("permitted_by_name", models.CharField(max_length=160)),
                ("permitted_by_user_id", models.BigIntegerField(blank=True, null=True)),
                ("permitted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("citation", ""), _negated=True),
                        name="expired_funds_are_used_on_a_citation",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractBalance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                ("contract_id", models.BigIntegerField(unique=True)),
                (
                    "stream",
                    models.CharField(
                        help_text="Audit stream of the contract.", max_length=80
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contract_balances",
                        to="accounts.organization",
                    ),
                ),
                (
                    "ceiling_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="The contract's maximum (FAR 16.504(a)).",
                        max_digits=24,
                    ),
                ),
                (
                    "ordered_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Sum of the ceilings of its orders.",
                        max_digits=24,
                    ),
                ),
                (
                    "ceiling_tokens",
                    models.BigIntegerField(
                        default=0, help_text="The contract's maximum in tokens."
                    ),
                ),
                (
                    "ordered_tokens",
                    models.BigIntegerField(
                        default=0, help_text="Sum of the token ceilings of its orders."
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ordered_dollars__lte", models.F("ceiling_dollars"))
                        ),
                        name="orders_never_exceed_the_contract_ceiling_in_dollars",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ordered_tokens__lte", models.F("ceiling_tokens"))
                        ),
                        name="orders_never_exceed_the_contract_ceiling_in_tokens",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ordered_dollars__gte", 0), ("ordered_tokens__gte", 0)
                        ),
                        name="what_is_ordered_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HolderBalance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                ("holder_kind", models.CharField(max_length=60)),
                ("holder_id", models.BigIntegerField()),
                (
                    "label",
                    models.CharField(
                        blank=True,
                        help_text="How people call the line.",
                        max_length=200,
                    ),
                ),
                ("contract_id", models.BigIntegerField(db_index=True)),
                (
                    "ceiling_tokens",
                    models.BigIntegerField(
                        default=0, help_text="The line's token ceiling."
                    ),
                ),
                (
                    "consumed_tokens",
                    models.BigIntegerField(default=0, help_text="Used and funded."),
                ),
                (
                    "unfunded_tokens",
                    models.BigIntegerField(
                        default=0,
                        help_text="Used beyond the live limit: recorded, not payable.",
                    ),
                ),
                (
                    "accepted_tokens",
                    models.BigIntegerField(
                        default=0, help_text="Accepted by the Government."
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("holder_kind", "holder_id"),
                        name="a_line_has_one_token_balance",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("consumed_tokens__lte", models.F("ceiling_tokens"))
                        ),
                        name="funded_tokens_never_exceed_the_token_ceiling",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ceiling_tokens__gte", 0),
                            ("consumed_tokens__gte", 0),
                            ("unfunded_tokens__gte", 0),
                            ("accepted_tokens__gte", 0),
                        ),
                        name="tokens_of_a_line_are_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Balance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balances",
                        to="ledger.holderbalance",
                    ),
                ),
                (
                    "acrn",
                    models.CharField(
                        help_text="Accounting classification reference number (FAR 4.1005).",
                        max_length=2,
                        verbose_name="ACRN",
                    ),
                ),
                (
                    "sequence",
                    models.PositiveSmallIntegerField(
                        help_text="Order of payment: usage draws on the lowest first."
                    ),
                ),
                (
                    "line_of_accounting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balances",
                        to="ledger.lineofaccounting",
                    ),
                ),
                (
                    "ceiling_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="This ACRN's part of the line's dollar ceiling.",
                        max_digits=24,
                    ),
                ),
                (
                    "committed_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Certified, not signed yet.",
                        max_digits=24,
                    ),
                ),
                (
                    "obligated_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Bound by signature, used or not.",
                        max_digits=24,
                    ),
                ),
                (
                    "consumed_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Used and funded, exact, accepted or not.",
                        max_digits=24,
                    ),
                ),
                (
                    "unfunded_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Used beyond the live limit: recorded, not payable.",
                        max_digits=24,
                    ),
                ),
                (
                    "accepted_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Accepted, rounded to the cent, paid or not.",
                        max_digits=24,
                    ),
                ),
                (
                    "rounding_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Accepted less its exact amount; may be negative.",
                        max_digits=24,
                    ),
                ),
                (
                    "given_up_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Used, and given up by the vendor: never payable.",
                        max_digits=24,
                    ),
                ),
                (
                    "paid_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        default=Decimal("0"),
                        help_text="Paid.",
                        max_digits=24,
                    ),
                ),
                (
                    "consumed_tokens",
                    models.BigIntegerField(default=0, help_text="Used and funded."),
                ),
                (
                    "unfunded_tokens",
                    models.BigIntegerField(
                        default=0, help_text="Used beyond the live limit."
                    ),
                ),
                (
                    "accepted_tokens",
                    models.BigIntegerField(
                        default=0, help_text="Accepted by the Government."
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "acrn"),
                        name="a_line_has_one_balance_for_each_acrn",
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("line", "sequence"),
                        name="the_acrns_of_a_line_are_paid_in_one_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "obligated_dollars__gte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("consumed_dollars"),
                                        "+",
                                        models.F("rounding_dollars"),
                                    ),
                                    "-",
                                    models.F("given_up_dollars"),
                                ),
                            )
                        ),
                        name="funded_usage_never_exceeds_the_obligation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ceiling_dollars__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("committed_dollars"),
                                    "+",
                                    models.F("obligated_dollars"),
                                ),
                            )
                        ),
                        name="obligations_never_exceed_the_ceiling",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "accepted_dollars__lte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("consumed_dollars"),
                                        "+",
                                        models.F("rounding_dollars"),
                                    ),
                                    "-",
                                    models.F("given_up_dollars"),
                                ),
                            )
                        ),
                        name="accepted_never_exceeds_funded_usage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_dollars__lte", models.F("obligated_dollars"))
                        ),
                        name="accepted_never_exceeds_the_obligation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_tokens__lte", models.F("consumed_tokens"))
                        ),
                        name="accepted_tokens_never_exceed_funded_tokens",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paid_dollars__lte", models.F("accepted_dollars"))
                        ),
                        name="paid_never_exceeds_accepted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ceiling_dollars__gte", 0),
                            ("committed_dollars__gte", 0),
                            ("obligated_dollars__gte", 0),
                            ("consumed_dollars__gte", 0),
                            ("unfunded_dollars__gte", 0),
                            ("accepted_dollars__gte", 0),
                            ("given_up_dollars__gte", 0),
                            ("paid_dollars__gte", 0),
                            ("consumed_tokens__gte", 0),
                            ("unfunded_tokens__gte", 0),
                            ("accepted_tokens__gte", 0),
                        ),
                        name="a_balance_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
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
                            ("METER", "meter"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "line_of_accounting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="ledger.lineofaccounting",
                    ),
                ),
                (
                    "balance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="ledger.balance",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line_of_accounting", "kind"),
                        name="a_line_of_accounting_has_one_account_of_each_kind",
                    ),
                    models.UniqueConstraint(
                        fields=("balance", "kind"),
                        name="a_balance_has_one_account_of_each_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("balance__isnull", True),
                                ("kind__in", ["APPROPRIATION", "FUNDS"]),
                                ("line_of_accounting__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    ("kind__in", ["APPROPRIATION", "FUNDS"]),
                                    _negated=True,
                                ),
                                ("balance__isnull", False),
                                ("line_of_accounting__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="an_account_belongs_to_funds_or_to_a_balance",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
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
                            ("REVERSE", "reversal"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "debit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debits",
                        to="ledger.account",
                    ),
                ),
                (
                    "credit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="ledger.account",
                    ),
                ),
                ("tokens", models.BigIntegerField(default=0)),
                ("dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                (
                    "because_kind",
                    models.CharField(help_text="What caused it.", max_length=60),
                ),
                ("because_id", models.BigIntegerField()),
                (
                    "stream",
                    models.CharField(
                        help_text="Audit stream of the cause.", max_length=80
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="What was used, or why it was reversed.",
                        max_length=200,
                    ),
                ),
                ("by_name", models.CharField(max_length=160)),
                ("by_user_id", models.BigIntegerField(blank=True, null=True)),
                ("at", models.DateTimeField(help_text="The business instant, UTC.")),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="ledger.transfer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["because_kind", "because_id"], name="transfers_by_cause"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("debit", models.F("credit")), _negated=True
                        ),
                        name="a_transfer_moves_between_two_accounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tokens__gte", 0), ("dollars__gte", 0)),
                        name="a_transfer_is_never_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "REVERSE"), ("reverses__isnull", False)),
                            models.Q(
                                models.Q(("kind", "REVERSE"), _negated=True),
                                ("reverses__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="only_a_reversal_names_what_it_reverses",
                    ),
                ],
            },
        ),
    ]
