"""Incidents are only ever added; their hours, and the words of their rule."""

import datetime
from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only

HOURS = (
    ("INCIDENT_REPORT", "Hours from the discovery of an incident to its report", "72"),
    ("INCIDENT_UPDATE", "Hours from one update of an open incident to the next", "24"),
)


def seed(apps, schema_editor):
    start = datetime.date(2020, 1, 1)
    Threshold = apps.get_model("reference", "Threshold")
    Threshold.objects.bulk_create(
        Threshold(
            code=code,
            label=label,
            value=Decimal(value),
            unit="HOURS",
            valid_from=start,
            regime="CONTRACT",
            citation="GSAR 552.239-7001 (draft); contract",
            confidence="MEDIUM",
        )
        for code, label, value in HOURS
    )
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-AI-03",
        sentence="An incident is reported within the contract's hours and updated until it is closed.",
        lift="Report it now, late or not, and update it; the officer or representative closes it.",
        citation="GSAR 552.239-7001 (draft); contract",
        regime="CONTRACT",
        valid_from=start,
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("reference", "0012_close_out_clocks"),
        ("accounts", "0003_review_fields"),
        ("contracts", "0010_offered_awards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Incident",
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
                ("title", models.CharField(max_length=200)),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("AVAILABILITY", "the service was down or slow"),
                            ("INTEGRITY", "answers or counts were wrong"),
                            (
                                "CONFIDENTIALITY",
                                "data of the Government may be exposed",
                            ),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="What happened, without content of any call."
                    ),
                ),
                ("discovered_at", models.DateTimeField()),
                (
                    "due_at",
                    models.DateTimeField(help_text="By when it was to be reported."),
                ),
                (
                    "update_hours",
                    models.PositiveSmallIntegerField(
                        help_text="Hours within which the next update is due."
                    ),
                ),
                ("reported_at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incidents",
                        to="contracts.contract",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IncidentClosure",
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
                ("closed_at", models.DateTimeField()),
                (
                    "closed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closure",
                        to="incidents.incident",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IncidentUpdate",
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
                ("updated_at", models.DateTimeField()),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="incidents.incident",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True),
                    models.Q(("text", ""), _negated=True),
                    ("severity__in", ["AVAILABILITY", "INTEGRITY", "CONFIDENTIALITY"]),
                ),
                name="an_incident_says_what_happened",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(("reported_at__gte", models.F("discovered_at"))),
                name="an_incident_is_reported_after_its_discovery",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="an_incident_is_closed_with_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="incidentupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="an_update_of_an_incident_has_words",
            ),
        ),
        append_only("incidents_incident"),
        append_only("incidents_incidentupdate"),
        append_only("incidents_incidentclosure"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
