"""A flagged count is put to the vendor once."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("disputes", "0002_guards"),
        ("recounts", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountDispute",
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
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="disputes.disputecase",
                    ),
                ),
                (
                    "flag",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute",
                        to="recounts.countflag",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        append_only("recounts_countdispute"),
    ]
