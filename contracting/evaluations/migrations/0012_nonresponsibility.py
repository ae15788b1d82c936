"""Findings on responsibility, their referral and certificate, and rejections."""

from datetime import date
from decimal import Decimal

from django.db import migrations

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
        ("evaluations", "0011_registration_snapshots"),
        ("accounts", "0002_guards"),
        ("reference", "0003_seed"),
        ("submissions", "0006_closings"),
    ]

    operations = [
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
