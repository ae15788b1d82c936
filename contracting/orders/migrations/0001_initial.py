import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("contracts", "0001_initial"),
        ("fair_opportunity", "0001_initial"),
        ("ledger", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TaskOrder",
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="contracts.contract",
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
                ("description", models.TextField()),
                (
                    "requester",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders_requested",
                        to="accounts.membership",
                    ),
                ),
                ("editor_user_ids", models.JSONField(default=list)),
                (
                    "period_start",
                    models.DateField(help_text="First day of performance."),
                ),
                ("period_end", models.DateField(help_text="Last day of performance.")),
                (
                    "place",
                    models.CharField(default="Agency AI gateway", max_length=200),
                ),
                (
                    "boundary",
                    models.CharField(
                        choices=[
                            ("COMMERCIAL", "commercial"),
                            ("FEDRAMP_MOD", "FedRAMP Moderate"),
                            ("FEDRAMP_HIGH", "FedRAMP High"),
                            ("IL5", "Impact Level 5"),
                            ("ONPREM", "on premises"),
                        ],
                        default="FEDRAMP_MOD",
                        max_length=20,
                        verbose_name="data boundary",
                    ),
                ),
                (
                    "risk",
                    models.CharField(
                        choices=[
                            ("LOW", "low"),
                            ("MODERATE", "moderate"),
                            ("HIGH", "high"),
                        ],
                        default="LOW",
                        max_length=10,
                    ),
                ),
                ("payment_office", models.CharField(blank=True, max_length=200)),
                (
                    "opportunity",
                    models.ForeignKey(
                        blank=True,
                        help_text="The selection or exception that it rests on.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="fair_opportunity.opportunity",
                    ),
                ),
                (
                    "fair_opportunity",
                    models.CharField(
                        blank=True,
                        help_text="FAR 16.505(b).",
                        max_length=120,
                        verbose_name="fair opportunity",
                    ),
                ),
                (
                    "funds_clause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("52.232-18", "52.232-18 Availability of Funds"),
                            (
                                "52.232-19",
                                "52.232-19 Availability of Funds for the Next Fiscal Year",
                            ),
                        ],
                        help_text="Empty where funds are available at signature (FAR 32.703-2).",
                        max_length=10,
                        verbose_name="availability of funds",
                    ),
                ),
                (
                    "protestable_because",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="As of the signature; empty: not protestable.",
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders_signed",
                        to="accounts.membership",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "draft"),
                            ("SUBMITTED", "in review"),
                            ("APPROVED", "approved, waiting for signature"),
                            ("ISSUED", "issued"),
                            ("COMPLETED", "physically complete"),
                            ("CLOSED", "closed"),
                            ("CANCELLED", "cancelled before issue"),
                            ("DISCARDED", "discarded"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "DRAFT",
                                    "SUBMITTED",
                                    "APPROVED",
                                    "CANCELLED",
                                    "DISCARDED",
                                ],
                            ),
                            models.Q(
                                ("piid__isnull", False), ("signed_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="an_issued_order_has_a_number_and_a_signature",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("period_end__gte", models.F("period_start"))
                        ),
                        name="a_period_of_performance_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AvailabilityNotice",
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
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="availability_notice",
                        to="orders.taskorder",
                    ),
                ),
                ("text", models.TextField()),
                (
                    "dollars",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Obligated by the notice.",
                        max_digits=18,
                    ),
                ),
                (
                    "noticed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("noticed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "contract_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_lines",
                        to="contracts.contractline",
                    ),
                ),
                ("description", models.CharField(max_length=200)),
                ("ceiling_tokens", models.BigIntegerField()),
                (
                    "ceiling_dollars",
                    models.DecimalField(decimal_places=2, max_digits=18),
                ),
                ("is_removed", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_removed", False)),
                        fields=("order", "contract_line"),
                        name="an_order_orders_a_contract_line_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ceiling_dollars__gt", 0), ("ceiling_tokens__gt", 0)
                        ),
                        name="an_order_line_has_ceilings_above_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderRate",
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
                        related_name="rates",
                        to="orders.orderline",
                    ),
                ),
                (
                    "rate_row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_rates",
                        to="contracts.raterow",
                    ),
                ),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "rate_row"),
                        name="an_order_line_prices_a_rate_row_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usd_per_million_tokens__gte", 0)),
                        name="an_order_price_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderFunding",
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
                        to="orders.orderline",
                    ),
                ),
                ("acrn", models.CharField(max_length=2, verbose_name="ACRN")),
                ("sequence", models.PositiveSmallIntegerField(default=1)),
                (
                    "line_of_accounting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ledger.lineofaccounting",
                    ),
                ),
                (
                    "dollars",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Funded: obligated at signature.",
                        max_digits=18,
                    ),
                ),
                (
                    "ceiling_dollars",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="This ACRN's part of the line's ceiling; the parts sum to it.",
                        max_digits=18,
                    ),
                ),
                ("is_removed", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_removed", False)),
                        fields=("line", "acrn"),
                        name="an_acrn_funds_an_order_line_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ceiling_dollars__gte", models.F("dollars")),
                            ("dollars__gte", 0),
                        ),
                        name="order_funds_lie_between_nothing_and_their_ceiling",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LimitAcceptance",
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limit_acceptances",
                        to="orders.taskorder",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("content_sha256", models.CharField(max_length=64)),
                (
                    "outside",
                    models.JSONField(
                        help_text="{code: words} of the limits outside which the order lies."
                    ),
                ),
                (
                    "accepted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("accepted_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outside", {}), _negated=True),
                        name="an_acceptance_names_the_limits_it_passes",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Modification",
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
                ("number", models.CharField(blank=True, max_length=6)),
                (
                    "authority",
                    models.CharField(
                        choices=[
                            ("A", "13A change order"),
                            ("B", "13B administrative (FAR 43.103(b))"),
                            ("C", "13C supplemental agreement (FAR 43.103(a))"),
                            ("D", "13D other"),
                        ],
                        max_length=1,
                    ),
                ),
                ("citation", models.CharField(max_length=120)),
                ("description", models.TextField()),
                ("is_within_scope", models.BooleanField(default=True)),
                (
                    "scope",
                    models.TextField(help_text="The scope determination, in words."),
                ),
                ("effective_on", models.DateField()),
                (
                    "changes",
                    models.JSONField(
                        default=list, help_text="[{term, old, new}, …] as signed."
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "vendor_signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("vendor_signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "draft"),
                            ("ISSUED", "issued"),
                            ("DISCARDED", "discarded"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="modifications",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "terms",
                    models.JSONField(
                        default=dict,
                        help_text="New values of terms of the order, by name.",
                    ),
                ),
                (
                    "base_version",
                    models.PositiveIntegerField(
                        help_text="The version of the order that this changes."
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("order", "number"),
                        name="a_modification_number_is_used_once_on_an_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ISSUED"), _negated=True),
                            models.Q(("number", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_modification_has_a_number_once_it_is_issued",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ISSUED"), _negated=True),
                            models.Q(
                                ("issued_at__isnull", False),
                                ("signed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="an_issued_modification_is_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scope", ""), _negated=True),
                        name="a_modification_says_whether_it_is_within_scope",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("authority", "C"), ("state", "ISSUED"), _negated=True
                            ),
                            models.Q(
                                ("vendor_signed_at__isnull", False),
                                ("vendor_signed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_supplemental_agreement_is_signed_by_both",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FundsCertification",
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certifications",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "modification",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certifications",
                        to="orders.modification",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("content_sha256", models.CharField(max_length=64)),
                ("dollars", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "certified_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("certified_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ModificationEffect",
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
                    "modification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="effects",
                        to="orders.modification",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.orderline",
                    ),
                ),
                ("acrn", models.CharField(max_length=2, verbose_name="ACRN")),
                ("sequence", models.PositiveSmallIntegerField(default=1)),
                (
                    "line_of_accounting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ledger.lineofaccounting",
                    ),
                ),
                (
                    "add_dollars",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        help_text="Funds added (+/−).",
                        max_digits=18,
                    ),
                ),
                (
                    "add_ceiling_dollars",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18),
                ),
                ("add_ceiling_tokens", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("modification", "line", "acrn"),
                        name="a_modification_touches_a_line_and_acrn_once",
                    )
                ],
            },
        ),
    ]
