"""Drafts that the browsers of their vendor have sealed."""

from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("proposals", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SealedDraft",
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
                    "place",
                    models.CharField(
                        help_text="HMAC-SHA-256 of solicitation and vendor; the key is in no table.",
                        max_length=64,
                        unique=True,
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(help_text="One more with each save."),
                ),
                ("sealed", models.BinaryField()),
                (
                    "wrapped_key",
                    models.BinaryField(
                        help_text="The key of this version, encrypted to the vendor's offer key."
                    ),
                ),
                ("saved_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)),
                        name="a_sealed_draft_was_saved",
                    )
                ],
            },
        ),
    ]
