"""Disputes that a flag opens, and recounts of days; levels by modification."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("disputes", "0002_guards"),
        ("modifications", "0008_options"),
        ("reconciliation", "0010_kept_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="jointrecount",
            name="first_day",
            field=models.DateField(
                blank=True,
                help_text="Where no difference is disputed: from it on.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="jointrecount",
            name="last_day",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="servicelevel",
            name="modification",
            field=models.ForeignKey(
                blank=True,
                help_text="By which it holds from a day of an earlier month on.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="modifications.contractmodification",
            ),
        ),
        migrations.AlterField(
            model_name="disputecase",
            name="opened_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Who opened it; nobody, where a flag of the count has.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="accounts.membership",
            ),
        ),
        migrations.AlterField(
            model_name="jointrecount",
            name="finding",
            field=models.ForeignKey(
                blank=True,
                help_text="Of whose day every call is drawn from.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recounts",
                to="reconciliation.finding",
            ),
        ),
        migrations.AddConstraint(
            model_name="jointrecount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("finding__isnull", False),
                        ("first_day__isnull", True),
                        ("last_day__isnull", True),
                    ),
                    models.Q(
                        ("finding__isnull", True),
                        ("first_day__isnull", False),
                        ("first_day__lte", models.F("last_day")),
                        ("last_day__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_recount_is_of_a_difference_or_of_days",
            ),
        ),
    ]
