"""What vendors owe back, and what becomes of it; an invoice may be certified in parts."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only, frozen_except, legal_moves, moves_of


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0005_returns"),
        ("orders", "0010_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="credited_dollars",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                help_text="The sum of its credits.",
                max_digits=18,
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="total_dollars",
            field=models.DecimalField(
                decimal_places=2, help_text="Its lines less its credits.", max_digits=18
            ),
        ),
        migrations.CreateModel(
            name="CreditDue",
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
                    "acrn",
                    models.CharField(
                        help_text="Whose funds it comes back to.",
                        max_length=2,
                        verbose_name="ACRN",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("DISPUTE", "decided in a dispute"),
                            ("SLA", "service level missed"),
                            ("OVERPAYMENT", "paid too much"),
                            ("RATCHET", "price lowered for what was paid"),
                            ("OTHER", "other"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "dollars",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Whole cents, above zero.",
                        max_digits=18,
                    ),
                ),
                (
                    "because_kind",
                    models.CharField(
                        blank=True,
                        help_text="What it is owed for, if that is on file.",
                        max_length=60,
                    ),
                ),
                ("because_id", models.BigIntegerField(blank=True, null=True)),
                ("reason", models.TextField()),
                ("credited_by", models.CharField(max_length=160)),
                ("credited_at", models.DateTimeField()),
                (
                    "taken_dollars",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        help_text="On live invoices.",
                        max_digits=18,
                    ),
                ),
                (
                    "settled_dollars",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        help_text="Set off, paid back or cancelled.",
                        max_digits=18,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits_due",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits_due",
                        to="orders.orderline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CreditLine",
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
                ("position", models.PositiveIntegerField()),
                ("description", models.CharField(max_length=200)),
                (
                    "amount_dollars",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Taken off, as a positive amount.",
                        max_digits=18,
                    ),
                ),
                ("taken_at", models.DateTimeField()),
                (
                    "voided_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Set once, when the invoice is returned.",
                        null=True,
                    ),
                ),
                (
                    "credit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="billing.creditdue",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_lines",
                        to="billing.invoice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CreditSettlement",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("SET_OFF", "set off against a payment"),
                            ("REFUND", "paid back by the vendor"),
                            ("CANCEL", "cancelled"),
                        ],
                        max_length=7,
                    ),
                ),
                ("dollars", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "reference",
                    models.CharField(
                        blank=True,
                        help_text="The voucher, or the trace of the refund.",
                        max_length=60,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("settled_by", models.CharField(max_length=160)),
                ("settled_at", models.DateTimeField()),
                (
                    "credit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="billing.creditdue",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="creditdue",
            index=models.Index(
                fields=["order", "credited_at"], name="credits_by_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditdue",
            constraint=models.CheckConstraint(
                condition=models.Q(("dollars__gt", 0)), name="a_credit_is_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditdue",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="a_credit_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditdue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "dollars__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("taken_dollars"), "+", models.F("settled_dollars")
                        ),
                    ),
                    ("settled_dollars__gte", 0),
                    ("taken_dollars__gte", 0),
                ),
                name="a_credit_is_never_taken_twice",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditdue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("because_id__isnull", True), ("because_kind", "")),
                    models.Q(
                        models.Q(("because_kind", ""), _negated=True),
                        ("because_id__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_credit_names_its_cause_whole_or_not",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditdue",
            constraint=models.UniqueConstraint(
                condition=models.Q(("because_id__isnull", False)),
                fields=("because_kind", "because_id", "kind", "order_line", "acrn"),
                name="one_cause_is_credited_once_on_a_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditline",
            constraint=models.UniqueConstraint(
                fields=("invoice", "position"),
                name="a_credit_line_has_its_own_position",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditline",
            constraint=models.UniqueConstraint(
                fields=("invoice", "credit"), name="an_invoice_takes_a_credit_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_dollars__gt", 0)),
                name="a_credit_line_takes_something_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("dollars__gt", 0)),
                name="a_settlement_of_a_credit_is_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "CANCEL"), models.Q(("reason", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("kind", "CANCEL"), _negated=True),
                        models.Q(("reference", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_settlement_says_why_or_by_what",
            ),
        ),
        frozen_except("billing_creditdue", "taken_dollars", "settled_dollars"),
        append_only("billing_creditline", may_set_once=["voided_at"]),
        append_only("billing_creditsettlement"),
        legal_moves(
            "billing_invoice",
            moves_of(
                {
                    "RECEIVED": ["RETURNED", "WITHDRAWN", "ACCEPTED"],
                    "ACCEPTED": ["CERTIFIED"],
                    "CERTIFIED": ["PAID", "ACCEPTED"],
                    "PAID": ["ACCEPTED"],
                }
            ),
        ),
    ]
