"""When an evaluator made their ratings of an offer final."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0004_usage"),
        ("reference", "0003_seed"),
        ("submissions", "0002_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="rating",
            name="reason",
            field=models.TextField(
                blank=True, help_text="Why it was revised after it had been locked."
            ),
        ),
        migrations.CreateModel(
            name="RatingLock",
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
                ("locked_at", models.DateTimeField()),
                (
                    "panel_member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locks",
                        to="evaluations.panelmember",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rating_locks",
                        to="submissions.submission",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "panel_member"),
                        name="an_evaluator_locks_the_ratings_of_an_offer_once",
                    )
                ],
            },
        ),
        append_only("evaluations_ratinglock"),
        rule_words(
            "R-EVL-03",
            "Individual ratings are locked before the consensus, and later edits are "
            "versions.",
            "Each evaluator locks their own ratings first; a later revision says why.",
            "FAR 15.305(a), 4.803(a)",
        ),
    ]
