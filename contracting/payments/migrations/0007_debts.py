"""When refunds came in, which did not stand, and interest on late ones."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0013_claim_lines"),
        ("payments", "0006_demands"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
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
                ("received_on", models.DateField()),
                (
                    "settlement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund",
                        to="billing.creditsettlement",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DebtInterest",
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
                ("dollars", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "received_on",
                    models.DateField(
                        blank=True, help_text="Empty: it was waived.", null=True
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="Trace number of the deposit.",
                        max_length=60,
                    ),
                ),
                (
                    "reason",
                    models.TextField(blank=True, help_text="Why it was waived."),
                ),
                ("recorded_by_name", models.CharField(max_length=160)),
                ("settled_at", models.DateTimeField()),
                (
                    "credit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interest_settled",
                        to="billing.creditdue",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("dollars__gt", 0)),
                        name="interest_on_a_debt_is_of_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reason", ""),
                                ("received_on__isnull", False),
                                models.Q(("reference", ""), _negated=True),
                            ),
                            models.Q(
                                ("received_on__isnull", True),
                                ("reference", ""),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="interest_on_a_debt_came_in_or_was_waived",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundReturn",
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
                ("reason", models.TextField()),
                ("recorded_by_name", models.CharField(max_length=160)),
                ("returned_at", models.DateTimeField()),
                (
                    "settlement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refund_return",
                        to="billing.creditsettlement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_returned_refund_has_a_reason",
                    )
                ],
            },
        ),
        append_only("payments_refund"),
        append_only("payments_refundreturn"),
        append_only("payments_debtinterest"),
    ]
