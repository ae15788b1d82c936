"""A rate that was recorded wrong is corrected by another row, which takes its place."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from contracting.core.triggers import may_set_once


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("reference", "0021_rates"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="threshold",
            name="a_threshold_has_one_value_at_a_time",
        ),
        migrations.AddField(
            model_name="rateproposal",
            name="corrects",
            field=models.ForeignKey(
                blank=True,
                help_text="The rate of these days that was recorded wrong.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="reference.threshold",
            ),
        ),
        migrations.AddField(
            model_name="rateproposal",
            name="reason",
            field=models.CharField(
                blank=True, help_text="Why it is corrected.", max_length=400
            ),
        ),
        migrations.AddField(
            model_name="threshold",
            name="superseded_at",
            field=models.DateTimeField(
                blank=True, help_text="When another row took its place.", null=True
            ),
        ),
        migrations.AddConstraint(
            model_name="rateproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrects__isnull", True), ("reason", "")),
                    models.Q(
                        ("corrects__isnull", False),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_rate_is_corrected_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="threshold",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("superseded_at__isnull", True)),
                expressions=[
                    ("code", "="),
                    (
                        models.Func(
                            models.F("valid_from"),
                            models.F("valid_to"),
                            models.Value("[]"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="a_threshold_has_one_value_at_a_time",
            ),
        ),
        may_set_once("reference_threshold", "valid_to", "superseded_at"),
    ]
