"""The table of moves that the code reads is the one that the database enforces."""

import re

import pytest
from django.apps import apps
from django.db import connection

from contracting.core.models import Stateful

MODELS = [model for model in apps.get_models() if issubclass(model, Stateful)]


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_trigger_allows_exactly_the_moves_of_the_table(model):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(t.tgfoid) FROM pg_trigger t "
            "WHERE t.tgrelid = %s::regclass AND t.tgname = %s AND t.tgenabled = 'O'",
            [table, f"{table}_moves_along_its_table"],
        )
        found = cursor.fetchone()

    assert found, f"{table} has no trigger for its moves"
    enforced = set(re.findall(r"\('([A-Z_]+)', '([A-Z_]+)'\)", found[0]))
    assert enforced == {
        (str(source), str(target))
        for source, targets in model.MOVES.items()
        for target in targets
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_state_is_reached_and_named(model):
    states = set(model._meta.get_field("state").flatchoices)
    names = {name for name, _label in states}
    start = model._meta.get_field("state").default
    reached = {str(start)} | {str(t) for ts in model.MOVES.values() for t in ts}

    assert reached == names
