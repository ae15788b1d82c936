"""The rows that somebody decided by are kept as they were (R-AUD-03)."""

from django.db import migrations, models

from contracting.core.models import ClockTimestamp
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_recorded_at_is_hashed")]

    operations = [
        migrations.CreateModel(
            name="RowVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                (
                    "kind",
                    models.CharField(
                        help_text="The label of its model.", max_length=60
                    ),
                ),
                ("row_id", models.BigIntegerField()),
                (
                    "content",
                    models.TextField(
                        help_text="Its values by column, as canonical JSON."
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        append_only("audit_rowversion"),
    ]
