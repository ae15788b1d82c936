"""Competitive range, discussions, and one cutoff for final revisions."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("evaluations", "0014_rejected_offers"),
        ("solicitations", "0007_no_award"),
        ("submissions", "0006_closings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Discussion",
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
                    "topics",
                    models.TextField(
                        help_text="Its own weaknesses and deficiencies alone."
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discussion",
                        to="submissions.submission",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("topics", ""), _negated=True),
                        name="a_discussion_has_topics",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RangeStanding",
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
                ("is_kept", models.BooleanField()),
                (
                    "reason",
                    models.TextField(
                        blank=True,
                        help_text="Why it was left out, as its offeror is told.",
                    ),
                ),
                ("determined_at", models.DateTimeField()),
                (
                    "determined_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="range_standing",
                        to="submissions.submission",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_kept", True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="an_offer_is_left_out_of_the_range_for_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RevisionRequest",
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
                    "cutoff",
                    models.DateTimeField(
                        help_text="Last instant for a final revision."
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "solicitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revision_request",
                        to="solicitations.solicitation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cutoff__gt", models.F("requested_at"))),
                        name="final_revisions_are_due_after_they_are_requested",
                    )
                ],
            },
        ),
        append_only("evaluations_rangestanding"),
        append_only("evaluations_discussion"),
        append_only("evaluations_revisionrequest"),
        rule_words(
            "R-EVL-04",
            "Discussions are opened with all in the competitive range, and end with one "
            "cutoff for final revisions.",
            "Determine the competitive range, open discussions with everybody in it at "
            "once, and let the one cutoff pass.",
            "FAR 15.306(c)-(d), 15.307(b)",
        ),
    ]
