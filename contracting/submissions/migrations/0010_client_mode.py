"""An offer may be sealed by its vendor, and be opened with something wrong with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0009_pseudonyms"),
    ]

    operations = [
        migrations.AddField(
            model_name="openedoffer",
            name="flaws",
            field=models.JSONField(
                db_default=[],
                default=list,
                help_text="What is wrong with it, each in a sentence.",
            ),
        ),
        migrations.AlterField(
            model_name="box",
            name="mode",
            field=models.CharField(
                choices=[("SERVER", "server mode"), ("CLIENT", "client mode")],
                default="SERVER",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="submissionversion",
            name="mode",
            field=models.CharField(
                choices=[("SERVER", "server mode"), ("CLIENT", "client mode")],
                db_default="SERVER",
                default="SERVER",
                help_text="Where it was encrypted.",
                max_length=10,
            ),
        ),
    ]
