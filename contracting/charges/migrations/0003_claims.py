"""What is allowed on a claim is charged without a price of the order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("charges", "0002_adjustments"),
        ("contracts", "0019_tolerances"),
        ("orders", "0010_search"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="charge",
            name="a_charge_rests_on_a_price_or_a_settlement",
        ),
        migrations.AlterField(
            model_name="charge",
            name="source",
            field=models.CharField(
                choices=[
                    ("CALENDAR", "calendar"),
                    ("RECEIPT", "receipt"),
                    ("SETTLEMENT", "settlement"),
                    ("ADJUSTMENT", "adjustment"),
                    ("CLAIM", "allowed claim"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("source__in", ("SETTLEMENT", "ADJUSTMENT", "CLAIM")),
                        ("unit_rate__isnull", True),
                    ),
                    models.Q(
                        models.Q(
                            ("source__in", ("SETTLEMENT", "ADJUSTMENT", "CLAIM")),
                            _negated=True,
                        ),
                        ("unit_rate__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_charge_rests_on_a_price_or_a_settlement",
            ),
        ),
    ]
