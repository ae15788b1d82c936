"""Final revisions that a browser seals, and what is wrong with them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0018_forgone_selections"),
    ]

    operations = [
        migrations.AddField(
            model_name="finalrevision",
            name="mode",
            field=models.CharField(
                choices=[("SERVER", "server mode"), ("CLIENT", "client mode")],
                db_default="SERVER",
                default="SERVER",
                help_text="Where it was encrypted.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="finalrevision",
            name="wrapped_for_vendor",
            field=models.BinaryField(
                help_text="Its key, encrypted to the vendor's offer key, or as many bytes that nobody opens.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="revisedoffer",
            name="flaws",
            field=models.JSONField(
                db_default=[],
                default=list,
                help_text="What is wrong with it, each in a sentence.",
            ),
        ),
    ]
