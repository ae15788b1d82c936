import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_guards"),
        ("documents", "0002_guards"),
        ("reference", "0003_seed"),
        ("solicitations", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SealingKey",
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
                ("wrapped_key", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                (
                    "solicitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sealing_key",
                        to="solicitations.solicitation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Submission",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "submitted"),
                            ("WITHDRAWN", "withdrawn"),
                            ("LATE", "received late, in quarantine"),
                            ("OPENED", "opened"),
                        ],
                        default="SUBMITTED",
                        max_length=10,
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SubmissionVersion",
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
                ("number", models.PositiveIntegerField()),
                (
                    "plain_sha256",
                    models.CharField(
                        help_text="SHA-256 of the content before it was sealed.",
                        max_length=64,
                    ),
                ),
                (
                    "files",
                    models.JSONField(help_text="[{name, size_bytes, sha256}, …]"),
                ),
                (
                    "acknowledged",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4),
                        default=list,
                        help_text="Amendment numbers.",
                        size=None,
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(help_text="Receipt completed, UTC."),
                ),
                ("is_late", models.BooleanField()),
                (
                    "registration",
                    models.JSONField(help_text="Registration status at submission."),
                ),
                (
                    "sealed_blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="documents.blob"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="submissions.submission",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OpenedOffer",
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
                ("technical", models.TextField()),
                (
                    "files",
                    models.JSONField(
                        default=list, help_text="[{name, blob_sha256}, …]"
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opened_offer",
                        to="submissions.submission",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="submissions.submissionversion",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OfferedRate",
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
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="solicitations.solicitationline",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.aimodel",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rates",
                        to="submissions.openedoffer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("offer", "line"), name="an_offer_prices_a_line_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("usd_per_million_tokens__gte", 0)),
                        name="an_offered_price_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningConsent",
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
                ("position", models.PositiveSmallIntegerField()),
                ("consented_at", models.DateTimeField()),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "solicitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opening_consents",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("solicitation", "user"),
                        name="two_different_people_open_the_offers",
                    ),
                    models.UniqueConstraint(
                        fields=("solicitation", "position"),
                        name="offers_are_opened_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("position__in", [1, 2])),
                        name="an_opening_has_a_first_and_a_second_person",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("solicitation", "vendor"),
                name="a_vendor_has_one_submission_on_a_solicitation",
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionversion",
            constraint=models.UniqueConstraint(
                fields=("submission", "number"),
                name="a_submission_version_has_its_own_number",
            ),
        ),
    ]
