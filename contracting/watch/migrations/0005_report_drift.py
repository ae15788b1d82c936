"""By how much the reported share of the meter shifts before people are told."""

from datetime import date
from decimal import Decimal

from django.db import migrations, models


def seed(apps, schema_editor):
    apps.get_model("reference", "Threshold").objects.create(
        code="ALARM_REPORT_DRIFT",
        label="Percent by which the reported share of the meter shifts before an alarm",
        value=Decimal("0.5"),
        unit="PERCENT",
        valid_from=date(2020, 1, 1),
        regime="AGENCY",
        citation="agency policy",
        confidence="LOW",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("watch", "0004_own_rules"),
        ("reference", "0009_earlier_amounts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="alarm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("RUNAWAY", "runaway use"),
                    ("CACHE_DROP", "fewer cached tokens"),
                    ("SILENT_SOURCE", "silent source"),
                    ("TOKENIZER_DRIFT", "tokenizer drift"),
                    ("REPORT_DRIFT", "report drifts from the meter"),
                    ("OVER_RESERVE", "calls above their reserve"),
                    ("UNANNOUNCED", "usage without authorization"),
                    ("ROLL_UP", "sums that are not their rows"),
                    ("OWN_RULE", "own rule"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
