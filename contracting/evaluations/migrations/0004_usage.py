"""What offers come to at P10, P50 and P90 is kept with a price analysis."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0003_waivers")]

    operations = [
        migrations.AddField(
            model_name="priceanalysis",
            name="usage",
            field=models.JSONField(
                default=dict,
                help_text="Totals at P10, P50 and P90, and where offers change places.",
            ),
        ),
    ]
