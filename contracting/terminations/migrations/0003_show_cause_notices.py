"""The show-cause notice among the letters, with the days that it leaves."""

import datetime
from decimal import Decimal

from django.db import migrations, models


def number(apps, schema_editor):
    apps.get_model("reference", "Threshold").objects.create(
        code="SHOW_CAUSE_NOTICE",
        label="Days that a show-cause notice leaves the vendor at least",
        value=Decimal(10),
        unit="DAYS",
        valid_from=datetime.date(2020, 1, 1),
        regime="FAR",
        citation="FAR 49.607(b)",
        confidence="MEDIUM",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("contracts", "0018_options"),
        ("orders", "0010_search"),
        ("terminations", "0002_guards"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="letter",
            name="a_letter_says_why",
        ),
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                choices=[
                    ("STOP_WORK", "stop-work order"),
                    ("RESUME_WORK", "order to resume work"),
                    ("CURE", "cure notice"),
                    ("SHOW_CAUSE", "show-cause notice"),
                    ("TERMINATION", "notice of termination"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True),
                    (
                        "kind__in",
                        [
                            "STOP_WORK",
                            "RESUME_WORK",
                            "CURE",
                            "SHOW_CAUSE",
                            "TERMINATION",
                        ],
                    ),
                ),
                name="a_letter_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "SHOW_CAUSE"), _negated=True),
                    ("due_on__isnull", False),
                    _connector="OR",
                ),
                name="a_show_cause_notice_names_a_day",
            ),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
