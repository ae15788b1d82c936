"""The decision to accept no offer."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("evaluations", "0013_open_prices"),
        ("solicitations", "0007_no_award"),
    ]

    operations = [
        migrations.CreateModel(
            name="AllRejection",
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
                ("reason", models.TextField(help_text="What everybody is told.")),
                ("rationale", models.TextField(help_text="For the file alone.")),
                ("rejected_at", models.DateTimeField()),
                (
                    "rejected_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "solicitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="all_rejection",
                        to="solicitations.solicitation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("rationale", ""), _negated=True),
                        ),
                        name="all_offers_are_rejected_for_a_reason",
                    )
                ],
            },
        ),
        append_only("evaluations_allrejection"),
    ]
