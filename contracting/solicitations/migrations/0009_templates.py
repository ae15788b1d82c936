"""Templates, and what a package was started from."""

from datetime import UTC, datetime

from django.db import migrations

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
        ("solicitations", "0007_no_award"),
        ("accounts", "0002_guards"),
        ("reference", "0009_earlier_amounts"),
        ("requisitions", "0004_workload_guards"),
    ]

    operations = [
        append_only(
            "solicitations_solicitationtemplate",
            may_set_once=["retired_at", "retired_by_id"],
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
