"""What differs on a day is kept with it, until something of it changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0012_numbers")]

    operations = [
        migrations.AddField(
            model_name="keptday",
            name="content_sha256",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="keptday",
            name="requests",
            field=models.JSONField(
                default=list, help_text="All that are named in the content."
            ),
        ),
        migrations.AddField(
            model_name="keptday",
            name="told",
            field=models.JSONField(
                default=dict,
                help_text=(
                    "What differs on the day, and its sums, as they were told last."
                ),
            ),
        ),
    ]
