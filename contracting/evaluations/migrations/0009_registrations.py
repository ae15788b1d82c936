"""Registrations and exclusions of vendors, as they were extracted."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("evaluations", "0008_reading_is_logged"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegistrationImport",
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
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "extracted_at",
                    models.DateTimeField(help_text="When the source said so."),
                ),
                ("imported_at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.organization",
                    ),
                ),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RegistrationRecord",
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
                ("uei", models.CharField(max_length=12, verbose_name="UEI")),
                ("legal_name", models.CharField(max_length=200)),
                ("registered_until", models.DateField()),
                (
                    "exclusion",
                    models.CharField(
                        blank=True,
                        help_text="Empty, or what the exclusion says.",
                        max_length=200,
                    ),
                ),
                (
                    "registration_import",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="evaluations.registrationimport",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="registrationimport",
            constraint=models.UniqueConstraint(
                fields=("agency", "sha256", "extracted_at"),
                name="an_extract_of_registrations_is_imported_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="registrationimport",
            constraint=models.CheckConstraint(
                condition=models.Q(("extracted_at__lte", models.F("imported_at"))),
                name="an_extract_is_not_from_the_future",
            ),
        ),
        migrations.AddConstraint(
            model_name="registrationrecord",
            constraint=models.UniqueConstraint(
                fields=("registration_import", "uei"),
                name="a_vendor_stands_once_in_an_extract",
            ),
        ),
        append_only("evaluations_registrationimport"),
        append_only("evaluations_registrationrecord"),
    ]
