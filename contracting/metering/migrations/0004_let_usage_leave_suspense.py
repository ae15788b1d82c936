"""Held usage can be assigned to an order, or disposed of with a code."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("metering", "0003_say_why_usage_is_held"),
        ("orders", "0002_guards"),
        ("reference", "0003_seed"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageDisposal",
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
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("ESTIMATED", "estimated, never billable"),
                            ("OUTSIDE_PERIOD", "outside every period of performance"),
                            ("NOT_OURS", "not usage of this agency"),
                            ("TEST_CALL", "a test of the gateway"),
                            ("NOT_CHARGEABLE", "not chargeable under the contract"),
                            ("NOTHING_USED", "no token was used"),
                        ],
                        max_length=20,
                    ),
                ),
                ("reason", models.CharField(max_length=400)),
                ("disposed_by", models.CharField(max_length=160)),
                ("disposed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency_id", "source_id", "event_id"),
                        name="a_held_call_is_disposed_of_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="a_disposal_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SuspenseReminder",
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
                ("received_until", models.DateTimeField()),
                (
                    "events",
                    models.PositiveIntegerField(
                        help_text="Held that long when it was told."
                    ),
                ),
                ("reminded_at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "received_until"),
                        name="an_agency_is_reminded_of_a_held_call_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UsageAssignment",
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
                ("agency_id", models.BigIntegerField()),
                ("source_id", models.BigIntegerField()),
                ("event_id", models.CharField(max_length=200)),
                (
                    "named_class",
                    models.CharField(
                        blank=True,
                        help_text="The unknown class of the event.",
                        max_length=30,
                    ),
                ),
                (
                    "token_class_code",
                    models.CharField(
                        blank=True, help_text="The class that it is.", max_length=30
                    ),
                ),
                ("reason", models.CharField(max_length=400)),
                ("assigned_by", models.CharField(max_length=160)),
                ("assigned_at", models.DateTimeField()),
                (
                    "model",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.aimodel",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.taskorder",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.orderline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency_id", "source_id", "event_id"),
                        name="a_held_call_is_assigned_to_an_order_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="an_assignment_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("named_class", ""), ("token_class_code", "")),
                            models.Q(
                                models.Q(("named_class", ""), _negated=True),
                                models.Q(("token_class_code", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="an_unknown_class_is_said_to_be_a_class",
                    ),
                ],
            },
        ),
    ]
