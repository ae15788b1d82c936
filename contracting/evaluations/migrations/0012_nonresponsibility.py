"""Findings on responsibility, their referral and certificate, and rejections."""

from datetime import date
from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


def add_threshold(apps, schema_editor):
    """The business days of the Small Business Administration."""
    apps.get_model("reference", "Threshold").objects.create(
        code="CERTIFICATE_OF_COMPETENCY",
        label="Decision on a certificate of competency after its referral",
        value=Decimal(15),
        unit="BUSINESS_DAYS",
        valid_from=date(2020, 1, 1),
        regime="FAR",
        citation="FAR 19.602-4(a)",
        confidence="HIGH",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("reference", "0003_seed"),
        ("evaluations", "0011_registration_snapshots"),
        ("submissions", "0006_closings"),
    ]

    operations = [
        migrations.CreateModel(
            name="CertificateReferral",
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
                    "office",
                    models.CharField(help_text="The area office.", max_length=120),
                ),
                (
                    "received_on",
                    models.DateField(help_text="When it had the whole referral."),
                ),
                ("referred_at", models.DateTimeField()),
                (
                    "referred_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CertificateOutcome",
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
                ("is_issued", models.BooleanField()),
                ("reference", models.CharField(max_length=60)),
                ("decided_on", models.DateField()),
                ("filed_at", models.DateTimeField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "referral",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outcome",
                        to="evaluations.certificatereferral",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NonresponsibilityFinding",
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
                    "is_small",
                    models.BooleanField(help_text="As the vendor represents itself."),
                ),
                (
                    "reason",
                    models.TextField(help_text="The element, and how its lack shows."),
                ),
                ("found_at", models.DateTimeField()),
                (
                    "found_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="nonresponsibility",
                        to="submissions.submission",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="certificatereferral",
            name="finding",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="referral",
                to="evaluations.nonresponsibilityfinding",
            ),
        ),
        migrations.CreateModel(
            name="OfferRejection",
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
                ("reason", models.TextField(help_text="What the vendor was told.")),
                ("rejected_at", models.DateTimeField()),
                (
                    "rejected_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rejection",
                        to="submissions.submission",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="nonresponsibilityfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="a_vendor_is_found_not_responsible_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="offerrejection",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="an_offer_is_rejected_for_a_reason",
            ),
        ),
        append_only("evaluations_nonresponsibilityfinding"),
        append_only("evaluations_certificatereferral"),
        append_only("evaluations_certificateoutcome"),
        append_only("evaluations_offerrejection"),
        migrations.RunPython(add_threshold, migrations.RunPython.noop),
        rule_words(
            "R-EVL-09",
            "A small business found not responsible is referred for a certificate of "
            "competency before it is rejected.",
            "Refer the finding to the Small Business Administration; its certificate, "
            "its denial or the end of its days lets the matter go on.",
            "FAR 19.602-1, 19.602-4",
        ),
    ]
