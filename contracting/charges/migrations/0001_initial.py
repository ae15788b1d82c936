"""Quantities in force, receipts and charges are only ever added."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_guards"),
        ("contracts", "0014_units"),
        ("orders", "0007_units"),
    ]

    operations = [
        migrations.CreateModel(
            name="Receipt",
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
                ("received_on", models.DateField()),
                (
                    "units",
                    models.DecimalField(
                        decimal_places=6,
                        help_text="Received and in order.",
                        max_digits=18,
                    ),
                ),
                (
                    "rejected_units",
                    models.DecimalField(
                        decimal_places=6,
                        default=0,
                        help_text="Delivered and rejected.",
                        max_digits=18,
                    ),
                ),
                (
                    "words",
                    models.TextField(
                        help_text="What was received; why a part was rejected."
                    ),
                ),
                (
                    "evidence",
                    models.CharField(help_text="What proves it.", max_length=400),
                ),
                ("receipt_recorded_at", models.DateTimeField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="orders.orderline",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Charge",
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
                    "source",
                    models.CharField(
                        choices=[
                            ("CALENDAR", "calendar"),
                            ("RECEIPT", "receipt"),
                            ("SETTLEMENT", "settlement"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="[start, end) in UTC; whole days."
                    ),
                ),
                ("units", models.DecimalField(decimal_places=6, max_digits=18)),
                ("usd_per_unit", models.DecimalField(decimal_places=6, max_digits=15)),
                ("dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                ("charged_by_name", models.CharField(max_length=160)),
                ("charged_at", models.DateTimeField()),
                ("reversed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="orders.orderline",
                    ),
                ),
                (
                    "unit_rate",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="contracts.unitrate",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="charges.receipt",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReceiptReversal",
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
                ("reason", models.TextField()),
                ("receipt_reversed_at", models.DateTimeField()),
                (
                    "receipt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="charges.receipt",
                    ),
                ),
                (
                    "reversed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QuantityChange",
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
                    "effective_on",
                    models.DateField(help_text="First day of the quantity."),
                ),
                ("quantity", models.PositiveIntegerField()),
                ("reason", models.TextField()),
                ("change_recorded_at", models.DateTimeField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quantity_changes",
                        to="orders.orderline",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_change_of_a_quantity_says_why",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rejected_units__gte", 0),
                    ("units__gte", 0),
                    models.Q(
                        ("units__gt", 0), ("rejected_units__gt", 0), _connector="OR"
                    ),
                ),
                name="a_receipt_is_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("words", ""), _negated=True),
                    models.Q(("evidence", ""), _negated=True),
                ),
                name="a_receipt_names_its_evidence",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    ("reversed_at__isnull", True), ("source", "CALENDAR")
                ),
                expressions=[("line", "="), ("period", "&&")],
                name="a_day_of_a_line_is_charged_once_by_the_calendar",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.UniqueConstraint(
                fields=("receipt",), name="a_receipt_is_charged_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("dollars__gt", 0), ("units__gt", 0)),
                name="a_charge_is_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("source", "SETTLEMENT"), ("unit_rate__isnull", True)),
                    models.Q(
                        models.Q(("source", "SETTLEMENT"), _negated=True),
                        ("unit_rate__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_charge_rests_on_a_price_or_a_settlement",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("receipt__isnull", False), ("source", "RECEIPT")),
                    models.Q(
                        models.Q(("source", "RECEIPT"), _negated=True),
                        ("receipt__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_receipt_is_what_a_charge_from_receipts_rests_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reversed_at__isnull", True),
                    ("reversed_at__gte", models.F("charged_at")),
                    _connector="OR",
                ),
                name="a_charge_is_reversed_after_it_was_made",
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptreversal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="a_reversal_of_a_receipt_says_why",
            ),
        ),
        append_only("charges_quantitychange"),
        append_only("charges_receipt"),
        append_only("charges_receiptreversal"),
        append_only("charges_charge", may_set_once=["reversed_at"]),
    ]
