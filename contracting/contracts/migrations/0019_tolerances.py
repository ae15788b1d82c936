"""What a contract tolerates, by the day from which it is in force."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only

_SIGNED = """
INSERT INTO contracts_toleranceterms (
  contract_id, from_day, source, tolerance_tokens, tolerance_dollars)
SELECT id, ordering_start, 'award', tolerance_tokens, tolerance_dollars
FROM contracts_contract ORDER BY id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("contracts", "0018_options"),
        ("evaluations", "0021_figures_without_a_model"),
        ("solicitations", "0016_tolerances"),
    ]

    operations = [
        migrations.CreateModel(
            name="ToleranceTerms",
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
                    "tolerance_tokens",
                    models.BigIntegerField(
                        default=0,
                        help_text="Difference per line and day that may be accepted.",
                    ),
                ),
                (
                    "tolerance_dollars",
                    models.DecimalField(decimal_places=2, default=0, max_digits=18),
                ),
                (
                    "tolerance_percent",
                    models.DecimalField(
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
                (
                    "tolerance_month_percent",
                    models.DecimalField(
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
                (
                    "tolerance_month_dollars",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Differences of a line and month, at most.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "tolerance_de_minimis_dollars",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Up to it no share of tokens is asked.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "tolerance_cap_percent",
                    models.DecimalField(
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
                (
                    "cor_settles_percent",
                    models.DecimalField(
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
                (
                    "cor_settles_dollars",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Per month, that a COR settles.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "write_off_cap_dollars",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="All write-offs of an order together, at most.",
                        max_digits=18,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                (
                    "from_day",
                    models.DateField(
                        help_text="Usage of this day and later is under it."
                    ),
                ),
                ("source", models.CharField(max_length=40)),
            ],
        ),
        migrations.AddField(
            model_name="contract",
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
            model_name="contract",
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
            model_name="contract",
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
            model_name="contract",
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
            model_name="contract",
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
            model_name="contract",
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
            model_name="contract",
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
            model_name="contract",
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
            model_name="contract",
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
                name="a_contract_tolerates_nothing_below_zero",
            ),
        ),
        migrations.AddField(
            model_name="toleranceterms",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tolerance_terms",
                to="contracts.contract",
            ),
        ),
        migrations.AddIndex(
            model_name="toleranceterms",
            index=models.Index(
                fields=["contract", "from_day"], name="tolerances_by_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="toleranceterms",
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
                name="a_term_tolerates_nothing_below_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="toleranceterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", ""), _negated=True),
                name="a_tolerance_names_where_it_was_signed",
            ),
        ),
        append_only("contracts_toleranceterms"),
        migrations.RunSQL(_SIGNED, migrations.RunSQL.noop),
    ]
