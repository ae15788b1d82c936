"""An invoice line of units may ask for an adjustment of a price."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_reporting"),
    ]

    operations = [
        migrations.AlterField(
            model_name="chargeline",
            name="kind",
            field=models.CharField(
                choices=[
                    ("CHARGE", "months, hours or pieces"),
                    ("SETTLEMENT", "settlement of a termination"),
                    ("ADJUSTMENT", "adjustment of a price after acceptance"),
                ],
                default="CHARGE",
                max_length=10,
            ),
        ),
    ]
