"""Usage can be held because work was stopped."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0006_hold_what_is_implausible"),
    ]

    operations = [
        migrations.AlterField(
            model_name="usagehold",
            name="reason",
            field=models.CharField(
                choices=[
                    ("UNKNOWN_ORDER", "no such order"),
                    ("UNKNOWN_MODEL", "no such model on the order"),
                    ("UNKNOWN_CLASS", "no such token class"),
                    ("NO_RATE", "no price in force"),
                    ("SEVERAL_LINES", "priced on several lines of the order"),
                    ("ORDER_CLOSED", "the order is closed out"),
                    ("OUT_OF_PERIOD", "outside the period of performance"),
                    ("WORK_STOPPED", "while work was stopped"),
                    ("IMPLAUSIBLE", "dearer than any one call can be"),
                    ("NOT_MEASURED", "estimated, not measured"),
                ],
                max_length=20,
            ),
        ),
    ]
