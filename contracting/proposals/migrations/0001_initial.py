import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Draft",
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
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
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
                    "wrapped_key",
                    models.BinaryField(
                        help_text="The key of this draft, encrypted with one that is in no table."
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DraftPart",
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
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="proposals.draft",
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("TECHNICAL", "technical proposal"),
                            ("PRICES", "prices"),
                            ("AMENDMENTS", "amendments"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(help_text="One more with each save."),
                ),
                ("sealed", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("draft", "part"), name="a_draft_has_each_part_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)),
                        name="a_part_of_a_draft_was_saved",
                    ),
                ],
            },
        ),
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
        migrations.CreateModel(
            name="DraftFile",
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
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="proposals.draft",
                    ),
                ),
                (
                    "sealed_facts",
                    models.BinaryField(help_text="Name, type, size, pages, SHA-256."),
                ),
                ("sealed_content", models.BinaryField()),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
