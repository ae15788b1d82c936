"""Step two of rating: what each step and pool comes to in a period."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0015_volume_prices"),
        ("metering", "0005_suspense_guards"),
        ("orders", "0008_pools"),
    ]

    operations = [
        migrations.CreateModel(
            name="PeriodRun",
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
                    "rated_through",
                    models.DateTimeField(help_text="The last rating that it has seen."),
                ),
                ("tokens", models.BigIntegerField()),
                (
                    "provisional_dollars",
                    models.DecimalField(decimal_places=12, max_digits=24),
                ),
                (
                    "exact_dollars",
                    models.DecimalField(decimal_places=12, max_digits=24),
                ),
                ("ran_by", models.CharField(max_length=160)),
                ("ran_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TrueUp",
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
                    "period_start",
                    models.DateField(
                        help_text="First day of the month, or of the order."
                    ),
                ),
                (
                    "from_tokens",
                    models.BigIntegerField(help_text="The step, by where it begins."),
                ),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(
                        blank=True, decimal_places=6, max_digits=12, null=True
                    ),
                ),
                ("tokens", models.BigIntegerField()),
                ("micro_acu", models.BigIntegerField(default=0)),
                (
                    "provisional_dollars",
                    models.DecimalField(decimal_places=12, max_digits=24),
                ),
                (
                    "exact_dollars",
                    models.DecimalField(decimal_places=12, max_digits=24),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="usageevent",
            index=models.Index(
                condition=models.Q(("corrects", ""), _negated=True),
                fields=["agency_id", "source_id", "corrects"],
                name="corrections_of_usage",
            ),
        ),
        migrations.AddField(
            model_name="periodrun",
            name="contract_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="period_runs",
                to="contracts.contractline",
            ),
        ),
        migrations.AddField(
            model_name="trueup",
            name="order_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="true_ups",
                to="orders.orderline",
            ),
        ),
        migrations.AddField(
            model_name="trueup",
            name="rate_row",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="contracts.raterow"
            ),
        ),
        migrations.AddField(
            model_name="trueup",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="true_ups",
                to="metering.periodrun",
            ),
        ),
        migrations.AddConstraint(
            model_name="trueup",
            constraint=models.UniqueConstraint(
                fields=("run", "order_line", "rate_row", "period_start", "from_tokens"),
                name="a_run_trues_up_a_step_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="trueup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("exact_dollars__gte", 0), ("micro_acu__gte", 0), ("tokens__gte", 0)
                ),
                name="a_step_holds_no_negative_usage",
            ),
        ),
        append_only("metering_periodrun"),
        append_only("metering_trueup"),
    ]
