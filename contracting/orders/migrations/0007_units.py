"""An order line orders tokens or units, never both."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0014_units"),
        ("orders", "0006_protestable"),
    ]

    operations = [
        migrations.CreateModel(
            name="OrderUnitRate",
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
                ("usd_per_unit", models.DecimalField(decimal_places=6, max_digits=15)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="orderline",
            name="an_order_line_has_ceilings_above_zero",
        ),
        migrations.AddField(
            model_name="modificationeffect",
            name="add_units",
            field=models.DecimalField(decimal_places=6, default=0, max_digits=18),
        ),
        migrations.AddField(
            model_name="orderline",
            name="unit",
            field=models.CharField(
                choices=[
                    ("MTOK", "million tokens"),
                    ("ACU", "AI consumption unit"),
                    ("MO", "month"),
                    ("HR", "hour"),
                    ("EA", "each"),
                    ("GB-MO", "gigabyte-month"),
                ],
                default="MTOK",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="units",
            field=models.DecimalField(
                decimal_places=6,
                default=0,
                help_text="Ordered of what is bought by the month, hour or piece.",
                max_digits=18,
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ceiling_dollars__gt", 0),
                    models.Q(
                        models.Q(
                            ("ceiling_tokens__gt", 0),
                            ("unit__in", ["MTOK", "ACU"]),
                            ("units", 0),
                        ),
                        models.Q(
                            ("ceiling_tokens", 0),
                            ("units__gt", 0),
                            models.Q(("unit__in", ["MTOK", "ACU"]), _negated=True),
                        ),
                        _connector="OR",
                    ),
                ),
                name="an_order_line_has_ceilings_above_zero",
            ),
        ),
        migrations.AddField(
            model_name="orderunitrate",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="unit_rates",
                to="orders.orderline",
            ),
        ),
        migrations.AddField(
            model_name="orderunitrate",
            name="unit_rate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="order_rates",
                to="contracts.unitrate",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderunitrate",
            constraint=models.UniqueConstraint(
                fields=("line", "unit_rate"),
                name="an_order_line_prices_its_unit_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderunitrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("usd_per_unit__gte", 0)),
                name="an_order_price_per_unit_is_never_negative",
            ),
        ),
    ]
