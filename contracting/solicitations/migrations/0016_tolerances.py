"""A solicitation states what the contract will tolerate."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("requisitions", "0004_workload_guards"),
        ("solicitations", "0015_price_structures"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="cor_settles_dollars",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="Per month, that a COR settles.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="cor_settles_percent",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Share of the tokens that a COR settles.",
                max_digits=7,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="tolerance_cap_percent",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Of the value of an order, over its whole life.",
                max_digits=7,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="tolerance_de_minimis_dollars",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="Up to it no share of tokens is asked.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="tolerance_dollars",
            field=models.DecimalField(decimal_places=2, default=0, max_digits=18),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="tolerance_month_dollars",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="Differences of a line and month, at most.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="tolerance_month_percent",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Of the tokens of a line and month.",
                max_digits=7,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="tolerance_percent",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Of the tokens of a line and day.",
                max_digits=7,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(100),
                ],
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="tolerance_tokens",
            field=models.BigIntegerField(
                default=0, help_text="Difference per line and day that may be accepted."
            ),
        ),
        migrations.AddField(
            model_name="solicitation",
            name="write_off_cap_dollars",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="All write-offs of an order together, at most.",
                max_digits=18,
                null=True,
                validators=[django.core.validators.MinValueValidator(0)],
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("tolerance_dollars__gte", 0),
                    ("tolerance_tokens__gte", 0),
                    models.Q(
                        ("tolerance_percent__isnull", True),
                        models.Q(
                            ("tolerance_percent__gte", 0),
                            ("tolerance_percent__lte", 100),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("tolerance_month_percent__isnull", True),
                        models.Q(
                            ("tolerance_month_percent__gte", 0),
                            ("tolerance_month_percent__lte", 100),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("tolerance_cap_percent__isnull", True),
                        models.Q(
                            ("tolerance_cap_percent__gte", 0),
                            ("tolerance_cap_percent__lte", 100),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("cor_settles_percent__isnull", True),
                        models.Q(
                            ("cor_settles_percent__gte", 0),
                            ("cor_settles_percent__lte", 100),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("tolerance_month_dollars__isnull", True),
                        ("tolerance_month_dollars__gte", 0),
                        _connector="OR",
                    ),
                    models.Q(
                        ("tolerance_de_minimis_dollars__isnull", True),
                        ("tolerance_de_minimis_dollars__gte", 0),
                        _connector="OR",
                    ),
                    models.Q(
                        ("cor_settles_dollars__isnull", True),
                        ("cor_settles_dollars__gte", 0),
                        _connector="OR",
                    ),
                    models.Q(
                        ("write_off_cap_dollars__isnull", True),
                        ("write_off_cap_dollars__gte", 0),
                        _connector="OR",
                    ),
                ),
                name="a_solicitation_tolerates_nothing_below_zero",
            ),
        ),
    ]
