"""A voucher takes credits off."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("billing", "0006_credits"),
        ("payments", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentOffset",
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
            ],
        ),
        migrations.RemoveConstraint(
            model_name="paymentcertification",
            name="a_certified_amount_is_never_negative",
        ),
        migrations.AddField(
            model_name="paymentcertification",
            name="offset_dollars",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                help_text="Credits taken off.",
                max_digits=18,
            ),
        ),
        migrations.AlterField(
            model_name="paymentcertification",
            name="dollars",
            field=models.DecimalField(
                decimal_places=2,
                help_text="To be paid: its parts less credits.",
                max_digits=18,
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentcertification",
            constraint=models.CheckConstraint(
                condition=models.Q(("dollars__gte", 0), ("offset_dollars__gte", 0)),
                name="a_certified_amount_is_never_negative",
            ),
        ),
        migrations.AddField(
            model_name="paymentoffset",
            name="certification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offsets",
                to="payments.paymentcertification",
            ),
        ),
        migrations.AddField(
            model_name="paymentoffset",
            name="credit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="billing.creditdue"
            ),
        ),
        migrations.AddField(
            model_name="paymentoffset",
            name="credit_line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="billing.creditline",
            ),
        ),
        migrations.AddField(
            model_name="paymentoffset",
            name="settlement",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="billing.creditsettlement",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentoffset",
            constraint=models.CheckConstraint(
                condition=models.Q(("dollars__gt", 0)),
                name="an_offset_takes_something_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentoffset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("credit_line__isnull", False), ("settlement__isnull", True)
                    ),
                    models.Q(
                        ("credit_line__isnull", True), ("settlement__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="an_offset_is_stated_or_set_off",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentoffset",
            constraint=models.UniqueConstraint(
                fields=("certification", "credit_line"),
                name="a_voucher_takes_a_credit_line_once",
            ),
        ),
        append_only("payments_paymentoffset"),
    ]
