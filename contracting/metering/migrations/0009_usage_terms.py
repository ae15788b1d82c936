"""Terms of single calls, sources of record, completeness, and another rating."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


def years(apps, schema_editor):
    """A source of before reports the fiscal year in which it was registered."""
    for source in apps.get_model("metering", "UsageSource").objects.all():
        made = source.recorded_at
        source.fiscal_year = made.year + (made.month >= 10)
        source.save(update_fields=["fiscal_year"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("contracts", "0018_options"),
        ("metering", "0008_partial_and_absent_counts"),
        ("modifications", "0008_options"),
        ("orders", "0010_search"),
        ("reference", "0015_usage_terms"),
    ]

    operations = [
        migrations.AddField(
            model_name="usageevent",
            name="key_ref",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="usageevent",
            name="latency_ms",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="usageevent",
            name="meter_seq",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="usageevent",
            name="model_billed",
            field=models.CharField(blank=True, db_default="", max_length=120),
        ),
        migrations.AddField(
            model_name="usageevent",
            name="outcome",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddField(
            model_name="usageevent",
            name="provenance",
            field=models.CharField(
                choices=[
                    ("REPORTED", "reported by the provider with its answer"),
                    ("MEASURED", "measured by the gateway"),
                    ("ESTIMATED", "estimated"),
                ],
                db_default="MEASURED",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="usageevent",
            name="requests",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="usagehold",
            name="order",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="orders.taskorder",
            ),
        ),
        migrations.AddField(
            model_name="usagehold",
            name="reserved_dollars",
            field=models.DecimalField(
                blank=True,
                decimal_places=12,
                help_text="At the highest price that can apply; empty: nothing has a price.",
                max_digits=24,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="usagehold",
            name="reserved_tokens",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="usagesource",
            name="closed_by",
            field=models.CharField(blank=True, max_length=160),
        ),
        migrations.AddField(
            model_name="usagesource",
            name="closing_reason",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="usagesource",
            name="fiscal_year",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="The federal fiscal year that it reports.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="usagesource",
            name="succeeds",
            field=models.OneToOneField(
                blank=True,
                help_text="The source of the year before.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="successor",
                to="metering.usagesource",
            ),
        ),
        migrations.AlterField(
            model_name="usagehold",
            name="reason",
            field=models.CharField(
                choices=[
                    ("UNKNOWN_ORDER", "no such order"),
                    ("UNKNOWN_KEY", "no order for this key"),
                    ("KEY_CONTRADICTS", "the key belongs to another order"),
                    ("UNKNOWN_MODEL", "no such model on the order"),
                    ("MODEL_CONTRADICTS", "served and billed as different models"),
                    ("UNKNOWN_CLASS", "no such token class"),
                    ("UNKNOWN_OUTCOME", "no policy for this outcome"),
                    ("NO_RATE", "no price in force"),
                    ("SEVERAL_LINES", "priced on several lines of the order"),
                    ("ORDER_CLOSED", "the order is closed out"),
                    ("OUT_OF_PERIOD", "outside the period of performance"),
                    ("WORK_STOPPED", "while work was stopped"),
                    ("IMPLAUSIBLE", "dearer than any one call can be"),
                    ("NOT_MEASURED", "estimated, not measured"),
                    ("BEYOND_LIMITS", "more than the model or the contract allows"),
                    ("AUTHORIZATION_LAPSED", "while no authorization was in force"),
                    ("TWO_SOURCES", "another source reports on this order already"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="UsageRelease",
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
                    "held_for",
                    models.CharField(
                        choices=[
                            ("UNKNOWN_ORDER", "no such order"),
                            ("UNKNOWN_KEY", "no order for this key"),
                            ("KEY_CONTRADICTS", "the key belongs to another order"),
                            ("UNKNOWN_MODEL", "no such model on the order"),
                            (
                                "MODEL_CONTRADICTS",
                                "served and billed as different models",
                            ),
                            ("UNKNOWN_CLASS", "no such token class"),
                            ("UNKNOWN_OUTCOME", "no policy for this outcome"),
                            ("NO_RATE", "no price in force"),
                            ("SEVERAL_LINES", "priced on several lines of the order"),
                            ("ORDER_CLOSED", "the order is closed out"),
                            ("OUT_OF_PERIOD", "outside the period of performance"),
                            ("WORK_STOPPED", "while work was stopped"),
                            ("IMPLAUSIBLE", "dearer than any one call can be"),
                            ("NOT_MEASURED", "estimated, not measured"),
                            (
                                "BEYOND_LIMITS",
                                "more than the model or the contract allows",
                            ),
                            (
                                "AUTHORIZATION_LAPSED",
                                "while no authorization was in force",
                            ),
                            (
                                "TWO_SOURCES",
                                "another source reports on this order already",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=400)),
                (
                    "dispute",
                    models.CharField(
                        blank=True,
                        help_text="The dispute by whose decision it is.",
                        max_length=80,
                    ),
                ),
                ("released_by", models.CharField(max_length=160)),
                ("released_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency_id", "source_id", "event_id", "held_for"),
                        name="a_held_call_is_released_once_for_each_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_release_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("held_for", "NOT_MEASURED"), _negated=True),
                            models.Q(("dispute", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="an_estimate_is_charged_by_a_dispute_only",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ControlTotal",
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
                ("day", models.DateField(help_text="In UTC.")),
                ("calls", models.BigIntegerField()),
                (
                    "tokens",
                    models.JSONField(default=dict, help_text="Tokens by class code."),
                ),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.CharField(max_length=160)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="control_totals",
                        to="metering.usagesource",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["source", "day"], name="control_totals_by_day")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("calls__gte", 0)),
                        name="a_source_counts_no_negative_number_of_calls",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeyMapping",
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
                    "in_force",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="[start, end) in UTC."
                    ),
                ),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.CharField(max_length=160)),
                (
                    "says_so",
                    models.CharField(
                        help_text="The paper, the clause or the reason behind it.",
                        max_length=200,
                    ),
                ),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                ("key_ref", models.CharField(max_length=200)),
                ("project", models.CharField(blank=True, max_length=120)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.organization",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="key_mappings",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="key_mappings",
                        to="orders.orderline",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: whichever source of the agency names the key.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="key_mappings",
                        to="metering.usagesource",
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        expressions=[
                            ("agency", "="),
                            (
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("source_id"), models.Value(0)
                                ),
                                "=",
                            ),
                            ("key_ref", "="),
                            ("in_force", "&&"),
                        ],
                        name="a_key_belongs_to_one_order_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("key_ref", ""), _negated=True),
                        name="a_mapped_key_has_a_name",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutcomePolicy",
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
                    "in_force",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="[start, end) in UTC."
                    ),
                ),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.CharField(max_length=160)),
                (
                    "says_so",
                    models.CharField(
                        help_text="The paper, the clause or the reason behind it.",
                        max_length=200,
                    ),
                ),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("COMPLETE", "answered completely"),
                            ("REFUSAL", "answered with a refusal that was generated"),
                            (
                                "CANCELLED",
                                "cancelled by the client while it was answered",
                            ),
                            ("VENDOR_FAULT", "ended by a fault of the vendor"),
                            ("NOT_ACCEPTED", "refused before anything was generated"),
                            ("RETRIED", "failed, and tried again by itself"),
                            ("TIMED_OUT", "longer than the agreed latency"),
                        ],
                        max_length=20,
                    ),
                ),
                ("charges_input", models.BooleanField()),
                ("charges_output", models.BooleanField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcome_policies",
                        to="contracts.contract",
                    ),
                ),
                (
                    "modification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="modifications.contractmodification",
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        expressions=[
                            ("contract", "="),
                            ("outcome", "="),
                            ("in_force", "&&"),
                        ],
                        name="an_outcome_is_charged_in_one_way_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SourceAlarm",
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
                ("day", models.DateField(help_text="In UTC.")),
                ("what", models.CharField(max_length=200)),
                ("alarmed_at", models.DateTimeField()),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alarms",
                        to="metering.usagesource",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "day", "what"),
                        name="an_agency_is_alarmed_of_a_difference_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SourceHeartbeat",
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
                ("beat_at", models.DateTimeField()),
                (
                    "watermark",
                    models.DateTimeField(
                        help_text="Every call completed before it has been sent."
                    ),
                ),
                (
                    "last_seq",
                    models.BigIntegerField(
                        blank=True,
                        help_text="The number of the last call that was sent.",
                        null=True,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="heartbeats",
                        to="metering.usagesource",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["source", "-beat_at"], name="heartbeats_of_a_source"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("watermark__lte", models.F("beat_at"))),
                        name="a_source_has_not_sent_what_is_yet_to_come",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SourceOfRecord",
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
                    "in_force",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="[start, end) in UTC."
                    ),
                ),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.CharField(max_length=160)),
                (
                    "says_so",
                    models.CharField(
                        help_text="The paper, the clause or the reason behind it.",
                        max_length=200,
                    ),
                ),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "key_ref",
                    models.CharField(
                        blank=True,
                        help_text="Empty: every key that has no own row.",
                        max_length=200,
                    ),
                ),
                ("is_first_report", models.BooleanField(default=False)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.organization",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sources_of_record",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="of_record",
                        to="metering.usagesource",
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        expressions=[
                            ("order", "="),
                            ("key_ref", "="),
                            ("in_force", "&&"),
                        ],
                        name="an_order_has_one_source_of_record_for_a_key_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnchargedUsage",
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
                    "outcome",
                    models.CharField(
                        choices=[
                            ("COMPLETE", "answered completely"),
                            ("REFUSAL", "answered with a refusal that was generated"),
                            (
                                "CANCELLED",
                                "cancelled by the client while it was answered",
                            ),
                            ("VENDOR_FAULT", "ended by a fault of the vendor"),
                            ("NOT_ACCEPTED", "refused before anything was generated"),
                            ("RETRIED", "failed, and tried again by itself"),
                            ("TIMED_OUT", "longer than the agreed latency"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "says_so",
                    models.CharField(
                        help_text="By which policy it is free.", max_length=200
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                ("accounting_day", models.DateField()),
                ("tokens", models.BigIntegerField()),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                (
                    "dollars",
                    models.DecimalField(db_default=0, decimal_places=12, max_digits=24),
                ),
                ("rated_at", models.DateTimeField()),
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
                        help_text="The price that it would have had.",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="contracts.raterow",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["order_line", "accounting_day"],
                        name="uncharged_by_line_day",
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
                        name="a_line_is_found_to_be_free_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("dollars", 0)),
                        name="what_is_not_chargeable_costs_nothing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageLimit",
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
                    "in_force",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="[start, end) in UTC."
                    ),
                ),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.CharField(max_length=160)),
                (
                    "says_so",
                    models.CharField(
                        help_text="The paper, the clause or the reason behind it.",
                        max_length=200,
                    ),
                ),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "max_output_tokens",
                    models.PositiveIntegerField(blank=True, null=True),
                ),
                ("context_tokens", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "calls_per_minute",
                    models.PositiveIntegerField(blank=True, null=True),
                ),
                (
                    "tokens_per_minute",
                    models.PositiveBigIntegerField(blank=True, null=True),
                ),
                (
                    "latency_ms",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Beyond it a call has timed out.",
                        null=True,
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_limits",
                        to="contracts.contract",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.aimodel",
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        expressions=[
                            ("contract", "="),
                            ("model", "="),
                            ("in_force", "&&"),
                        ],
                        name="a_contract_limits_a_model_once_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WitnessRating",
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
                ("occurred_at", models.DateTimeField()),
                ("accounting_day", models.DateField()),
                ("tokens", models.BigIntegerField()),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                ("dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                ("rated_at", models.DateTimeField()),
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
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["order_line", "accounting_day"],
                        name="witnesses_by_line_day",
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
                        name="a_line_of_a_witness_is_rated_once",
                    )
                ],
            },
        ),
        append_only("metering_usagerelease"),
        append_only("metering_controltotal"),
        append_only("metering_sourceheartbeat"),
        append_only("metering_sourcealarm"),
        append_only("metering_unchargedusage"),
        append_only("metering_witnessrating"),
        append_only("metering_keymapping", may_set_once=["superseded_at"]),
        append_only("metering_outcomepolicy", may_set_once=["superseded_at"]),
        append_only("metering_sourceofrecord", may_set_once=["superseded_at"]),
        append_only("metering_usagelimit", may_set_once=["superseded_at"]),
        migrations.RunPython(years, migrations.RunPython.noop),
    ]
