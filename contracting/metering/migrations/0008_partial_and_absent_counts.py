"""A count may have been cut off, or be missing altogether; neither is zero."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0007_volume_freezes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="usageevent",
            name="basis",
            field=models.CharField(
                choices=[
                    ("measured", "measured"),
                    ("estimated", "estimated"),
                    ("partial", "counted until it was cut off"),
                    ("absent", "used, and not counted"),
                ],
                default="measured",
                max_length=10,
            ),
        ),
    ]
