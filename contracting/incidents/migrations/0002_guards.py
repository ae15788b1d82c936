"""Incidents are only ever added; their hours, and the words of their rule."""

import datetime
from decimal import Decimal

from django.db import migrations

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
    dependencies = [
        ("incidents", "0001_initial"),
    ]

    operations = [
        append_only("incidents_incident"),
        append_only("incidents_incidentupdate"),
        append_only("incidents_incidentclosure"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
