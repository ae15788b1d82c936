"""Both sides are reminded once of each update that is missing."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="IncidentReminder",
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
                    "due_at",
                    models.DateTimeField(help_text="When the missing update was due."),
                ),
                ("reminded_at", models.DateTimeField()),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incident", "due_at"),
                        name="a_missing_update_is_reminded_of_once",
                    )
                ],
            },
        ),
        append_only("incidents_incidentreminder"),
    ]
