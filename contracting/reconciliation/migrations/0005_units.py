"""What is accepted of what is owed not by tokens."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0003_units"),
        ("reconciliation", "0004_tier_thresholds"),
    ]

    operations = [
        migrations.CreateModel(
            name="AcceptedCharge",
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
                ("units", models.DecimalField(decimal_places=6, max_digits=18)),
                (
                    "exact_dollars",
                    models.DecimalField(decimal_places=12, max_digits=24),
                ),
                (
                    "payable_dollars",
                    models.DecimalField(decimal_places=2, max_digits=18),
                ),
                (
                    "acceptance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="reconciliation.acceptance",
                    ),
                ),
                (
                    "charge_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accepted",
                        to="billing.chargeline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("acceptance", "charge_line"),
                        name="an_acceptance_takes_a_charge_line_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exact_dollars__gte", 0),
                            ("payable_dollars__gte", 0),
                            ("units__gte", 0),
                        ),
                        name="a_payable_charge_is_never_negative",
                    ),
                ],
            },
        ),
        append_only("reconciliation_acceptedcharge"),
    ]
