"""An invoice asks for months, hours and pieces beside tokens."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_guards"),
        ("orders", "0007_units"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChargeLine",
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
                    "position",
                    models.PositiveIntegerField(
                        help_text="Among all lines of the invoice."
                    ),
                ),
                (
                    "acrn",
                    models.CharField(blank=True, max_length=2, verbose_name="ACRN"),
                ),
                ("description", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CHARGE", "months, hours or pieces"),
                            ("SETTLEMENT", "settlement of a termination"),
                        ],
                        default="CHARGE",
                        max_length=10,
                    ),
                ),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="[start, end) in UTC."
                    ),
                ),
                ("unit", models.CharField(max_length=6)),
                ("units", models.DecimalField(decimal_places=6, max_digits=18)),
                ("usd_per_unit", models.DecimalField(decimal_places=6, max_digits=15)),
                (
                    "amount_dollars",
                    models.DecimalField(decimal_places=2, max_digits=18),
                ),
                (
                    "voided_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Set once, when the invoice is returned.",
                        null=True,
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charge_lines",
                        to="billing.invoice",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.orderline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "position"),
                        name="a_charge_line_has_its_own_position",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        expressions=[
                            ("order_line", "="),
                            ("kind", "="),
                            ("period", "&&"),
                        ],
                        name="a_charge_and_period_is_invoiced_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_dollars__gte", 0),
                            ("units__gt", 0),
                            ("usd_per_unit__gte", 0),
                        ),
                        name="a_charge_line_asks_for_something",
                    ),
                ],
            },
        ),
        append_only("billing_chargeline", may_set_once=["voided_at"]),
    ]
