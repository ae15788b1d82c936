"""Vendors keep their offers open, in writing."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("evaluations", "0009_registrations"),
        ("solicitations", "0006_offer_validity"),
        ("submissions", "0006_closings"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfferExtension",
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
                    "valid_until",
                    models.DateField(help_text="Last day on which it may be accepted."),
                ),
                ("words", models.TextField()),
                ("extended_at", models.DateTimeField()),
                (
                    "extended_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="submissions.submission",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "valid_until"),
                        name="an_offer_is_extended_to_a_day_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True),
                        name="an_offer_is_extended_in_writing",
                    ),
                ],
            },
        ),
        append_only("evaluations_offerextension"),
        rule_words(
            "R-SUB-09",
            "An offer that has expired is awarded only after the vendor extends it in "
            "writing.",
            "A signer of the vendor extends the offer on the page of its status.",
            "FAR 52.212-1(c)",
        ),
    ]
