"""The box for the offers, as a browser has made it, waits for the release."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0010_client_mode"),
    ]

    operations = [
        migrations.AddField(
            model_name="rehearsaloffer",
            name="prepared",
            field=models.JSONField(help_text="The box for the offers.", null=True),
        ),
    ]
