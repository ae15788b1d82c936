"""Words of rules that a later migration makes the system enforce."""

from __future__ import annotations

from datetime import date

from django.db import migrations

START = date(2020, 1, 1)


_ADD = """
INSERT INTO reference_rule (rule_id, sentence, lift, citation, regime, valid_from)
VALUES (%s, %s, %s, %s, %s, %s)
"""


def rule_words(
    rule_id: str, sentence: str, lift: str, citation: str, regime: str = "FAR"
) -> migrations.RunSQL:
    """Add the words of one rule; a migration of ``reference`` comes before.

    In SQL, since the models as they were need a second to be made for each migration.
    """
    words = [rule_id, sentence, lift, citation, regime, START]
    return migrations.RunSQL([(_ADD, words)], migrations.RunSQL.noop)
