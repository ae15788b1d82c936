"""Reminders of invoices that wait; terms of earlier months by modification."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0011_reopened_credits"),
        ("modifications", "0008_options"),
    ]

    operations = [
        migrations.AddField(
            model_name="reportingterms",
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
        migrations.CreateModel(
            name="InvoiceReminder",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("REVIEW", "reviewed by the representative"),
                            ("MATCH", "compared with meter and report"),
                        ],
                        max_length=8,
                    ),
                ),
                ("due_on", models.DateField()),
                ("reminded_at", models.DateTimeField()),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="billing.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "kind"),
                        name="each_reminder_of_an_invoice_is_sent_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["REVIEW", "MATCH"])),
                        name="a_reminder_of_an_invoice_is_of_a_known_kind",
                    ),
                ],
            },
        ),
        append_only("billing_invoicereminder"),
    ]
