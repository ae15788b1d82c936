"""Words of rules that a later migration makes the system enforce."""

from __future__ import annotations

from datetime import date

from django.db import migrations

START = date(2020, 1, 1)


def rule_words(
    rule_id: str, sentence: str, lift: str, citation: str, regime: str = "FAR"
) -> migrations.RunPython:
    """Add the words of one rule; a migration of ``reference`` comes before."""

    def add(apps, schema_editor):
        apps.get_model("reference", "Rule").objects.create(
            rule_id=rule_id,
            sentence=sentence,
            lift=lift,
            citation=citation,
            regime=regime,
            valid_from=START,
        )

    return migrations.RunPython(add, migrations.RunPython.noop)
