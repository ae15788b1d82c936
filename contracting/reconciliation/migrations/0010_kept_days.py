"""Days that were read are kept, and large orders are compared in steps."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0010_report_rows_by_time"),
        ("documents", "0006_operations"),
        ("orders", "0010_search"),
        ("reconciliation", "0009_tolerances"),
    ]

    operations = [
        migrations.CreateModel(
            name="LongComparison",
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
                    "asked_at",
                    models.DateTimeField(
                        help_text="What was read before is read anew."
                    ),
                ),
                ("asked_by", models.CharField(max_length=160)),
                (
                    "operation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comparison",
                        to="documents.operation",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="long_comparisons",
                        to="orders.taskorder",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="KeptDay",
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
                ("day", models.DateField(help_text="In the contract's time zone.")),
                ("basis_sha256", models.CharField(max_length=64)),
                ("content", models.JSONField(default=dict)),
                (
                    "read_at",
                    models.DateTimeField(help_text="The business instant, UTC."),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.taskorder",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order", "day"), name="a_day_of_an_order_is_kept_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportedDay",
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
                ("day", models.DateField(help_text="In the contract's time zone.")),
                ("rows", models.BigIntegerField()),
                ("tokens", models.DecimalField(decimal_places=0, max_digits=30)),
                (
                    "digest",
                    models.CharField(
                        help_text="Sum of a hash of every row, modulo 2 to the 128th.",
                        max_length=32,
                    ),
                ),
                (
                    "names",
                    models.JSONField(
                        default=list, help_text="The names of models in the rows."
                    ),
                ),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="days",
                        to="billing.usagereport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "day"),
                        name="a_day_of_a_report_is_added_up_once",
                    )
                ],
            },
        ),
        append_only("reconciliation_longcomparison"),
    ]
