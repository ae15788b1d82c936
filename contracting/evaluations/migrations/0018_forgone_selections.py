"""A selected offer that is not awarded after all: a row, only ever added."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("evaluations", "0017_selected_offers"),
    ]

    operations = [
        migrations.CreateModel(
            name="ForgoneSelection",
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
                    "reason",
                    models.TextField(
                        help_text="Why; its vendor is told it in these words."
                    ),
                ),
                ("forgone_at", models.DateTimeField()),
                (
                    "forgone_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "selection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="forgone",
                        to="evaluations.selectedoffer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_selected_offer_is_forgone_for_a_reason",
                    )
                ],
            },
        ),
        append_only("evaluations_forgoneselection"),
    ]
