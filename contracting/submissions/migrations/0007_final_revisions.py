"""A box is opened once more, for final revisions."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0006_closings"),
    ]

    operations = [
        migrations.AlterField(
            model_name="opening",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("REHEARSAL", "rehearsal"),
                    ("OFFERS", "offers in time"),
                    ("LATE", "an admitted late offer"),
                    ("REVISIONS", "final revisions"),
                ],
                max_length=10,
            ),
        ),
    ]
