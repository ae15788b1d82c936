"""Final revisions, sealed to the box of the offers and opened by its quorum."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("documents", "0006_price_memo"),
        ("evaluations", "0015_exchanges"),
        ("reference", "0009_earlier_amounts"),
        ("solicitations", "0007_no_award"),
        ("submissions", "0007_final_revisions"),
    ]

    operations = [
        migrations.CreateModel(
            name="FinalRevision",
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
                    "wrapped_key",
                    models.BinaryField(help_text="Its key, encrypted to the box."),
                ),
                ("plain_sha256", models.CharField(max_length=64)),
                (
                    "files",
                    models.JSONField(help_text="[{name, size_bytes, sha256}, …]"),
                ),
                (
                    "received_at",
                    models.DateTimeField(help_text="Receipt completed, UTC."),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="submissions.box",
                    ),
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
                        related_name="final_revisions",
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
            name="RevisedOffer",
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
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="evaluations.finalrevision",
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revised_offer",
                        to="submissions.submission",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RevisedRate",
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
                        to="evaluations.revisedoffer",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="finalrevision",
            constraint=models.UniqueConstraint(
                fields=("submission", "number"),
                name="a_final_revision_has_its_own_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="revisedrate",
            constraint=models.UniqueConstraint(
                fields=("offer", "line"), name="a_final_revision_prices_a_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="revisedrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("usd_per_million_tokens__gte", 0)),
                name="a_revised_price_is_never_negative",
            ),
        ),
        append_only("evaluations_finalrevision"),
        append_only("evaluations_revisedoffer"),
        append_only("evaluations_revisedrate"),
    ]
