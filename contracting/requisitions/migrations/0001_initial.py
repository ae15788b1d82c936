import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("ledger", "0001_initial"),
        ("reference", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Requisition",
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
                        related_name="requisitions",
                        to="accounts.organization",
                    ),
                ),
                (
                    "requester",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requisitions",
                        to="accounts.membership",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="PR-26-00001, per agency.", max_length=20
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "need",
                    models.TextField(
                        help_text="What the tokens are for (SOO or PWS text)."
                    ),
                ),
                (
                    "line_of_accounting",
                    models.ForeignKey(
                        blank=True,
                        help_text="Where the requester expects the funds to come from.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ledger.lineofaccounting",
                    ),
                ),
                (
                    "planned_dollars",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "draft"),
                            ("SUBMITTED", "submitted"),
                            ("DISCARDED", "discarded"),
                        ],
                        default="DRAFT",
                        max_length=12,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "number"),
                        name="a_requisition_number_is_used_once_in_an_agency",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EstimateRow",
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
                    "requisition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="estimate_rows",
                        to="requisitions.requisition",
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
                    "token_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.tokenclass",
                    ),
                ),
                ("month", models.DateField(help_text="First day of the month.")),
                ("p10_tokens", models.BigIntegerField()),
                ("p50_tokens", models.BigIntegerField()),
                ("p90_tokens", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("requisition", "model", "token_class", "month"),
                        name="a_month_of_a_class_is_estimated_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("p10_tokens__gte", 0),
                            ("p50_tokens__gte", models.F("p10_tokens")),
                            ("p90_tokens__gte", models.F("p50_tokens")),
                        ),
                        name="an_estimate_rises_from_p10_to_p90",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IndependentEstimate",
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
                    "requisition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="independent_estimates",
                        to="requisitions.requisition",
                    ),
                ),
                ("priced_on", models.DateField()),
                (
                    "version",
                    models.PositiveIntegerField(
                        help_text="Version of the requisition."
                    ),
                ),
                (
                    "rows",
                    models.JSONField(
                        help_text="Tokens, list price and amount per row."
                    ),
                ),
                ("p10_dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                ("p50_dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                ("p90_dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                ("price_source", models.CharField(max_length=120)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WorkloadRow",
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
                    "requisition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="workload_rows",
                        to="requisitions.requisition",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        help_text="Version of the requisition."
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(help_text="1 for the first row."),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.aimodel",
                    ),
                ),
                (
                    "calls_p10",
                    models.BigIntegerField(help_text="Calls a day in the first month."),
                ),
                ("calls_p50", models.BigIntegerField()),
                ("calls_p90", models.BigIntegerField()),
                (
                    "uncached_input_tokens",
                    models.BigIntegerField(help_text="Per call."),
                ),
                ("cached_input_tokens", models.BigIntegerField(help_text="Per call.")),
                ("output_tokens", models.BigIntegerField(help_text="Per call.")),
                ("reasoning_tokens", models.BigIntegerField(help_text="Per call.")),
                (
                    "growth_percent",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="From each month to the next.",
                        max_digits=6,
                    ),
                ),
                ("first_month", models.DateField(help_text="First day of the month.")),
                ("months", models.PositiveSmallIntegerField()),
                (
                    "day_count",
                    models.CharField(
                        choices=[
                            ("CALENDAR", "every day"),
                            ("BUSINESS", "federal business days"),
                        ],
                        max_length=10,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("requisition", "version", "position"),
                        name="a_row_of_a_workload_has_its_own_position",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("calls_p10__gte", 0),
                            ("calls_p50__gte", models.F("calls_p10")),
                            ("calls_p90__gte", models.F("calls_p50")),
                            ("calls_p90__gte", 1),
                        ),
                        name="calls_a_day_rise_from_p10_to_p90_and_are_some",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("uncached_input_tokens__gte", 0),
                            ("cached_input_tokens__gte", 0),
                            ("output_tokens__gte", 0),
                            ("reasoning_tokens__gte", 0),
                            models.Q(
                                ("uncached_input_tokens__gt", 0),
                                ("cached_input_tokens__gt", 0),
                                ("output_tokens__gt", 0),
                                ("reasoning_tokens__gt", 0),
                                _connector="OR",
                            ),
                        ),
                        name="a_call_has_tokens_and_none_are_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("growth_percent__gte", -100)),
                        name="a_workload_shrinks_by_at_most_all_of_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("months__gte", 1), ("months__lte", 60)),
                        name="a_workload_lasts_one_to_sixty_months",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_month__day", 1)),
                        name="a_workload_begins_on_the_first_of_a_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("day_count__in", ["CALENDAR", "BUSINESS"])),
                        name="a_workload_counts_calendar_or_business_days",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnershipComparison",
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
                    "estimate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comparisons",
                        to="requisitions.independentestimate",
                    ),
                ),
                ("gpus", models.PositiveIntegerField()),
                (
                    "gpu_hour_dollars",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                (
                    "tokens_per_gpu_second",
                    models.PositiveIntegerField(help_text="When busy."),
                ),
                (
                    "utilization_percent",
                    models.DecimalField(decimal_places=2, max_digits=5),
                ),
                (
                    "owned_usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=18),
                ),
                (
                    "list_usd_per_million_tokens",
                    models.DecimalField(
                        decimal_places=6,
                        help_text="Blended over the P50 tokens.",
                        max_digits=18,
                    ),
                ),
                (
                    "capacity_tokens",
                    models.BigIntegerField(help_text="A month, at the utilization."),
                ),
                ("break_even_tokens", models.BigIntegerField(help_text="A month.")),
                (
                    "p50_tokens",
                    models.BigIntegerField(help_text="A month, on average."),
                ),
                (
                    "compared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("compared_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gpus__gte", 1),
                            ("gpu_hour_dollars__gt", 0),
                            ("tokens_per_gpu_second__gte", 1),
                        ),
                        name="owned_capacity_is_at_least_one_gpu_that_costs_and_works",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("utilization_percent__gt", 0),
                            ("utilization_percent__lte", 100),
                        ),
                        name="utilization_is_above_zero_and_at_most_all_of_the_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("capacity_tokens__gte", 1),
                            ("break_even_tokens__gte", 1),
                            ("p50_tokens__gte", 1),
                        ),
                        name="a_comparison_counts_tokens_of_both_sides",
                    ),
                ],
            },
        ),
    ]
