"""Prices that depend on volume: steps, and what is burnt of a pool."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0014_units"),
    ]

    operations = [
        migrations.CreateModel(
            name="VolumeTerms",
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
                    "counted_over",
                    models.CharField(
                        choices=[
                            ("ORDER", "each order by itself"),
                            ("LINE", "all orders on the contract line"),
                        ],
                        default="ORDER",
                        max_length=5,
                    ),
                ),
                (
                    "counted_per",
                    models.CharField(
                        choices=[
                            ("MONTH", "per calendar month"),
                            ("WHOLE", "from the first token on"),
                        ],
                        default="MONTH",
                        max_length=5,
                    ),
                ),
                (
                    "source",
                    models.CharField(help_text="Award or modification.", max_length=40),
                ),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="volume_terms",
                        to="contracts.contractline",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BurnRate",
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
                    "acu_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                ("usd_per_acu", models.DecimalField(decimal_places=6, max_digits=12)),
                (
                    "rate_row",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="burn",
                        to="contracts.raterow",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("acu_per_million_tokens__gte", 0), ("usd_per_acu__gte", 0)
                        ),
                        name="a_multiplier_and_a_unit_price_are_never_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceStep",
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
                    "from_tokens",
                    models.BigIntegerField(
                        help_text="Tokens of the line that come before it."
                    ),
                ),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                (
                    "rate_row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="contracts.raterow",
                    ),
                ),
            ],
            options={
                "ordering": ["from_tokens"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("rate_row", "from_tokens"),
                        name="a_price_has_one_step_from_a_volume_on",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_tokens__gte", 0), ("usd_per_million_tokens__gte", 0)
                        ),
                        name="a_step_has_a_volume_and_a_price_not_below_zero",
                    ),
                ],
            },
        ),
        append_only("contracts_volumeterms"),
        append_only("contracts_pricestep"),
        append_only("contracts_burnrate"),
    ]
