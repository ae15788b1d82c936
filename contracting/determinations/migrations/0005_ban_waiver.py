"""A waiver of a ban, which the agency's head signs for one contract or order."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("determinations", "0004_compelling_reason"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="determination",
            name="a_waiver_names_the_document_that_grants_it",
        ),
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
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="determination",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "kind__in",
                            [
                                "CIO_WAIVER",
                                "SINGLE_AWARD",
                                "COMPELLING_REASON",
                                "BAN_WAIVER",
                            ],
                        ),
                        _negated=True,
                    ),
                    models.Q(("document_sha256", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_waiver_names_the_document_that_grants_it",
            ),
        ),
    ]
