"""What evaluators have typed and not recorded yet."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0019_client_mode"),
        ("solicitations", "0013_instruments"),
        ("submissions", "0016_other_openers"),
    ]

    operations = [
        migrations.CreateModel(
            name="RatingDraft",
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
                    "version",
                    models.PositiveIntegerField(help_text="One more with each save."),
                ),
                (
                    "rating",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("OUTSTANDING", "outstanding"),
                            ("GOOD", "good"),
                            ("ACCEPTABLE", "acceptable"),
                            ("MARGINAL", "marginal"),
                            ("UNACCEPTABLE", "unacceptable"),
                        ],
                        max_length=14,
                    ),
                ),
                ("strengths", models.TextField(blank=True)),
                ("weaknesses", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True)),
                ("saved_at", models.DateTimeField()),
                (
                    "factor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="solicitations.evaluationfactor",
                    ),
                ),
                (
                    "panel_member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="evaluations.panelmember",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="submissions.submission",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("submission", "factor", "panel_member"),
                        name="an_evaluator_drafts_a_rating_once",
                    )
                ],
            },
        ),
    ]
