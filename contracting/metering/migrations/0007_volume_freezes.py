"""Up to when the order of usage on a line priced by volume is fixed."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0016_instruments"),
        ("metering", "0006_period_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="VolumeFreeze",
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
                ("frozen_at", models.DateTimeField()),
                ("because_kind", models.CharField(max_length=60)),
                ("because_id", models.BigIntegerField()),
                ("by_name", models.CharField(max_length=160)),
                (
                    "contract_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="freezes",
                        to="contracts.contractline",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        append_only("metering_volumefreeze"),
    ]
