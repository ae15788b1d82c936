import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("contracts", "0001_initial"),
        ("documents", "0001_initial"),
        ("solicitations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Opportunity",
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
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        help_text="Whose awards are held by those who are asked.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fair_opportunities",
                        to="solicitations.solicitation",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(help_text="What shall be ordered.")),
                (
                    "value_dollars",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Estimated, options included.",
                        max_digits=18,
                    ),
                ),
                (
                    "basis",
                    models.TextField(blank=True, help_text="The basis of selection."),
                ),
                (
                    "factors",
                    models.TextField(
                        blank=True,
                        help_text="Factors, price among them, and their significance.",
                    ),
                ),
                (
                    "respond_by",
                    models.DateTimeField(blank=True, help_text="Inclusive.", null=True),
                ),
                (
                    "exception",
                    models.CharField(
                        blank=True,
                        choices=[
                            (
                                "URGENT",
                                "so urgent that asking would delay unacceptably, (b)(2)(i)(A)",
                            ),
                            ("UNIQUE", "only one holder can provide it, (b)(2)(i)(B)"),
                            (
                                "FOLLOW_ON",
                                "logical follow-on to a competed order, (b)(2)(i)(C)",
                            ),
                            (
                                "MINIMUM",
                                "to satisfy a guaranteed minimum, (b)(2)(i)(D)",
                            ),
                            ("STATUTE", "a statute requires the source, (b)(2)(i)(E)"),
                            ("SET_ASIDE", "set aside for small business, (b)(2)(i)(F)"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose order it becomes: the selected holder's, or the excepted one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fair_opportunities",
                        to="contracts.contract",
                    ),
                ),
                (
                    "notified_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("notified_at", models.DateTimeField()),
                ("cancel_reason", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "open to the holders"),
                            ("SELECTED", "a holder is selected"),
                            ("EXCEPTED", "an exception is taken"),
                            ("CANCELLED", "cancelled"),
                        ],
                        default="OPEN",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "opportunities",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("exception", ""),
                                ("respond_by__isnull", False),
                                models.Q(("basis", ""), _negated=True),
                                models.Q(("state", "EXCEPTED"), _negated=True),
                            ),
                            models.Q(
                                models.Q(("exception", ""), _negated=True),
                                ("contract__isnull", False),
                                ("respond_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="holders_are_asked_or_an_exception_is_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "SELECTED"), _negated=True),
                            ("contract__isnull", False),
                            _connector="OR",
                        ),
                        name="a_selection_is_of_a_holder",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "CANCELLED"), _negated=True),
                            models.Q(("cancel_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_cancelled_opportunity_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvitedHolder",
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
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invited",
                        to="fair_opportunity.opportunity",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contract",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("opportunity", "contract"),
                        name="a_holder_is_given_a_notice_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HolderResponse",
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
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="fair_opportunity.opportunity",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contract",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(help_text="1 for the first one."),
                ),
                ("words", models.TextField(help_text="What is offered and how.")),
                (
                    "discount_percent",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Off every rate of the contract.",
                        max_digits=5,
                    ),
                ),
                ("content_sha256", models.CharField(max_length=64)),
                (
                    "responded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("received_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("opportunity", "contract", "version"),
                        name="the_responses_of_a_holder_are_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="a_response_offers_something_in_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_percent__gte", 0), ("discount_percent__lte", 100)
                        ),
                        name="a_discount_is_a_part_of_the_price",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResponseRate",
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
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rates",
                        to="fair_opportunity.holderresponse",
                    ),
                ),
                ("slin", models.CharField(max_length=6, verbose_name="SLIN")),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("response", "slin"),
                        name="a_response_prices_a_subline_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usd_per_million_tokens__gte", 0)),
                        name="a_price_of_a_response_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResponseFile",
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
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="fair_opportunity.holderresponse",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="documents.blob"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Finding",
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
                    "response",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="finding",
                        to="fair_opportunity.holderresponse",
                    ),
                ),
                ("text", models.TextField()),
                (
                    "considered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("considered_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="a_response_is_considered_in_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HolderSelection",
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
                    "opportunity",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="selection",
                        to="fair_opportunity.opportunity",
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="fair_opportunity.holderresponse",
                    ),
                ),
                ("rationale", models.TextField()),
                (
                    "best_value",
                    models.TextField(
                        blank=True,
                        help_text="Basis of the award and of the best value.",
                    ),
                ),
                (
                    "selected_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("selected_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("rationale", ""), _negated=True),
                        name="a_selection_says_why",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Placement",
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
                    "opportunity",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placement",
                        to="fair_opportunity.opportunity",
                    ),
                ),
                ("order_piid", models.CharField(max_length=17, verbose_name="PIID")),
                ("value_dollars", models.DecimalField(decimal_places=2, max_digits=18)),
                ("placed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OrderDebriefing",
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
                    "opportunity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debriefings",
                        to="fair_opportunity.opportunity",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contract",
                    ),
                ),
                (
                    "is_required",
                    models.BooleanField(
                        help_text="Asked for in time, above the enhanced threshold."
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                ("requested_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("opportunity", "contract"),
                        name="a_holder_asks_once_to_be_debriefed_on_an_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_required", False),
                            ("due_on__isnull", False),
                            _connector="OR",
                        ),
                        name="a_required_debriefing_has_its_day",
                    ),
                ],
            },
        ),
    ]
