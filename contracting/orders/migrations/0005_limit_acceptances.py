"""What a vendor accepts outside the limits of orders, and the words of its rules."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("orders", "0004_scope"),
        ("reference", "0009_earlier_amounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="LimitAcceptance",
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
                ("version", models.PositiveIntegerField()),
                ("content_sha256", models.CharField(max_length=64)),
                (
                    "outside",
                    models.JSONField(
                        help_text="{code: words} of the limits outside which the order lies."
                    ),
                ),
                ("accepted_at", models.DateTimeField()),
                (
                    "accepted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limit_acceptances",
                        to="orders.taskorder",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outside", {}), _negated=True),
                        name="an_acceptance_names_the_limits_it_passes",
                    )
                ],
            },
        ),
        append_only("orders_limitacceptance"),
        rule_words(
            "R-TO-03",
            "An order lies between the smallest and the largest order of the contract, or the vendor accepts it in writing.",
            "Let a signer of the vendor accept this version, or change the size of the order.",
            "FAR 52.216-19",
        ),
        rule_words(
            "R-TO-04",
            "An order placed in the ordering period performs no longer than the contract's outer date.",
            "End the period of performance earlier, or modify the contract first.",
            "FAR 52.216-22(d)",
        ),
    ]
