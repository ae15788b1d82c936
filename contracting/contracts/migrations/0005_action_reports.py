"""When the award was reported to the procurement data system."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("contracts", "0004_debriefings"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContractActionReport",
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
                    "number",
                    models.CharField(
                        help_text="As the system confirmed it.", max_length=40
                    ),
                ),
                ("reported_on", models.DateField()),
                ("due_on", models.DateField()),
                ("filed_at", models.DateTimeField()),
                (
                    "contract",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="action_report",
                        to="contracts.contract",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        name="a_contract_action_report_has_a_number",
                    )
                ],
            },
        ),
        append_only("contracts_contractactionreport"),
        rule_words(
            "R-AWD-08",
            "The contract action report is due three business days after award.",
            "Report the award, then record the number that was confirmed.",
            "FAR 4.604(b)",
        ),
    ]
