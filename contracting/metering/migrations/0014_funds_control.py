"""Gates, grants and how they ended; limits, choices and epochs."""

from datetime import date

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


def seed(apps, schema_editor):
    apps.get_model("reference", "Rule").objects.create(
        rule_id="R-MET-10",
        sentence="The gateway asks before it spends, and is refused when the reservation exceeds the live limit.",
        lift="Let open calls settle, ask for a smaller call, or let a contracting officer add funds, raise the limit or choose soft control.",
        citation="31 USC 1341",
        regime="STATUTE",
        valid_from=date(2020, 1, 1),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("metering", "0013_partitions"),
        ("orders", "0010_search"),
        ("reference", "0014_decided_by"),
    ]

    operations = [
        migrations.CreateModel(
            name="FundsGate",
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
                    "mode",
                    models.CharField(
                        choices=[
                            ("HARD", "hard: beyond a limit it is refused"),
                            ("SOFT", "soft: beyond a limit it is granted, and told"),
                        ],
                        default="HARD",
                        max_length=4,
                    ),
                ),
                (
                    "lease_seconds",
                    models.PositiveIntegerField(
                        default=600, help_text="How long a grant holds its reserve."
                    ),
                ),
                (
                    "swept_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Leases up to here have been ended.",
                        null=True,
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funds_gate",
                        to="orders.taskorder",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FreedReserve",
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
                    "shares",
                    models.JSONField(
                        help_text="As a reservation's; empty where none is free."
                    ),
                ),
                ("calls", models.PositiveIntegerField(help_text="How many times.")),
                ("project", models.CharField(blank=True, max_length=120)),
                ("key_ref", models.CharField(blank=True, max_length=120)),
                ("used_tokens", models.BigIntegerField(default=0)),
                (
                    "used_dollars",
                    models.DecimalField(decimal_places=12, default=0, max_digits=24),
                ),
                (
                    "gate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="freed",
                        to="metering.fundsgate",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ControlChoice",
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
                    "mode",
                    models.CharField(
                        choices=[
                            ("HARD", "hard: beyond a limit it is refused"),
                            ("SOFT", "soft: beyond a limit it is granted, and told"),
                        ],
                        max_length=4,
                    ),
                ),
                ("lease_seconds", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=400)),
                ("chosen_by", models.CharField(max_length=160)),
                ("chosen_at", models.DateTimeField()),
                (
                    "gate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="choices",
                        to="metering.fundsgate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GateCounter",
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
                    "scope",
                    models.CharField(
                        choices=[
                            ("LINE", "order line"),
                            ("ORDER", "order"),
                            ("CLIN", "contract line"),
                            ("PROJECT", "project"),
                            ("KEY", "key"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="The number of the order line; a project or a key.",
                        max_length=120,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("HARD", "hard: beyond a limit it is refused"),
                            ("SOFT", "soft: beyond a limit it is granted, and told"),
                        ],
                        default="HARD",
                        max_length=4,
                    ),
                ),
                ("reserved_tokens", models.BigIntegerField(default=0)),
                (
                    "reserved_dollars",
                    models.DecimalField(decimal_places=12, default=0, max_digits=24),
                ),
                ("reserved_micro_acu", models.BigIntegerField(default=0)),
                ("used_tokens", models.BigIntegerField(default=0)),
                (
                    "used_dollars",
                    models.DecimalField(decimal_places=12, default=0, max_digits=24),
                ),
                ("left_tokens", models.BigIntegerField(blank=True, null=True)),
                (
                    "left_dollars",
                    models.DecimalField(
                        blank=True, decimal_places=12, max_digits=24, null=True
                    ),
                ),
                ("left_micro_acu", models.BigIntegerField(blank=True, null=True)),
                (
                    "gate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counters",
                        to="metering.fundsgate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GatewayEpoch",
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
                ("gateway", models.CharField(blank=True, max_length=120)),
                ("epoch", models.PositiveIntegerField()),
                ("opened_by", models.CharField(max_length=160)),
                ("opened_at", models.DateTimeField()),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="epochs",
                        to="metering.usagesource",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reservation",
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
                ("reservation_id", models.CharField(max_length=200)),
                (
                    "body_sha256",
                    models.CharField(help_text="Of what was asked.", max_length=64),
                ),
                ("model_id", models.BigIntegerField()),
                ("project", models.CharField(blank=True, max_length=120)),
                ("key_ref", models.CharField(blank=True, max_length=120)),
                (
                    "gateway",
                    models.CharField(
                        blank=True,
                        help_text="Which of a source's gateways asked.",
                        max_length=120,
                    ),
                ),
                ("epoch", models.PositiveIntegerField(default=0)),
                ("calls", models.PositiveIntegerField(default=1)),
                ("shares", models.JSONField(help_text="Of one call.")),
                ("tokens", models.BigIntegerField(help_text="Of one call.")),
                (
                    "dollars",
                    models.DecimalField(
                        decimal_places=12, help_text="Of one call.", max_digits=24
                    ),
                ),
                (
                    "beyond",
                    models.CharField(
                        blank=True,
                        help_text="The limit that a soft order passed.",
                        max_length=200,
                    ),
                ),
                ("granted_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField()),
                ("granted_to", models.CharField(max_length=160)),
                (
                    "gate",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reservations",
                        to="metering.fundsgate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReservationEnd",
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
                ("call", models.PositiveIntegerField(default=1)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("SETTLED", "settled"),
                            ("RELEASED", "released unused"),
                            ("EXPIRED", "lease expired"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("ended_by", models.CharField(max_length=160)),
                ("ended_at", models.DateTimeField()),
                (
                    "reservation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ends",
                        to="metering.reservation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReservationHold",
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
                ("call", models.PositiveIntegerField(default=1)),
                ("reason", models.CharField(max_length=200)),
                ("held_at", models.DateTimeField()),
                (
                    "reservation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="metering.reservation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Settlement",
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
                ("call", models.PositiveIntegerField(default=1)),
                ("event_id", models.CharField(max_length=200)),
                ("tokens", models.BigIntegerField()),
                ("dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                (
                    "over_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        help_text="Above what was reserved for it.",
                        max_digits=24,
                    ),
                ),
                (
                    "is_late",
                    models.BooleanField(help_text="After its lease had ended."),
                ),
                ("settled_at", models.DateTimeField()),
                (
                    "reservation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="metering.reservation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SpendingLimit",
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
                    "scope",
                    models.CharField(
                        choices=[
                            ("LINE", "order line"),
                            ("ORDER", "order"),
                            ("CLIN", "contract line"),
                            ("PROJECT", "project"),
                            ("KEY", "key"),
                        ],
                        max_length=7,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120)),
                ("tokens", models.BigIntegerField(blank=True, null=True)),
                (
                    "dollars",
                    models.DecimalField(
                        blank=True, decimal_places=12, max_digits=24, null=True
                    ),
                ),
                (
                    "valid_from",
                    models.DateField(
                        help_text="First day, in the contract's time zone."
                    ),
                ),
                ("reason", models.CharField(max_length=400)),
                ("set_by", models.CharField(max_length=160)),
                ("set_at", models.DateTimeField()),
                (
                    "gate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limits",
                        to="metering.fundsgate",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="fundsgate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lease_seconds__gte", 10), ("lease_seconds__lte", 86400)
                ),
                name="a_lease_lasts_from_ten_seconds_to_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="controlchoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="a_choice_of_control_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatecounter",
            constraint=models.UniqueConstraint(
                fields=("gate", "scope", "name"),
                name="a_gate_counts_each_line_project_and_key_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatecounter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mode", "SOFT"),
                    models.Q(
                        models.Q(
                            ("left_tokens__isnull", True),
                            ("reserved_tokens__lte", models.F("left_tokens")),
                            _connector="OR",
                        ),
                        models.Q(
                            ("left_dollars__isnull", True),
                            ("reserved_dollars__lte", models.F("left_dollars")),
                            _connector="OR",
                        ),
                        models.Q(
                            ("left_micro_acu__isnull", True),
                            ("reserved_micro_acu__lte", models.F("left_micro_acu")),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="what_is_reserved_never_exceeds_what_was_left",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatecounter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reserved_dollars__gte", 0),
                    ("reserved_micro_acu__gte", 0),
                    ("reserved_tokens__gte", 0),
                ),
                name="what_is_reserved_is_never_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayepoch",
            constraint=models.UniqueConstraint(
                fields=("source", "gateway", "epoch"),
                name="a_gateway_begins_each_epoch_once",
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                fields=["gate", "lease_until"], name="reservations_by_lease"
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                fields=("agency_id", "source_id", "reservation_id"),
                name="a_reservation_is_granted_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("calls__gte", 1), ("dollars__gte", 0), ("tokens__gte", 0)
                ),
                name="a_reservation_is_for_at_least_one_call",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservationend",
            constraint=models.UniqueConstraint(
                fields=("reservation", "call"), name="a_reserved_call_ends_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reservationhold",
            constraint=models.UniqueConstraint(
                fields=("reservation", "call"), name="a_reserved_call_is_held_once"
            ),
        ),
        migrations.AddIndex(
            model_name="settlement",
            index=models.Index(fields=["settled_at"], name="settlements_by_time"),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.UniqueConstraint(
                fields=("reservation", "call"), name="a_reserved_call_is_settled_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("over_dollars__gte", 0)),
                name="a_settlement_is_over_by_nothing_or_more",
            ),
        ),
        migrations.AddConstraint(
            model_name="spendinglimit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("tokens__isnull", True), ("tokens__gte", 0), _connector="OR"
                    ),
                    models.Q(
                        ("dollars__isnull", True), ("dollars__gte", 0), _connector="OR"
                    ),
                ),
                name="a_spending_limit_is_never_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="spendinglimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="a_spending_limit_says_why",
            ),
        ),
        append_only("metering_reservation"),
        append_only("metering_reservationend"),
        append_only("metering_settlement"),
        append_only("metering_reservationhold"),
        append_only("metering_spendinglimit"),
        append_only("metering_controlchoice"),
        append_only("metering_gatewayepoch"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
