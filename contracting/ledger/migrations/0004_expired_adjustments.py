"""A certifier permits expired funds for an adjustment; the rows are only added."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_usage_given_up"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExpiredAdjustment",
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
                    "because_kind",
                    models.CharField(help_text="What is adjusted.", max_length=60),
                ),
                ("because_id", models.BigIntegerField()),
                (
                    "stream",
                    models.CharField(
                        help_text="Audit stream of the cause.", max_length=80
                    ),
                ),
                (
                    "citation",
                    models.CharField(
                        help_text="What makes it an adjustment within scope.",
                        max_length=300,
                    ),
                ),
                ("permitted_by_name", models.CharField(max_length=160)),
                ("permitted_by_user_id", models.BigIntegerField(blank=True, null=True)),
                ("permitted_at", models.DateTimeField()),
                (
                    "line_of_accounting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="expired_adjustments",
                        to="ledger.lineofaccounting",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("citation", ""), _negated=True),
                        name="expired_funds_are_used_on_a_citation",
                    )
                ],
            },
        ),
        append_only("ledger_expiredadjustment"),
    ]
