"""Prices shown early, and dissents from the consensus."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("evaluations", "0005_locked_ratings"),
        ("solicitations", "0004_nominal_minimum"),
    ]

    operations = [
        migrations.CreateModel(
            name="DissentNote",
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
                ("text", models.TextField()),
                ("written_at", models.DateTimeField()),
                (
                    "consensus",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dissents",
                        to="evaluations.consensusrating",
                    ),
                ),
                (
                    "panel_member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dissents",
                        to="evaluations.panelmember",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PriceRelease",
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
                ("reason", models.TextField()),
                ("released_at", models.DateTimeField()),
                (
                    "released_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "solicitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="price_release",
                        to="solicitations.solicitation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="prices_are_released_for_a_reason",
                    )
                ],
            },
        ),
        append_only("evaluations_pricerelease"),
        append_only("evaluations_dissentnote"),
        rule_words(
            "R-EVL-02",
            "The technical panel sees no price until its consensus is locked.",
            "Let the panel agree first, or have a contracting officer show the prices "
            "with a reason.",
            "Practice of the agency; FAR 15.305(a)",
            "AGENCY",
        ),
    ]
