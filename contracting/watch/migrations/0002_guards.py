"""Alarms move along their table; their dated numbers."""

import datetime
from decimal import Decimal

from django.db import migrations

from contracting.core.triggers import legal_moves
from contracting.watch.states import MOVES

START = datetime.date(2020, 1, 1)
NUMBERS = (
    (
        "ALARM_CACHE_DROP",
        "Points by which the share of cached input falls before an alarm is raised",
        "15",
        "PERCENT",
    ),
    (
        "ALARM_SILENCE",
        "Hours without anything received after which a source counts as silent",
        "6",
        "HOURS",
    ),
    (
        "ALARM_DRIFT",
        "Percent by which tokens a call shift before an alarm of drift is raised",
        "8",
        "PERCENT",
    ),
)


def seed(apps, schema_editor):
    Threshold = apps.get_model("reference", "Threshold")
    Threshold.objects.bulk_create(
        Threshold(
            code=code,
            label=label,
            value=Decimal(value),
            unit=unit,
            valid_from=START,
            regime="AGENCY",
            citation="agency policy",
            confidence="LOW",
        )
        for code, label, value, unit in NUMBERS
    )


class Migration(migrations.Migration):
    dependencies = [
        ("watch", "0001_initial"),
        ("reference", "0009_earlier_amounts"),
    ]

    operations = [
        legal_moves("watch_alarm", MOVES),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
