"""Units of a pool beside tokens and dollars."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_expired_adjustments"),
    ]

    operations = [
        migrations.AddField(
            model_name="holderbalance",
            name="ceiling_micro_acu",
            field=models.BigIntegerField(
                blank=True,
                help_text="Of a pool: its ceiling, millionths of an ACU.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="holderbalance",
            name="consumed_micro_acu",
            field=models.BigIntegerField(
                default=0, help_text="Used of the pool and funded."
            ),
        ),
        migrations.AddField(
            model_name="holderbalance",
            name="unfunded_micro_acu",
            field=models.BigIntegerField(
                default=0, help_text="Used beyond the live limit."
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="micro_acu",
            field=models.BigIntegerField(
                default=0, help_text="Millionths of an AI consumption unit, on a pool."
            ),
        ),
        migrations.AddConstraint(
            model_name="holderbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ceiling_micro_acu__isnull", True),
                    ("consumed_micro_acu__lte", models.F("ceiling_micro_acu")),
                    _connector="OR",
                ),
                name="funded_units_never_exceed_the_ceiling_of_their_pool",
            ),
        ),
        migrations.AddConstraint(
            model_name="holderbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("consumed_micro_acu__gte", 0), ("unfunded_micro_acu__gte", 0)
                ),
                name="units_of_a_pool_are_never_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("micro_acu__gte", 0)),
                name="a_transfer_moves_no_negative_units",
            ),
        ),
    ]
