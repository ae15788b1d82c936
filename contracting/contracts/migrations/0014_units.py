"""What is bought by the month, hour or piece, at one price a unit at a time."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0013_price_structures"),
    ]

    operations = [
        migrations.AddField(
            model_name="contractline",
            name="estimated_units",
            field=models.DecimalField(decimal_places=6, default=0, max_digits=18),
        ),
        migrations.AddField(
            model_name="contractline",
            name="part_months",
            field=models.CharField(
                choices=[
                    ("BY_DAY", "each day is its part of the month"),
                    ("IN_FULL", "a month that has begun counts in full"),
                    ("WHOLE_ONLY", "only whole months count"),
                ],
                default="BY_DAY",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="UnitRate",
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
                ("usd_per_unit", models.DecimalField(decimal_places=6, max_digits=15)),
                (
                    "in_force",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="[start, end) in UTC."
                    ),
                ),
                (
                    "source",
                    models.CharField(help_text="Award or modification.", max_length=40),
                ),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unit_rates",
                        to="contracts.contractline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("superseded_at__isnull", True)),
                        expressions=[("line", "="), ("in_force", "&&")],
                        name="a_unit_has_one_price_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usd_per_unit__gte", 0)),
                        name="a_price_per_unit_is_never_negative",
                    ),
                ],
            },
        ),
        append_only("contracts_unitrate", may_set_once=["superseded_at"]),
    ]
