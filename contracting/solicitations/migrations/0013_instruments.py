"""Which kind of contract a solicitation leads to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("solicitations", "0012_quotations"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="instrument",
            field=models.CharField(
                choices=[
                    ("IDIQ", "indefinite-delivery, indefinite-quantity contract"),
                    ("DEFINITIVE", "definitive contract"),
                    ("BPA", "blanket purchase agreement"),
                ],
                default="IDIQ",
                max_length=12,
                verbose_name="kind of contract",
            ),
        ),
    ]
