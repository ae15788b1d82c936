"""A closing of usage may no longer hold, which another row says."""

from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0021_archive"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReopenedUsage",
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
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                        help_text="When the database recorded the row, UTC.",
                    ),
                ),
                ("because_kind", models.CharField(max_length=60)),
                ("because_id", models.BigIntegerField()),
                ("reopened_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("because_kind", "because_id"),
                        name="a_closing_is_reopened_once",
                    )
                ],
            },
        ),
        append_only("metering_reopenedusage"),
    ]
