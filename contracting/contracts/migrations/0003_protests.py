"""Protests against an award, and what lifts the suspension for one."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("contracts", "0002_guards"),
        ("reference", "0003_seed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Protest",
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
                        help_text="As the forum numbers it.", max_length=40
                    ),
                ),
                (
                    "notified_on",
                    models.DateField(help_text="When the agency had notice."),
                ),
                (
                    "debriefed_on",
                    models.DateField(
                        blank=True,
                        help_text="Day offered for a required debriefing.",
                        null=True,
                    ),
                ),
                ("suspends", models.BooleanField()),
                ("protest_recorded_at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="protests",
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
            name="ProtestFinding",
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
                    "found_by",
                    models.CharField(
                        help_text="The head of the contracting activity who signed it.",
                        max_length=120,
                    ),
                ),
                ("text", models.TextField()),
                ("lifted_at", models.DateTimeField()),
                (
                    "protest",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="finding",
                        to="contracts.protest",
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
        migrations.AddConstraint(
            model_name="protest",
            constraint=models.UniqueConstraint(
                fields=("contract", "number"),
                name="a_protest_is_recorded_once_on_a_contract",
            ),
        ),
        migrations.AddConstraint(
            model_name="protestfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text", ""), _negated=True),
                    models.Q(("found_by", ""), _negated=True),
                ),
                name="a_suspension_is_lifted_by_a_finding",
            ),
        ),
        append_only("contracts_protest"),
        append_only("contracts_protestfinding"),
        rule_words(
            "R-AWD-07",
            "A timely protest suspends performance and ordering until it is lifted.",
            "File the finding of the head of the contracting activity that lifts it.",
            "FAR 33.104(c)",
        ),
    ]
