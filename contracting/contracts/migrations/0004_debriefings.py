"""Notices to unsuccessful offerors, and their debriefings."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("contracts", "0003_protests"),
        ("submissions", "0005_sealed_to_boxes"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnsuccessfulNotice",
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
                ("offers_received", models.PositiveSmallIntegerField()),
                (
                    "reason",
                    models.TextField(
                        help_text="Why it was not accepted, in general terms."
                    ),
                ),
                (
                    "body",
                    models.TextField(help_text="The whole letter, as it was sent."),
                ),
                ("due_on", models.DateField()),
                (
                    "late_reason",
                    models.TextField(blank=True, help_text="Why it went out late."),
                ),
                ("sent_at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unsuccessful_notices",
                        to="contracts.contract",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unsuccessful_notice",
                        to="submissions.submission",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DebriefingRequest",
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
                ("questions", models.TextField(blank=True)),
                ("is_required", models.BooleanField()),
                ("due_on", models.DateField(blank=True, null=True)),
                ("requested_at", models.DateTimeField()),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "notice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debriefing_request",
                        to="contracts.unsuccessfulnotice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Debriefing",
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
                    "offered_on",
                    models.DateField(help_text="The first day that was offered."),
                ),
                ("held_on", models.DateField()),
                ("summary", models.TextField()),
                ("late_reason", models.TextField(blank=True)),
                ("filed_at", models.DateTimeField()),
                (
                    "held_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debriefing",
                        to="contracts.debriefingrequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("summary", ""), _negated=True),
                        name="a_debriefing_is_summed_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held_on__gte", models.F("offered_on"))),
                        name="a_debriefing_is_held_on_or_after_the_day_offered",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="unsuccessfulnotice",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="an_unsuccessful_offeror_is_told_the_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="debriefingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_required", False), ("due_on__isnull", False), _connector="OR"
                ),
                name="a_required_debriefing_has_a_due_day",
            ),
        ),
        append_only("contracts_unsuccessfulnotice"),
        append_only("contracts_debriefingrequest"),
        append_only("contracts_debriefing"),
        rule_words(
            "R-AWD-05",
            "Unsuccessful offerors are told within three days of award, with the "
            "contents that the regulation fixes.",
            "Give a reason for each offer, and say for the file why a late notice is "
            "late.",
            "FAR 15.503(b)",
        ),
        rule_words(
            "R-AWD-06",
            "A debriefing that is requested within three days is held within five days "
            "of the request.",
            "Sum up the debriefing, confirm what was kept, and say why a late one is "
            "late.",
            "FAR 15.506",
        ),
    ]
