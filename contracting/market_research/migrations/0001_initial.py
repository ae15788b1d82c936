import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("reference", "0001_initial"),
        ("requisitions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestForInformation",
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
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rfis",
                        to="accounts.organization",
                    ),
                ),
                (
                    "requisition",
                    models.ForeignKey(
                        blank=True,
                        help_text="The need for which the market is asked, if there is one yet.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rfis",
                        to="requisitions.requisition",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="RFI-26-00001, per agency.", max_length=20
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "purpose",
                    models.TextField(blank=True, help_text="Why the market is asked."),
                ),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Responses are due by this instant, inclusive.",
                        null=True,
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(default="America/New_York", max_length=60),
                ),
                (
                    "question_count",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="No question stands beyond it: nothing is asked later.",
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rfis",
                        to="accounts.membership",
                    ),
                ),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("cancel_reason", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "draft"),
                            ("RELEASED", "released"),
                            ("CANCELLED", "cancelled"),
                            ("DISCARDED", "discarded"),
                        ],
                        default="DRAFT",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "verbose_name": "request for information",
                "verbose_name_plural": "requests for information",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "number"),
                        name="an_rfi_number_is_used_once_in_an_agency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["DRAFT", "DISCARDED"]),
                            models.Q(
                                ("due_at__isnull", False),
                                ("released_at__isnull", False),
                                models.Q(("purpose", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="a_released_rfi_says_why_it_asks_and_until_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_at__isnull", True),
                            ("released_at__lt", models.F("due_at")),
                            _connector="OR",
                        ),
                        name="an_rfi_is_released_before_its_responses_are_due",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "CANCELLED"), _negated=True),
                            models.Q(("cancel_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_cancelled_rfi_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MarketQuestion",
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
                    "rfi",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="market_research.requestforinformation",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(help_text="1 for the first one."),
                ),
                ("text", models.CharField(max_length=500)),
                ("help", models.CharField(blank=True, max_length=500)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("TEXT", "text"),
                            ("YES_NO", "yes or no"),
                            ("CHOICE", "one of several options"),
                            ("NUMBER", "number with a unit"),
                            ("PRICE", "price per million tokens"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "options",
                    models.JSONField(
                        default=list, help_text="What a choice chooses from."
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True, help_text="Of a number.", max_length=40
                    ),
                ),
                (
                    "token_class",
                    models.ForeignKey(
                        blank=True,
                        help_text="Of a price: US dollars per million tokens of this class.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.tokenclass",
                    ),
                ),
                ("is_required", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rfi", "position"),
                        name="a_question_of_an_rfi_has_its_own_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "PRICE"), ("token_class__isnull", False)),
                            models.Q(
                                models.Q(("kind", "PRICE"), _negated=True),
                                ("token_class__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="only_a_price_names_a_token_class",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "CHOICE"),
                                models.Q(("options", []), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind", "CHOICE"), _negated=True),
                                ("options", []),
                            ),
                            _connector="OR",
                        ),
                        name="only_a_choice_has_options",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "NUMBER"),
                                models.Q(("unit", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind", "NUMBER"), _negated=True),
                                ("unit", ""),
                            ),
                            _connector="OR",
                        ),
                        name="only_a_number_has_a_unit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Response",
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
                    "rfi",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="market_research.requestforinformation",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="accounts.organization",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(help_text="1 for the first one."),
                ),
                (
                    "is_proprietary",
                    models.BooleanField(
                        help_text="Marked by the vendor as containing proprietary information."
                    ),
                ),
                (
                    "responded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="responses",
                        to="accounts.membership",
                    ),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "rfi_sha256",
                    models.CharField(help_text="What was answered.", max_length=64),
                ),
                (
                    "content_sha256",
                    models.CharField(help_text="Of the answers.", max_length=64),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rfi", "vendor", "version"),
                        name="a_vendors_responses_to_an_rfi_are_counted",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MarketAnswer",
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
                        related_name="answers",
                        to="market_research.response",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="market_research.marketquestion",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        blank=True, help_text="A text, or the option chosen."
                    ),
                ),
                ("is_yes", models.BooleanField(blank=True, null=True)),
                (
                    "number",
                    models.DecimalField(
                        blank=True,
                        decimal_places=6,
                        help_text="In the unit.",
                        max_digits=18,
                        null=True,
                    ),
                ),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=12, null=True
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose price it is, if the dictionary knows the model.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.aimodel",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("response", "question"),
                        name="a_question_is_answered_once_in_a_response",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("text", ""), _negated=True),
                                ("is_yes", None),
                                ("number", None),
                                ("usd_per_million_tokens", None),
                            ),
                            models.Q(
                                ("is_yes__isnull", False),
                                ("text", ""),
                                ("number", None),
                                ("usd_per_million_tokens", None),
                            ),
                            models.Q(
                                ("is_yes", None),
                                ("number__isnull", False),
                                ("text", ""),
                                ("usd_per_million_tokens", None),
                            ),
                            models.Q(
                                ("is_yes", None),
                                ("number", None),
                                ("text", ""),
                                ("usd_per_million_tokens__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="an_answer_holds_exactly_one_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("usd_per_million_tokens", None),
                            ("usd_per_million_tokens__gte", 0),
                            _connector="OR",
                        ),
                        name="an_indicated_price_is_never_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("model", None),
                            ("usd_per_million_tokens__isnull", False),
                            _connector="OR",
                        ),
                        name="only_a_price_names_a_model",
                    ),
                ],
            },
        ),
    ]
