import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Blob",
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
                    "sha256",
                    models.CharField(
                        help_text="SHA-256 of the bytes, hexadecimal.",
                        max_length=64,
                        unique=True,
                    ),
                ),
                ("size_bytes", models.BigIntegerField()),
                ("media_type", models.CharField(max_length=120)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="a_blob_is_named_by_a_sha256",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size_bytes__gte", 0)),
                        name="a_blob_has_no_negative_size",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("solicitation", "solicitation"),
                            ("request_for_quotations", "request for quotations"),
                            ("contract", "contract"),
                            ("task_order", "task order"),
                            ("modification", "amendment or modification"),
                            ("reconciliation", "reconciliation statement"),
                            ("receiving_report", "receiving report"),
                            ("decision", "source selection decision"),
                            ("price_memo", "price reasonableness memorandum"),
                            ("receipt", "submission receipt"),
                            ("designation", "designation of a representative"),
                            ("letter", "letter to the vendor"),
                            ("completion_statement", "contract completion statement"),
                        ],
                        max_length=40,
                    ),
                ),
                ("subject_kind", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                (
                    "stream",
                    models.CharField(
                        help_text="The subject's audit stream.", max_length=80
                    ),
                ),
                ("title", models.CharField(max_length=240)),
                (
                    "number",
                    models.CharField(
                        help_text="The number that people say aloud, such as a PIID.",
                        max_length=60,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers_issued",
                        to="accounts.organization",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        blank=True,
                        help_text="The vendor who may read it too.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers_received",
                        to="accounts.organization",
                    ),
                ),
                ("is_public", models.BooleanField(default=False)),
                (
                    "context",
                    models.JSONField(
                        help_text="What is printed, as plain values, frozen."
                    ),
                ),
                (
                    "content_sha256",
                    models.CharField(
                        help_text="SHA-256 of the content that was decided on.",
                        max_length=64,
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        help_text="The version that was decided on."
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "being prepared"),
                            ("RENDERED", "ready"),
                            ("FAILED", "failed"),
                        ],
                        default="REQUESTED",
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.TextField(blank=True)),
                (
                    "next_attempt_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Not before this instant; at once when empty.",
                        null=True,
                    ),
                ),
                (
                    "leased_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="A worker is at it until this instant, unless it renews its lease.",
                        null=True,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("requested_by_name", models.CharField(max_length=160)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["subject_kind", "subject_id"],
                        name="documents_by_subject",
                    ),
                    models.Index(
                        condition=models.Q(("state", "REQUESTED")),
                        fields=["id"],
                        name="documents_not_printed_yet",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["REQUESTED", "RENDERED", "FAILED"])
                        ),
                        name="a_paper_is_requested_rendered_or_failed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "FAILED"), _negated=True),
                            models.Q(("last_error", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_failed_paper_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "REQUESTED"),
                            ("leased_until__isnull", True),
                            _connector="OR",
                        ),
                        name="only_a_paper_that_waits_is_leased",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rendering",
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
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renderings",
                        to="documents.document",
                    ),
                ),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renderings",
                        to="documents.blob",
                    ),
                ),
                (
                    "renderer",
                    models.CharField(help_text="Program and version.", max_length=120),
                ),
                ("template_sha256", models.CharField(max_length=64)),
                (
                    "unsealed_sha256",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="SHA-256 of the print before it was sealed; empty without a seal.",
                        max_length=64,
                    ),
                ),
                (
                    "seal_certificate_sha256",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="SHA-256 of the certificate that seals it; empty without a seal.",
                        max_length=64,
                    ),
                ),
                (
                    "rendered_at",
                    models.DateTimeField(
                        db_default=contracting.core.models.ClockTimestamp(),
                        editable=False,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("seal_certificate_sha256", ""), ("unsealed_sha256", "")
                            ),
                            models.Q(
                                ("seal_certificate_sha256__regex", "^[0-9a-f]{64}$"),
                                ("unsealed_sha256__regex", "^[0-9a-f]{64}$"),
                            ),
                            _connector="OR",
                        ),
                        name="a_seal_names_its_print_and_its_certificate",
                    )
                ],
            },
        ),
    ]
