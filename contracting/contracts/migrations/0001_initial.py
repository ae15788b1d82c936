import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("evaluations", "0001_initial"),
        ("ledger", "0001_initial"),
        ("reference", "0001_initial"),
        ("solicitations", "0001_initial"),
        ("submissions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnenforceableTerm",
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
                ("code", models.CharField(max_length=30)),
                ("words", models.CharField(max_length=200)),
                ("citation", models.CharField(max_length=80)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Contract",
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
                    "version",
                    models.PositiveIntegerField(
                        default=1, help_text="Increases whenever the content changes."
                    ),
                ),
                (
                    "content_sha256",
                    models.CharField(
                        blank=True,
                        help_text="SHA-256 of the canonical content.",
                        max_length=64,
                    ),
                ),
                (
                    "smallest_order_dollars",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="FAR 52.216-19(a).",
                        max_digits=18,
                        null=True,
                    ),
                ),
                (
                    "largest_item_dollars",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Of a single line, FAR 52.216-19(b)(1).",
                        max_digits=18,
                        null=True,
                    ),
                ),
                (
                    "largest_order_dollars",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Of a combination of lines, FAR 52.216-19(b)(2).",
                        max_digits=18,
                        null=True,
                    ),
                ),
                (
                    "order_series_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Orders of so many days count as one, FAR 52.216-19(b)(3).",
                        null=True,
                    ),
                ),
                (
                    "performance_end",
                    models.DateField(
                        blank=True,
                        help_text="Last day of performance of any order, FAR 52.216-22(d).",
                        null=True,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="accounts.organization",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="awards",
                        to="accounts.organization",
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="evaluations.selectiondecision",
                    ),
                ),
                (
                    "selection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="evaluations.selectedoffer",
                    ),
                ),
                (
                    "piid",
                    models.CharField(
                        blank=True,
                        max_length=17,
                        null=True,
                        unique=True,
                        verbose_name="PIID",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("naics", models.CharField(max_length=6, verbose_name="NAICS code")),
                (
                    "psc",
                    models.CharField(max_length=4, verbose_name="product service code"),
                ),
                (
                    "time_zone",
                    models.CharField(default="America/New_York", max_length=60),
                ),
                ("ordering_start", models.DateField()),
                (
                    "ordering_end",
                    models.DateField(help_text="Last day on which an order is placed."),
                ),
                (
                    "minimum_dollars",
                    models.DecimalField(decimal_places=2, max_digits=18),
                ),
                (
                    "ceiling_dollars",
                    models.DecimalField(decimal_places=2, max_digits=18),
                ),
                ("ceiling_tokens", models.BigIntegerField()),
                (
                    "notice_percent",
                    models.PositiveSmallIntegerField(
                        default=75,
                        help_text="Notice when this share of the funds is used.",
                    ),
                ),
                (
                    "tolerance_tokens",
                    models.BigIntegerField(
                        default=0,
                        help_text="Difference per line and day that may be accepted.",
                    ),
                ),
                (
                    "tolerance_dollars",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18),
                ),
                (
                    "report_due_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        help_text="Days after a period by which the vendor reports.",
                    ),
                ),
                ("payment_days", models.PositiveSmallIntegerField(default=30)),
                (
                    "fair_opportunity",
                    models.CharField(default="single award", max_length=120),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("awarded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts_signed",
                        to="accounts.membership",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "draft award"),
                            ("OFFERED", "offered to the vendor, not in force"),
                            ("AWARDED", "awarded"),
                            ("COMPLETED", "physically complete"),
                            ("CLOSED", "closed"),
                            ("DISCARDED", "discarded"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "DISCARDED"), _negated=True),
                        fields=("selection",),
                        name="a_selected_offer_becomes_one_contract",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            models.Q(("state", "DISCARDED"), _negated=True),
                            ("fair_opportunity", "single award"),
                        ),
                        fields=("solicitation",),
                        name="a_single_award_stands_alone_on_its_solicitation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["DRAFT", "OFFERED", "DISCARDED"]),
                            models.Q(
                                ("awarded_at__isnull", False),
                                ("piid__isnull", False),
                                ("signed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="an_awarded_contract_has_a_number_and_a_signature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ceiling_dollars__gte", models.F("minimum_dollars"))
                        ),
                        name="a_contract_maximum_is_at_least_its_minimum",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ordering_end__gte", models.F("ordering_start"))
                        ),
                        name="an_ordering_period_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("smallest_order_dollars__isnull", True),
                                ("largest_order_dollars__isnull", True),
                                (
                                    "largest_order_dollars__gte",
                                    models.F("smallest_order_dollars"),
                                ),
                                _connector="OR",
                            ),
                            models.Q(
                                ("order_series_days__isnull", True),
                                ("order_series_days__gte", 1),
                                _connector="OR",
                            ),
                            models.Q(
                                ("smallest_order_dollars__isnull", True),
                                ("smallest_order_dollars__gt", 0),
                                _connector="OR",
                            ),
                            models.Q(
                                ("largest_item_dollars__isnull", True),
                                ("largest_item_dollars__gt", 0),
                                _connector="OR",
                            ),
                            models.Q(
                                ("largest_order_dollars__isnull", True),
                                ("largest_order_dollars__gt", 0),
                                _connector="OR",
                            ),
                        ),
                        name="a_contract_leaves_room_for_an_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AwardOffer",
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
                    "contract",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="award_offer",
                        to="contracts.contract",
                    ),
                ),
                (
                    "accept_by",
                    models.DateTimeField(help_text="The vendor may accept until then."),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("offered_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("accept_by__gt", models.F("offered_at"))),
                        name="an_offered_award_leaves_time_to_accept_it",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AwardAnswer",
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
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answer",
                        to="contracts.awardoffer",
                    ),
                ),
                ("is_accepted", models.BooleanField()),
                (
                    "reason",
                    models.TextField(blank=True, help_text="Why it was declined."),
                ),
                (
                    "answered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("answered_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_accepted", True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_vendor_that_declines_an_award_says_why",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CorDesignation",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cor_designations",
                        to="contracts.contract",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("I", "level I"),
                            ("II", "level II"),
                            ("III", "level III"),
                        ],
                        help_text="FAC-COR level; letters of old say none, and bind nobody.",
                        max_length=3,
                        verbose_name="certification level",
                    ),
                ),
                (
                    "certified_until",
                    models.DateField(
                        blank=True,
                        help_text="Last day of the certification.",
                        null=True,
                    ),
                ),
                (
                    "designated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("designated_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                        name="a_designation_ends_after_it_begins",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DesignationAcceptance",
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
                    "designation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptance",
                        to="contracts.cordesignation",
                    ),
                ),
                (
                    "accepted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("accepted_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VendorTerm",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vendor_terms",
                        to="contracts.contract",
                    ),
                ),
                ("passage", models.TextField()),
                (
                    "struck_as",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="contracts.unenforceableterm",
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("reviewed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GratuitousService",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gratuitous_services",
                        to="contracts.contract",
                    ),
                ),
                ("slin", models.CharField(max_length=6, verbose_name="SLIN")),
                (
                    "agreement",
                    models.CharField(
                        help_text="Number and day, or where it is filed.",
                        max_length=300,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("recorded_on", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "slin"),
                        name="a_subline_is_marked_as_no_cost_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("agreement", ""), _negated=True),
                        name="what_costs_nothing_has_an_agreement",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractLine",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="contracts.contract",
                    ),
                ),
                ("clin", models.CharField(max_length=4, verbose_name="CLIN")),
                ("description", models.CharField(max_length=200)),
                (
                    "psc",
                    models.CharField(max_length=4, verbose_name="product service code"),
                ),
                (
                    "pricing",
                    models.CharField(
                        default="fixed unit price per MTOK", max_length=60
                    ),
                ),
                ("unit", models.CharField(default="MTOK", max_length=4)),
                ("estimated_tokens", models.BigIntegerField()),
                (
                    "ceiling_dollars",
                    models.DecimalField(decimal_places=2, max_digits=18),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "clin"),
                        name="a_clin_is_used_once_in_a_contract",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RateRow",
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
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rate_rows",
                        to="contracts.contractline",
                    ),
                ),
                ("slin", models.CharField(max_length=6, verbose_name="SLIN")),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.aimodel",
                    ),
                ),
                (
                    "tokenizer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.tokenizer",
                    ),
                ),
                (
                    "token_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.tokenclass",
                    ),
                ),
                ("tier", models.CharField(default="STANDARD", max_length=20)),
                ("context_band", models.CharField(default="ALL", max_length=20)),
                ("boundary", models.CharField(max_length=20)),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                (
                    "in_force",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="[start, end) in UTC."
                    ),
                ),
                (
                    "source",
                    models.CharField(help_text="Award or modification.", max_length=40),
                ),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        expressions=[
                            ("line", "="),
                            ("model", "="),
                            ("token_class", "="),
                            ("tier", "="),
                            ("context_band", "="),
                            ("boundary", "="),
                            ("in_force", "&&"),
                        ],
                        name="two_prices_are_never_in_force_at_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usd_per_million_tokens__gte", 0)),
                        name="a_unit_price_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractClause",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clauses",
                        to="contracts.contract",
                    ),
                ),
                (
                    "clause",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.clause",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "clause"),
                        name="a_clause_stands_once_in_a_contract",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractFunding",
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
                        related_name="funding",
                        to="contracts.contractline",
                    ),
                ),
                ("acrn", models.CharField(max_length=2, verbose_name="ACRN")),
                (
                    "line_of_accounting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ledger.lineofaccounting",
                    ),
                ),
                ("dollars", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "certified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("certified_at", models.DateTimeField(blank=True, null=True)),
                (
                    "certified_version",
                    models.PositiveIntegerField(blank=True, null=True),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "acrn"),
                        name="an_acrn_funds_a_contract_line_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dollars__gt", 0)),
                        name="contract_funds_are_above_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Protest",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="protests",
                        to="contracts.contract",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="As the forum numbers it.", max_length=40
                    ),
                ),
                (
                    "notified_on",
                    models.DateField(help_text="When the agency had notice."),
                ),
                (
                    "debriefed_on",
                    models.DateField(
                        blank=True,
                        help_text="Day offered for a required debriefing.",
                        null=True,
                    ),
                ),
                ("suspends", models.BooleanField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("protest_recorded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contract", "number"),
                        name="a_protest_is_recorded_once_on_a_contract",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProtestFinding",
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
                    "protest",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="finding",
                        to="contracts.protest",
                    ),
                ),
                (
                    "found_by",
                    models.CharField(
                        help_text="The head of the contracting activity who signed it.",
                        max_length=120,
                    ),
                ),
                ("text", models.TextField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("lifted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True),
                            models.Q(("found_by", ""), _negated=True),
                        ),
                        name="a_suspension_is_lifted_by_a_finding",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnsuccessfulNotice",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unsuccessful_notices",
                        to="contracts.contract",
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unsuccessful_notice",
                        to="submissions.submission",
                    ),
                ),
                ("offers_received", models.PositiveSmallIntegerField()),
                (
                    "reason",
                    models.TextField(
                        help_text="Why it was not accepted, in general terms."
                    ),
                ),
                (
                    "body",
                    models.TextField(help_text="The whole letter, as it was sent."),
                ),
                ("due_on", models.DateField()),
                (
                    "late_reason",
                    models.TextField(blank=True, help_text="Why it went out late."),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("sent_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="an_unsuccessful_offeror_is_told_the_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DebriefingRequest",
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
                    "notice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debriefing_request",
                        to="contracts.unsuccessfulnotice",
                    ),
                ),
                ("questions", models.TextField(blank=True)),
                ("is_required", models.BooleanField()),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("requested_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_required", False),
                            ("due_on__isnull", False),
                            _connector="OR",
                        ),
                        name="a_required_debriefing_has_a_due_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Debriefing",
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
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debriefing",
                        to="contracts.debriefingrequest",
                    ),
                ),
                (
                    "offered_on",
                    models.DateField(help_text="The first day that was offered."),
                ),
                ("held_on", models.DateField()),
                ("summary", models.TextField()),
                ("late_reason", models.TextField(blank=True)),
                (
                    "held_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("filed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("summary", ""), _negated=True),
                        name="a_debriefing_is_summed_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held_on__gte", models.F("offered_on"))),
                        name="a_debriefing_is_held_on_or_after_the_day_offered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContractActionReport",
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
                    "contract",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="action_report",
                        to="contracts.contract",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="As the system confirmed it.", max_length=40
                    ),
                ),
                ("reported_on", models.DateField()),
                ("due_on", models.DateField()),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("filed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        name="a_contract_action_report_has_a_number",
                    )
                ],
            },
        ),
    ]
