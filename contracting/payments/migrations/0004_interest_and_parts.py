"""Payments in parts, early, late and returned; batches for the finance system."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("billing", "0006_credits"),
        ("contracts", "0019_tolerances"),
        ("documents", "0006_operations"),
        ("payments", "0003_offsets"),
        ("reconciliation", "0008_every_cause"),
    ]

    operations = [
        migrations.CreateModel(
            name="AcceptancePeriod",
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
                    "delivered_from",
                    models.DateField(help_text="First day of delivery it is for."),
                ),
                ("days", models.PositiveSmallIntegerField()),
                ("reason", models.TextField()),
                ("stated_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CertifiedAcceptance",
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
                ("due_on", models.DateField()),
                (
                    "interest_after",
                    models.DateField(
                        help_text="The due date after which interest runs, by assumed acceptance."
                    ),
                ),
                (
                    "released_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Set once, when the voucher is returned.",
                        null=True,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EarlyPayment",
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
                ("authorized_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ExportedPayment",
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PaymentExport",
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
                    models.PositiveIntegerField(
                        help_text="Of the agency's batches, from 1."
                    ),
                ),
                ("exported_by_name", models.CharField(max_length=160)),
                ("exported_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PaymentReturn",
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
                ("was_paid", models.BooleanField()),
                ("recorded_by_name", models.CharField(max_length=160)),
                ("returned_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="paymentcertification",
            name="a_certified_amount_is_never_negative",
        ),
        migrations.AddField(
            model_name="payment",
            name="interest_dollars",
            field=models.DecimalField(
                decimal_places=2, default=0, help_text="For paying late.", max_digits=18
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="interest_parts",
            field=models.JSONField(
                default=list,
                help_text="Principal, due date, days, rate and interest of each.",
            ),
        ),
        migrations.AddField(
            model_name="paymentcertification",
            name="discount_dollars",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                help_text="For prompt payment.",
                max_digits=18,
            ),
        ),
        migrations.AddField(
            model_name="paymentcertification",
            name="discount_until",
            field=models.DateField(
                blank=True,
                help_text="Last day on which the discount is earned.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="dollars",
            field=models.DecimalField(
                decimal_places=2, help_text="Without interest.", max_digits=18
            ),
        ),
        migrations.AlterField(
            model_name="paymentcertification",
            name="dollars",
            field=models.DecimalField(
                decimal_places=2,
                help_text="To be paid: its parts less what comes off.",
                max_digits=18,
            ),
        ),
        migrations.AlterField(
            model_name="paymentcertification",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certifications",
                to="billing.invoice",
            ),
        ),
        migrations.AlterField(
            model_name="paymentoffset",
            name="settlement",
            field=models.ForeignKey(
                blank=True,
                help_text="Taken over by the voucher that follows one that was returned.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="billing.creditsettlement",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("dollars__gte", 0), ("interest_dollars__gte", 0)),
                name="a_payment_is_never_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentcertification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount_dollars__gte", 0),
                    ("dollars__gte", 0),
                    ("offset_dollars__gte", 0),
                ),
                name="a_certified_amount_is_never_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentcertification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("discount_dollars", 0), ("discount_until__isnull", True)),
                    models.Q(
                        ("discount_dollars__gt", 0), ("discount_until__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="a_discount_is_earned_until_a_day",
            ),
        ),
        migrations.AddField(
            model_name="acceptanceperiod",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="contracts.contract",
            ),
        ),
        migrations.AddField(
            model_name="acceptanceperiod",
            name="stated_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="accounts.membership"
            ),
        ),
        migrations.AddField(
            model_name="certifiedacceptance",
            name="acceptance",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certifications",
                to="reconciliation.acceptance",
            ),
        ),
        migrations.AddField(
            model_name="certifiedacceptance",
            name="certification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="acceptances",
                to="payments.paymentcertification",
            ),
        ),
        migrations.AddField(
            model_name="earlypayment",
            name="authorized_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="accounts.membership"
            ),
        ),
        migrations.AddField(
            model_name="earlypayment",
            name="certification",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="early_payment",
                to="payments.paymentcertification",
            ),
        ),
        migrations.AddField(
            model_name="exportedpayment",
            name="certification",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exported",
                to="payments.paymentcertification",
            ),
        ),
        migrations.AddField(
            model_name="paymentexport",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddField(
            model_name="paymentexport",
            name="csv",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.blob",
            ),
        ),
        migrations.AddField(
            model_name="paymentexport",
            name="json",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.blob",
            ),
        ),
        migrations.AddField(
            model_name="exportedpayment",
            name="export",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="payments.paymentexport",
            ),
        ),
        migrations.AddField(
            model_name="paymentreturn",
            name="certification",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payment_return",
                to="payments.paymentcertification",
            ),
        ),
        migrations.AddConstraint(
            model_name="acceptanceperiod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("days__gt", 0), models.Q(("reason", ""), _negated=True)
                ),
                name="a_longer_time_to_accept_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="certifiedacceptance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_at__isnull", True)),
                fields=("acceptance",),
                name="an_acceptance_is_certified_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="earlypayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="an_early_payment_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentexport",
            constraint=models.UniqueConstraint(
                fields=("agency", "number"), name="an_agencys_batches_are_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="a_returned_payment_has_a_reason",
            ),
        ),
        append_only("payments_certifiedacceptance", may_set_once=["released_at"]),
        append_only("payments_earlypayment"),
        append_only("payments_paymentreturn"),
        append_only("payments_acceptanceperiod"),
        append_only("payments_paymentexport"),
        append_only("payments_exportedpayment"),
    ]
