"""Formats, signatures and requests of usage reports, and drafts of invoices."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only, legal_moves, moves_of


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("billing", "0007_sums"),
        ("contracts", "0019_tolerances"),
        ("documents", "0006_operations"),
        ("orders", "0010_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="usagereport",
            name="format",
            field=models.CharField(
                default="report-csv",
                help_text="The name of the format it was sent in.",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="usagereport",
            name="mapping",
            field=models.JSONField(
                blank=True,
                help_text="Which column is what, of a vendor's own CSV.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="usagereport",
            name="notes",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="What the format does not tell, in words.",
            ),
        ),
        migrations.AddField(
            model_name="usagereport",
            name="sent_sha256",
            field=models.CharField(
                blank=True,
                help_text="Of the file as it was sent; one that may carry content is not kept.",
                max_length=64,
            ),
        ),
        migrations.AddField(
            model_name="usagereport",
            name="signature",
            field=models.CharField(
                blank=True, help_text="Ed25519, 64 bytes, hexadecimal.", max_length=128
            ),
        ),
        migrations.CreateModel(
            name="InvoiceDraft",
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
                ("period_start", models.DateTimeField()),
                ("period_end", models.DateTimeField()),
                (
                    "lines",
                    models.JSONField(
                        help_text="In the columns of an invoice file, as texts."
                    ),
                ),
                ("made_by", models.CharField(max_length=160)),
                ("made_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice_drafts",
                        to="orders.taskorder",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="invoice",
            name="draft",
            field=models.ForeignKey(
                blank=True,
                help_text="What was filled in; what differs from it is marked.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoices",
                to="billing.invoicedraft",
            ),
        ),
        migrations.CreateModel(
            name="OverdueLetter",
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
                ("period_start", models.DateTimeField()),
                ("period_end", models.DateTimeField()),
                (
                    "body",
                    models.TextField(help_text="The whole letter, as it was sent."),
                ),
                ("days_late", models.PositiveSmallIntegerField()),
                ("sent_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.taskorder",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReportAnswer",
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
                ("period_start", models.DateTimeField()),
                ("period_end", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("NONE", "asked, and there was no usage"),
                            ("COULD_NOT_ASK", "could not ask"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        help_text="What the vendor states, or why not asked."
                    ),
                ),
                ("said_by", models.CharField(max_length=160)),
                ("said_by_vendor", models.BooleanField()),
                ("said_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.taskorder",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportingTerms",
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
                ("valid_from", models.DateField()),
                (
                    "forfeits_after_days",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="Empty: nothing is forfeited.", null=True
                    ),
                ),
                (
                    "clause",
                    models.CharField(help_text="Which clause says so.", max_length=200),
                ),
                ("stated_at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reporting_terms",
                        to="contracts.contract",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportRequest",
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
                ("period_start", models.DateTimeField()),
                ("period_end", models.DateTimeField()),
                (
                    "due_on",
                    models.DateField(
                        help_text="Last day on which the report is in time."
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=160)),
                (
                    "asked_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.organization",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.taskorder",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SigningKey",
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
                ("label", models.CharField(max_length=80)),
                (
                    "public_key",
                    models.CharField(
                        help_text="32 bytes, hexadecimal.", max_length=64, unique=True
                    ),
                ),
                ("registered_by", models.CharField(max_length=160)),
                ("registered_at", models.DateTimeField()),
                (
                    "revoked_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Set once; what it signed before stays signed.",
                        null=True,
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signing_keys",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="usagereport",
            name="signed_with",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="billing.signingkey",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signature", ""), ("signed_with__isnull", True)),
                    models.Q(
                        ("signed_with__isnull", False),
                        models.Q(("signature", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_signed_report_names_the_key_that_signed_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    ("period_start__lt", models.F("period_end")),
                ),
                name="an_answer_about_a_report_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "COULD_NOT_ASK"), ("said_by_vendor", True), _negated=True
                ),
                name="a_vendor_can_always_be_asked_by_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportingterms",
            constraint=models.UniqueConstraint(
                fields=("contract", "valid_from"),
                name="a_contract_has_one_set_of_reporting_terms_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportingterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("clause", ""), _negated=True),
                    models.Q(("forfeits_after_days", 0), _negated=True),
                ),
                name="a_clause_says_what_is_forfeited",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportrequest",
            constraint=models.UniqueConstraint(
                fields=("order", "period_start", "period_end"),
                name="a_report_of_a_period_is_asked_for_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("period_start__lt", models.F("period_end"))),
                name="a_report_is_asked_for_of_a_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="signingkey",
            constraint=models.CheckConstraint(
                condition=models.Q(("public_key__regex", "^[0-9a-f]{64}$")),
                name="a_signing_key_has_32_bytes",
            ),
        ),
        append_only("billing_invoicedraft"),
        append_only("billing_overdueletter"),
        append_only("billing_reportanswer"),
        append_only("billing_reportingterms"),
        append_only("billing_reportrequest"),
        append_only("billing_signingkey", may_set_once=["revoked_at"]),
        legal_moves(
            "billing_invoice",
            moves_of(
                {
                    "RECEIVED": ["DEFECTIVE", "RETURNED", "WITHDRAWN", "ACCEPTED"],
                    "DEFECTIVE": ["RETURNED", "WITHDRAWN"],
                    "ACCEPTED": ["CERTIFIED"],
                    "CERTIFIED": ["PAID", "ACCEPTED"],
                    "PAID": ["ACCEPTED"],
                }
            ),
        ),
    ]
