import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("billing", "0001_initial"),
        ("orders", "0001_initial"),
        ("reference", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReconciliationRun",
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
                        related_name="reconciliations",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="billing.invoice",
                    ),
                ),
                ("period_start", models.DateTimeField()),
                ("period_end", models.DateTimeField()),
                ("inputs_sha256", models.CharField(max_length=64)),
                ("result_sha256", models.CharField(max_length=64)),
                ("a_tokens", models.BigIntegerField()),
                ("b_tokens", models.BigIntegerField()),
                ("c_tokens", models.BigIntegerField()),
                ("a_dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                ("c_dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                ("lines_covered", models.PositiveIntegerField()),
                ("ran_at", models.DateTimeField()),
                ("ran_by", models.CharField(max_length=160)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Cell",
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
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cells",
                        to="reconciliation.reconciliationrun",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="orders.orderline",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reference.aimodel",
                    ),
                ),
                ("token_class_code", models.CharField(max_length=30)),
                ("tier", models.CharField(max_length=20)),
                ("period_start", models.DateTimeField()),
                ("period_end", models.DateTimeField()),
                ("a_tokens", models.BigIntegerField()),
                ("b_tokens", models.BigIntegerField()),
                ("c_tokens", models.BigIntegerField(blank=True, null=True)),
                ("a_dollars", models.DecimalField(decimal_places=12, max_digits=24)),
                (
                    "c_dollars",
                    models.DecimalField(
                        blank=True, decimal_places=12, max_digits=24, null=True
                    ),
                ),
                (
                    "rate_usd",
                    models.DecimalField(decimal_places=6, max_digits=12, null=True),
                ),
                (
                    "invoiced_usd",
                    models.DecimalField(decimal_places=6, max_digits=12, null=True),
                ),
                ("agrees", models.BooleanField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Finding",
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
                        related_name="findings",
                        to="orders.taskorder",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="reconciliation.reconciliationrun",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="findings",
                        to="billing.invoice",
                    ),
                ),
                (
                    "fingerprint",
                    models.CharField(
                        help_text="The same difference found again is the same finding.",
                        max_length=64,
                    ),
                ),
                (
                    "occurrence",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="Counts on when it comes back after it was gone.",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("MISSING_A", "vendor reports what our meter has not"),
                            (
                                "MISSING_B",
                                "our meter has what the vendor has not reported",
                            ),
                            ("EXTRA_C", "invoiced and not reported"),
                            ("QTY", "quantities differ"),
                            ("CLASS_SHIFT", "same sum in other classes"),
                            ("RATE", "another unit price than in force"),
                            ("DUPLICATE", "the vendor lists the same call twice"),
                            ("RETRY", "a retried attempt is billed"),
                            ("CACHE", "cached input billed at the uncached price"),
                            ("MODEL_ALIAS", "reported under another model or tier"),
                            ("TZ_CUTOFF", "billed by another clock than our meter's"),
                            ("UNFUNDED", "usage beyond the obligated funds"),
                            ("LATE_REPORT", "reported after the due day"),
                        ],
                        max_length=16,
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
                ("token_classes", models.JSONField(default=list)),
                ("tokens", models.BigIntegerField()),
                (
                    "amount_dollars",
                    models.DecimalField(
                        decimal_places=12,
                        help_text="Exact difference, unrounded.",
                        max_digits=24,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        help_text="REQUEST or AGGREGATE match.", max_length=10
                    ),
                ),
                ("tolerance_tier", models.PositiveSmallIntegerField()),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("due_on", models.DateField()),
                ("evidence", models.JSONField(default=dict)),
                ("found_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order", "fingerprint", "occurrence"),
                        name="the_same_difference_is_found_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
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
                    "finding",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute",
                        to="reconciliation.finding",
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "withheld_dollars",
                    models.DecimalField(decimal_places=12, max_digits=24),
                ),
                (
                    "disputed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("disputed_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Resolution",
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
                    "finding",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolution",
                        to="reconciliation.finding",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("accept-A", "our meter's count is right"),
                            ("credit", "credited: not paid on this invoice"),
                            ("rebill", "the invoice goes back and is sent anew"),
                            ("withdrawn", "withdrawn by the vendor"),
                            ("arrived", "closed on arrival of the late rows"),
                            (
                                "explained",
                                "explained by usage or reports that came later",
                            ),
                            ("superseded", "found anew with other figures"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField()),
                (
                    "payable_change_dollars",
                    models.DecimalField(decimal_places=12, default=0, max_digits=24),
                ),
                ("resolved_by_name", models.CharField(max_length=160)),
                (
                    "resolved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("resolved_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Acceptance",
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
                        related_name="acceptances",
                        to="billing.invoice",
                    ),
                ),
                (
                    "finding",
                    models.OneToOneField(
                        blank=True,
                        help_text="The resolved finding that freed this part; none on the first.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptance",
                        to="reconciliation.finding",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="reconciliation.reconciliationrun",
                    ),
                ),
                (
                    "accepted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
                ("accepted_at", models.DateTimeField()),
                (
                    "exact_dollars",
                    models.DecimalField(decimal_places=12, max_digits=24),
                ),
                (
                    "accepted_dollars",
                    models.DecimalField(decimal_places=2, max_digits=18),
                ),
                (
                    "withheld_dollars",
                    models.DecimalField(decimal_places=2, max_digits=18),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finding__isnull", True)),
                        fields=("invoice",),
                        name="what_agrees_on_an_invoice_is_accepted_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AcceptedLine",
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
                    "acceptance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="reconciliation.acceptance",
                    ),
                ),
                (
                    "invoice_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accepted",
                        to="billing.invoiceline",
                    ),
                ),
                ("token_class_code", models.CharField(max_length=30)),
                ("payable_tokens", models.BigIntegerField()),
                (
                    "usd_per_million_tokens",
                    models.DecimalField(decimal_places=6, max_digits=12),
                ),
                (
                    "exact_dollars",
                    models.DecimalField(decimal_places=12, max_digits=24),
                ),
                (
                    "payable_dollars",
                    models.DecimalField(decimal_places=2, max_digits=18),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("acceptance", "invoice_line", "token_class_code"),
                        name="an_acceptance_takes_a_class_of_an_invoice_line_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payable_tokens__gte", 0)),
                        name="a_payable_quantity_is_never_negative",
                    ),
                ],
            },
        ),
    ]
