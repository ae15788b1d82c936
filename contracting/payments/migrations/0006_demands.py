"""Demands for what vendors owe back."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("billing", "0011_reopened_credits"),
        ("payments", "0005_accelerated"),
        ("reference", "0020_debts"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefundDemand",
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
                ("dollars", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "basis",
                    models.TextField(
                        help_text="Why it is owed, as the vendor reads it."
                    ),
                ),
                ("pay_by", models.DateField()),
                ("demanded_at", models.DateTimeField()),
                (
                    "credit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="demands",
                        to="billing.creditdue",
                    ),
                ),
                (
                    "demanded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dollars__gt", 0), models.Q(("basis", ""), _negated=True)
                        ),
                        name="a_demand_is_for_something_and_says_why",
                    )
                ],
            },
        ),
        append_only("payments_refunddemand"),
    ]
