import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("documents", "0001_initial"),
        ("orders", "0001_initial"),
        ("reference", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageReport",
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_reports",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_reports",
                        to="accounts.organization",
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="The vendor's own number.", max_length=60
                    ),
                ),
                ("period_start", models.DateTimeField()),
                ("period_end", models.DateTimeField()),
                (
                    "due_at",
                    models.DateTimeField(
                        help_text="Rows received after this are late."
                    ),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "payload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="documents.blob"
                    ),
                ),
                ("rows_received", models.PositiveIntegerField()),
                ("received_by", models.CharField(max_length=160)),
                (
                    "supersedes",
                    models.ForeignKey(
                        blank=True,
                        help_text="The report that this one corrects and replaces.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="billing.usagereport",
                    ),
                ),
                (
                    "first_received_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the first report of its revisions came.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order", "label"),
                        name="a_vendor_report_is_received_once",
                    ),
                    models.UniqueConstraint(
                        fields=("supersedes",),
                        name="a_vendor_report_is_superseded_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("first_received_at__isnull", True),
                                ("supersedes__isnull", True),
                            ),
                            models.Q(
                                ("first_received_at__isnull", False),
                                ("supersedes__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="a_revision_knows_when_the_first_report_came",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportRow",
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
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="billing.usagereport",
                    ),
                ),
                ("row_number", models.PositiveIntegerField()),
                ("request_id", models.CharField(max_length=200)),
                ("attempt", models.PositiveIntegerField(default=1)),
                ("occurred_at", models.DateTimeField()),
                ("model_name", models.CharField(max_length=120)),
                ("token_class_code", models.CharField(max_length=30)),
                ("tier", models.CharField(default="STANDARD", max_length=20)),
                ("tokens", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["request_id"], name="report_row_by_request")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "row_number"),
                        name="a_report_row_has_its_own_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tokens__gte", 0)),
                        name="a_reported_count_is_never_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="accounts.organization",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="The vendor's invoice number.", max_length=40
                    ),
                ),
                ("invoiced_on", models.DateField()),
                ("period_start", models.DateTimeField()),
                ("period_end", models.DateTimeField()),
                (
                    "header",
                    models.JSONField(
                        help_text="Remit-to, defect contact, contract and order number, terms."
                    ),
                ),
                ("total_dollars", models.DecimalField(decimal_places=2, max_digits=18)),
                (
                    "payload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="documents.blob"
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("received_by", models.CharField(max_length=160)),
                ("returned_at", models.DateTimeField(blank=True, null=True)),
                ("return_reasons", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("RECEIVED", "received"),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["RETURNED", "WITHDRAWN"]), _negated=True
                        ),
                        fields=("vendor", "number"),
                        name="an_invoice_number_is_used_once_by_a_vendor",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
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
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="billing.invoice",
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.orderline",
                    ),
                ),
                (
                    "acrn",
                    models.CharField(blank=True, max_length=2, verbose_name="ACRN"),
                ),
                ("description", models.CharField(max_length=200)),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.aimodel",
                    ),
                ),
                (
                    "token_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.tokenclass",
                    ),
                ),
                ("tier", models.CharField(default="STANDARD", max_length=20)),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        help_text="[start, end) in UTC."
                    ),
                ),
                ("tokens", models.BigIntegerField()),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                (
                    "amount_dollars",
                    models.DecimalField(decimal_places=2, max_digits=18),
                ),
                (
                    "voided_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Set once, when the invoice is returned.",
                        null=True,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "position"),
                        name="an_invoice_line_has_its_own_position",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("voided_at__isnull", True)),
                        expressions=[
                            ("order_line", "="),
                            ("model", "="),
                            ("token_class", "="),
                            ("tier", "="),
                            ("period", "&&"),
                        ],
                        name="a_line_and_period_is_invoiced_once",
                    ),
                ],
            },
        ),
    ]
