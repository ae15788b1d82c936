"""The key of each version is encrypted to the offer key of its vendor too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0013_offer_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="contentkeywrap",
            name="wrapped_for_vendor",
            field=models.BinaryField(
                help_text="The key of the version, encrypted to the vendor's offer key, or as many bytes that nobody opens.",
                null=True,
            ),
        ),
    ]
