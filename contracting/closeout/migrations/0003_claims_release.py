"""A release of claims is only ever added."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("closeout", "0002_guards"),
        ("contracts", "0002_guards"),
        ("orders", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClaimsRelease",
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
                    "public_id",
                    models.CharField(
                        editable=False,
                        help_text="Opaque random id used in addresses.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "dollars",
                    models.DecimalField(
                        decimal_places=12, help_text="Given up, exact.", max_digits=24
                    ),
                ),
                ("tokens", models.BigIntegerField(help_text="Used and not accepted.")),
                ("statement", models.TextField()),
                ("signed_at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="contracts.contract",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("dollars__gte", 0), ("tokens__gte", 0)),
                        name="what_is_given_up_is_never_negative",
                    )
                ],
            },
        ),
        append_only("closeout_claimsrelease"),
    ]
