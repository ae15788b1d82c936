"""A modification may put prices per unit in force."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("modifications", "0006_retirements"),
    ]

    operations = [
        migrations.AddField(
            model_name="contractmodification",
            name="unit_rates",
            field=models.JSONField(
                default=list, help_text="Prices per unit with their first instant."
            ),
        ),
    ]
