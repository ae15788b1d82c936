"""Templates, and what a package was started from."""

from datetime import UTC, datetime

import django.db.models.deletion
from django.db import migrations, models

import contracting.core.models
from contracting.core.canonical import content_sha256
from contracting.core.models import new_public_id
from contracting.core.triggers import append_only
from contracting.solicitations.migrations import _starter

CAME = datetime(2026, 1, 1, tzinfo=UTC)


def seed(apps, schema_editor):
    """No agency starts with an empty page."""
    clauses = apps.get_model("reference", "Clause").objects.filter(
        required_for__contains=["SOLICITATION"], valid_to__isnull=True
    )
    content = _starter.content(clauses.order_by("number"))
    apps.get_model("solicitations", "SolicitationTemplate").objects.create(
        public_id=new_public_id("tpl"),
        name=_starter.NAME,
        summary=_starter.SUMMARY,
        content=content,
        content_sha256=content_sha256(content),
        kept_at=CAME,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_review_fields"),
        ("reference", "0009_earlier_amounts"),
        ("requisitions", "0004_workload_guards"),
        ("solicitations", "0008_alternates"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="copied_from",
            field=models.ForeignKey(
                blank=True,
                help_text="The package that it was started from.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="copies",
                to="solicitations.solicitation",
            ),
        ),
        migrations.CreateModel(
            name="SolicitationTemplate",
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
                ("name", models.CharField(max_length=120)),
                (
                    "summary",
                    models.TextField(help_text="For what it is meant, in a sentence."),
                ),
                (
                    "content",
                    models.JSONField(help_text="{terms, lines, factors, clauses}"),
                ),
                ("content_sha256", models.CharField(max_length=64)),
                ("kept_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: it came with the system, for every agency.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="solicitation_templates",
                        to="accounts.organization",
                    ),
                ),
                (
                    "kept_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="kept_templates",
                        to="accounts.membership",
                    ),
                ),
                (
                    "kept_from",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="templates",
                        to="solicitations.solicitation",
                    ),
                ),
                (
                    "retired_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retired_templates",
                        to="accounts.membership",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="solicitation",
            name="from_template",
            field=models.ForeignKey(
                blank=True,
                help_text="The template that it was started from.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="uses",
                to="solicitations.solicitationtemplate",
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("copied_from__isnull", True),
                    ("from_template__isnull", True),
                    _connector="OR",
                ),
                name="a_package_starts_from_one_other_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitationtemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("agency__isnull", False),
                        ("kept_by__isnull", False),
                        ("kept_from__isnull", False),
                    ),
                    models.Q(
                        ("agency__isnull", True),
                        ("kept_by__isnull", True),
                        ("kept_from__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="a_template_is_an_agencys_or_came_with_the_system",
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitationtemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("retired_at__isnull", True), ("retired_by__isnull", True)
                    ),
                    models.Q(
                        ("retired_at__isnull", False), ("retired_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="a_retired_template_says_who_retired_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="solicitationtemplate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at__isnull", True)),
                fields=("agency", "name"),
                name="an_agency_has_one_template_of_a_name_in_use",
                nulls_distinct=False,
            ),
        ),
        append_only(
            "solicitations_solicitationtemplate",
            may_set_once=["retired_at", "retired_by_id"],
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
