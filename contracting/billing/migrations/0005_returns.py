"""Invoices that came by post, returns with their clock, and numbers told apart."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
from django.db import migrations, models

import contracting.billing.models.numbers
import contracting.core.models
from contracting.core.triggers import append_only, legal_moves, moves_of


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("billing", "0004_adjustment_lines"),
        ("documents", "0006_operations"),
        ("orders", "0010_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceAllowance",
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
                    "number",
                    models.CharField(
                        help_text="As the vendor will write it.", max_length=40
                    ),
                ),
                ("reason", models.TextField()),
                ("allowed_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="invoice",
            name="an_invoice_number_is_used_once_by_a_vendor",
        ),
        migrations.AddField(
            model_name="invoice",
            name="came_by",
            field=models.CharField(
                choices=[
                    ("HERE", "sent here by the vendor"),
                    ("POST", "by post"),
                    ("EMAIL", "by e-mail"),
                    ("PORTAL", "through another system of the Government"),
                ],
                default="HERE",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="corrects",
            field=models.ForeignKey(
                blank=True,
                help_text="The returned invoice that this one corrects.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="billing.invoice",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="defects",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="What made it improper when it was recorded: rule and sentence.",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="returned_late_by",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Days beyond those in which an improper invoice is returned.",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="stated_lines",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="The lines of an improper one, as they are stated; none of them stands in the way of another invoice.",
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="state",
            field=models.CharField(
                choices=[
                    ("RECEIVED", "received"),
                    ("DEFECTIVE", "received with defects"),
                    ("RETURNED", "returned as improper"),
                    ("WITHDRAWN", "withdrawn by the vendor"),
                    ("ACCEPTED", "accepted"),
                    ("CERTIFIED", "certified for payment"),
                    ("PAID", "paid"),
                ],
                default="RECEIVED",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="invoiceallowance",
            name="allowed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="accounts.membership"
            ),
        ),
        migrations.AddField(
            model_name="invoiceallowance",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoice_allowances",
                to="orders.taskorder",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="allowance",
            field=models.OneToOneField(
                blank=True,
                help_text="By which its number may be that of an earlier invoice.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoice",
                to="billing.invoiceallowance",
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="number_key",
            field=models.GeneratedField(
                db_persist=True,
                expression=contracting.billing.models.numbers.NumberKey("number"),
                output_field=models.CharField(max_length=90),
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                models.F("vendor"),
                models.F("number_key"),
                django.db.models.functions.datetime.ExtractYear("invoiced_on"),
                django.db.models.functions.comparison.Coalesce(
                    models.F("allowance"), models.Value(0)
                ),
                condition=models.Q(
                    models.Q(("state__in", ["RETURNED", "WITHDRAWN"]), _negated=True),
                    ("defects", []),
                ),
                name="an_invoice_number_is_used_once_a_year_by_a_vendor",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("defects", []), ("state", "DEFECTIVE"), _negated=True
                ),
                name="an_invoice_is_defective_only_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("defects", []),
                    models.Q(
                        ("state__in", ["ACCEPTED", "CERTIFIED", "PAID"]), _negated=True
                    ),
                    _connector="OR",
                ),
                name="an_invoice_with_defects_is_never_accepted",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("corrects__isnull", True),
                    models.Q(("corrects", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="an_invoice_corrects_another_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceallowance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("number", ""), _negated=True),
                ),
                name="a_second_use_of_a_number_is_allowed_for_a_reason",
            ),
        ),
        append_only("billing_invoiceallowance"),
        legal_moves(
            "billing_invoice",
            moves_of(
                {
                    "RECEIVED": ["DEFECTIVE", "RETURNED", "WITHDRAWN", "ACCEPTED"],
                    "DEFECTIVE": ["RETURNED", "WITHDRAWN"],
                    "ACCEPTED": ["CERTIFIED"],
                    "CERTIFIED": ["PAID"],
                }
            ),
        ),
    ]
