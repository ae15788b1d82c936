"""Calls above their reserve, usage without authorization, sums that differ."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("metering", "0017_suspense_and_silence"),
        ("orders", "0010_search"),
        ("reference", "0015_usage_terms"),
        ("watch", "0002_guards"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="alarm",
            name="an_alarm_is_of_an_order_or_of_a_source",
        ),
        migrations.AlterField(
            model_name="alarm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("RUNAWAY", "runaway use"),
                    ("CACHE_DROP", "fewer cached tokens"),
                    ("SILENT_SOURCE", "silent source"),
                    ("TOKENIZER_DRIFT", "tokenizer drift"),
                    ("OVER_RESERVE", "calls above their reserve"),
                    ("UNANNOUNCED", "usage without authorization"),
                    ("ROLL_UP", "sums that are not their rows"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("order__isnull", False), ("source__isnull", True)),
                    models.Q(("order__isnull", True), ("source__isnull", False)),
                    models.Q(
                        ("kind", "ROLL_UP"),
                        ("order__isnull", True),
                        ("source__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="an_alarm_is_of_an_order_or_of_a_source",
            ),
        ),
    ]
