"""A justification for an exception to fair opportunity."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("determinations", "0005_ban_waiver"),
    ]

    operations = [
        migrations.AlterField(
            model_name="determination",
            name="kind",
            field=models.CharField(
                choices=[
                    ("RESPONSE_WINDOW", "memo on a short response time"),
                    ("RULE_OF_TWO", "finding on the rule of two"),
                    ("BRAND_NAME", "brand-name justification"),
                    (
                        "OTHER_THAN_FULL",
                        "justification for other than full and open competition",
                    ),
                    ("CIO_WAIVER", "waiver of the chief information officer"),
                    ("CANCELLATION", "memo on a cancellation"),
                    ("SINGLE_AWARD", "determination for a single award"),
                    (
                        "COMPELLING_REASON",
                        "compelling reason to award to an excluded vendor",
                    ),
                    ("BAN_WAIVER", "waiver of a ban by the agency's head"),
                    (
                        "FAIR_OPPORTUNITY",
                        "justification for an exception to fair opportunity",
                    ),
                ],
                max_length=20,
            ),
        ),
    ]
