"""The ceiling of an ordered pool, in its units."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0015_volume_prices"),
        ("orders", "0007_units"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="ceiling_micro_acu",
            field=models.BigIntegerField(
                blank=True,
                help_text="Of a pool: its ceiling, millionths of an ACU.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ceiling_micro_acu__isnull", True),
                    ("ceiling_micro_acu__gt", 0),
                    _connector="OR",
                ),
                name="an_ordered_pool_has_a_ceiling_above_zero",
            ),
        ),
    ]
