"""What kind of contract it is, and the yearly review of an agreement."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("contracts", "0015_volume_prices"),
        ("evaluations", "0018_forgone_selections"),
        ("solicitations", "0013_instruments"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementReview",
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
                    "is_best_value",
                    models.BooleanField(
                        help_text="It still offers the best value, or it should end."
                    ),
                ),
                (
                    "findings",
                    models.TextField(
                        help_text="Whether it is used as meant, and its prices are still good."
                    ),
                ),
                (
                    "reductions",
                    models.TextField(
                        help_text="Which lower prices were asked for, and what came of it."
                    ),
                ),
                (
                    "called_dollars",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="The ceilings of all calls so far.",
                        max_digits=18,
                    ),
                ),
                ("reviewed_at", models.DateTimeField()),
                (
                    "next_due_on",
                    models.DateField(help_text="By when it is reviewed again."),
                ),
            ],
        ),
        migrations.AddField(
            model_name="contract",
            name="instrument",
            field=models.CharField(
                choices=[
                    ("IDIQ", "indefinite-delivery, indefinite-quantity contract"),
                    ("DEFINITIVE", "definitive contract"),
                    ("BPA", "blanket purchase agreement"),
                ],
                default="IDIQ",
                max_length=12,
                verbose_name="kind of contract",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("instrument", "IDIQ"), ("minimum_dollars", 0), _connector="OR"
                ),
                name="only_an_indefinite_quantity_guarantees_a_minimum",
            ),
        ),
        migrations.AddField(
            model_name="agreementreview",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreement_reviews",
                to="contracts.contract",
            ),
        ),
        migrations.AddField(
            model_name="agreementreview",
            name="reviewed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementreview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("findings", ""), _negated=True),
                    models.Q(("reductions", ""), _negated=True),
                ),
                name="a_review_of_an_agreement_says_what_it_found",
            ),
        ),
        append_only("contracts_agreementreview"),
    ]
