"""What no voucher takes off a credit is opened again, and a credit can be waived."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0010_report_rows_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditReopening",
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
                ("reopened_by", models.CharField(max_length=160)),
                ("reopened_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="creditsettlement",
            name="a_settlement_says_why_or_by_what",
        ),
        migrations.AlterField(
            model_name="creditdue",
            name="settled_dollars",
            field=models.DecimalField(
                decimal_places=2,
                default=0,
                help_text="Set off, paid back, cancelled or waived.",
                max_digits=18,
            ),
        ),
        migrations.AlterField(
            model_name="creditsettlement",
            name="kind",
            field=models.CharField(
                choices=[
                    ("SET_OFF", "set off against a payment"),
                    ("REFUND", "paid back by the vendor"),
                    ("CANCEL", "cancelled"),
                    ("WAIVE", "waived"),
                ],
                max_length=7,
            ),
        ),
        migrations.AddConstraint(
            model_name="creditsettlement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ("CANCEL", "WAIVE")),
                        models.Q(("reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("kind__in", ("CANCEL", "WAIVE")), _negated=True),
                        models.Q(("reference", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_settlement_says_why_or_by_what",
            ),
        ),
        migrations.AddField(
            model_name="creditreopening",
            name="credit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reopenings",
                to="billing.creditdue",
            ),
        ),
        migrations.AddField(
            model_name="creditreopening",
            name="credit_line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reopenings",
                to="billing.creditline",
            ),
        ),
        migrations.AddField(
            model_name="creditreopening",
            name="settlement",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reopenings",
                to="billing.creditsettlement",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditreopening",
            constraint=models.CheckConstraint(
                condition=models.Q(("dollars__gt", 0)),
                name="a_reopening_is_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditreopening",
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
                name="a_reopening_is_of_a_line_or_a_settlement",
            ),
        ),
        append_only("billing_creditreopening"),
    ]
