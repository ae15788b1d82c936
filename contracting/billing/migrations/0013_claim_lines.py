"""An invoice line may ask for what is allowed on a claim."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0012_reminders"),
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
                    ("CLAIM", "what is allowed on a claim"),
                ],
                default="CHARGE",
                max_length=10,
            ),
        ),
    ]
