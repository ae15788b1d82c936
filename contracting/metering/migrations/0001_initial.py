import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("contracts", "0001_initial"),
        ("documents", "0001_initial"),
        ("orders", "0001_initial"),
        ("reference", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageSource",
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
                        related_name="usage_sources",
                        to="accounts.organization",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="CloudEvents source.", max_length=120, unique=True
                    ),
                ),
                ("label", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[("GATEWAY", "agency gateway")],
                        default="GATEWAY",
                        max_length=10,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UsageBatch",
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
                        to="accounts.organization",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="metering.usagesource",
                    ),
                ),
                (
                    "payload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.blob",
                    ),
                ),
                (
                    "verdicts",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.blob",
                    ),
                ),
                ("received", models.PositiveIntegerField()),
                ("accepted", models.PositiveIntegerField()),
                ("held", models.PositiveIntegerField()),
                ("duplicate", models.PositiveIntegerField()),
                ("conflict", models.PositiveIntegerField()),
                ("rejected", models.PositiveIntegerField()),
                ("received_at", models.DateTimeField()),
                ("received_by", models.CharField(max_length=160)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "received",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("accepted"),
                                                "+",
                                                models.F("held"),
                                            ),
                                            "+",
                                            models.F("duplicate"),
                                        ),
                                        "+",
                                        models.F("conflict"),
                                    ),
                                    "+",
                                    models.F("rejected"),
                                ),
                            )
                        ),
                        name="every_received_row_has_one_verdict",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageEvent",
            fields=[
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "agency_id",
                        "source_id",
                        "event_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                ("batch_id", models.BigIntegerField()),
                ("payload_sha256", models.CharField(max_length=64)),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("operation_id", models.CharField(max_length=200)),
                ("attempt", models.PositiveIntegerField(default=1)),
                ("order_ref", models.CharField(max_length=60)),
                ("model_requested", models.CharField(blank=True, max_length=120)),
                ("model_served", models.CharField(max_length=120)),
                ("tier", models.CharField(default="STANDARD", max_length=20)),
                ("context_band", models.CharField(default="ALL", max_length=20)),
                ("boundary", models.CharField(max_length=20)),
                (
                    "basis",
                    models.CharField(
                        choices=[("measured", "measured"), ("estimated", "estimated")],
                        default="measured",
                        max_length=10,
                    ),
                ),
                ("reported_total", models.BigIntegerField(blank=True, null=True)),
                ("is_late", models.BooleanField(default=False)),
                ("corrects", models.CharField(blank=True, max_length=200)),
                ("correction_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["occurred_at"], name="usage_event_by_time"),
                    models.Index(fields=["batch_id"], name="usage_event_by_batch"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageLine",
            fields=[
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "agency_id",
                        "source_id",
                        "event_id",
                        "token_class_code",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                ("token_class_code", models.CharField(max_length=30)),
                ("tokens", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UsageRefusal",
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
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refusals",
                        to="metering.usagebatch",
                    ),
                ),
                ("row_index", models.PositiveIntegerField()),
                ("event_id", models.CharField(blank=True, max_length=200)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("accepted", "accepted"),
                            ("held", "held in suspense"),
                            ("duplicate", "duplicate"),
                            ("conflict", "conflict"),
                            ("rejected", "rejected"),
                        ],
                        max_length=10,
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("pointer", models.CharField(blank=True, max_length=120)),
                ("payload_sha256", models.CharField(max_length=64)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UsageHold",
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
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("UNKNOWN_ORDER", "no such order"),
                            ("UNKNOWN_MODEL", "no such model on the order"),
                            ("UNKNOWN_CLASS", "no such token class"),
                            ("NO_RATE", "no price in force"),
                            ("SEVERAL_LINES", "priced on several lines of the order"),
                            ("ORDER_CLOSED", "the order is closed out"),
                            ("OUT_OF_PERIOD", "outside the period of performance"),
                            ("WORK_STOPPED", "while work was stopped"),
                            ("IMPLAUSIBLE", "dearer than any one call can be"),
                            ("NOT_MEASURED", "estimated, not measured"),
                        ],
                        max_length=20,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=200)),
                ("held_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["agency_id", "source_id", "event_id"],
                        name="holds_by_event",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageAttribution",
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
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.orderline",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.aimodel",
                    ),
                ),
                (
                    "accounting_day",
                    models.DateField(help_text="In the contract's time zone."),
                ),
                ("attributed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["order_line", "accounting_day"],
                        name="attribution_by_line_day",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency_id", "source_id", "event_id"),
                        name="an_event_is_attributed_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageRating",
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
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                ("token_class_code", models.CharField(max_length=30)),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.orderline",
                    ),
                ),
                (
                    "rate_row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="contracts.raterow",
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("accounting_day", models.DateField()),
                ("tokens", models.BigIntegerField()),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                ("dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                ("rated_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["order_line", "occurred_at"], name="rating_by_line_time"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "agency_id",
                            "source_id",
                            "event_id",
                            "token_class_code",
                        ),
                        name="a_usage_line_is_rated_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageAssignment",
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
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.taskorder",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.orderline",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.aimodel",
                    ),
                ),
                (
                    "named_class",
                    models.CharField(
                        blank=True,
                        help_text="The unknown class of the event.",
                        max_length=30,
                    ),
                ),
                (
                    "token_class_code",
                    models.CharField(
                        blank=True, help_text="The class that it is.", max_length=30
                    ),
                ),
                ("reason", models.CharField(max_length=400)),
                ("assigned_by", models.CharField(max_length=160)),
                ("assigned_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency_id", "source_id", "event_id"),
                        name="a_held_call_is_assigned_to_an_order_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="an_assignment_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("named_class", ""), ("token_class_code", "")),
                            models.Q(
                                models.Q(("named_class", ""), _negated=True),
                                models.Q(("token_class_code", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_unknown_class_is_said_to_be_a_class",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageDisposal",
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
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("ESTIMATED", "estimated, never billable"),
                            ("OUTSIDE_PERIOD", "outside every period of performance"),
                            ("NOT_OURS", "not usage of this agency"),
                            ("TEST_CALL", "a test of the gateway"),
                            ("NOT_CHARGEABLE", "not chargeable under the contract"),
                            ("NOTHING_USED", "no token was used"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=400)),
                ("disposed_by", models.CharField(max_length=160)),
                ("disposed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency_id", "source_id", "event_id"),
                        name="a_held_call_is_disposed_of_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_disposal_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SuspenseReminder",
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
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.organization",
                    ),
                ),
                ("received_until", models.DateTimeField()),
                (
                    "events",
                    models.PositiveIntegerField(
                        help_text="Held that long when it was told."
                    ),
                ),
                ("reminded_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "received_until"),
                        name="an_agency_is_reminded_of_a_held_call_once",
                    )
                ],
            },
        ),
    ]
