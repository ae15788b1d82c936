"""Conflicts of interest: whom a declaration names, its answers, what was decided."""

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.triggers import append_only
from contracting.evaluations.migrations._words import rule_words


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_guards"),
        ("evaluations", "0006_prices_and_dissents"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConflictResolution",
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
                ("is_admitted", models.BooleanField()),
                ("reason", models.TextField()),
                ("resolved_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="declaration",
            name="answers",
            field=models.JSONField(default=dict, help_text="Question: whether yes."),
        ),
        migrations.AddField(
            model_name="declaration",
            name="explanation",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="declaration",
            name="has_conflict",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="declaration",
            name="parties",
            field=models.JSONField(
                blank=True,
                help_text="Submissions it names; null where it was not kept.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="declaration",
            name="panel_member",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="declarations",
                to="evaluations.panelmember",
            ),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("has_conflict", False),
                    models.Q(("explanation", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_declared_conflict_is_explained",
            ),
        ),
        migrations.AddField(
            model_name="conflictresolution",
            name="declaration",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="resolution",
                to="evaluations.declaration",
            ),
        ),
        migrations.AddField(
            model_name="conflictresolution",
            name="resolved_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="accounts.membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="conflictresolution",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="a_conflict_is_resolved_for_a_reason",
            ),
        ),
        append_only("evaluations_conflictresolution"),
        rule_words(
            "R-ROL-06",
            "An evaluator signs the non-disclosure and conflict certification of a "
            "solicitation before opening any of its proposals.",
            "Declare first, with the offerors before you; a conflict is decided on by "
            "the contracting officer.",
            "FAR 3.104, 9.505",
        ),
    ]
