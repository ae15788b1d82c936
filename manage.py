#!/usr/bin/env python
"""Run a command of the site, with the embedded servers where no others are given."""

import copy
import gc
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from django.core.management import execute_from_command_line
from django.db.migrations.state import ProjectState
from django.db.models import Field
from django.utils.functional import cached_property

from contracting import embedded
from contracting.core.origin import Origin, coming_from

# These change the schema, so they connect as the role that owns it.
SCHEMA_VERBS = {"migrate"}


def _copied(field: "Field[Any, Any]") -> "Field[Any, Any]":
    """The field as it was written, without what it has found out since."""
    made = copy.deepcopy(field)
    kind: type = type(made)
    for name in _found_out(kind) & vars(made).keys():
        delattr(made, name)
    return made


@cache
def _found_out(kind: type) -> frozenset[str]:
    return frozenset(
        name
        for each in kind.__mro__
        for name, value in vars(each).items()
        if isinstance(value, cached_property)
    )


def _append_option(
    state: Any, app_label: str, model_name: str, option: str, added: Any
) -> None:
    """Add a constraint or an index to a model, and to its class as it stands.

    Steps that run Python get fresh classes, as after every delay of Django's own.
    """
    of_model = state.models[app_label, model_name].options
    of_model[option] = [*of_model[option], added]
    if "apps" in vars(state):
        state.is_delayed = True
        of_class = state.apps.get_model(app_label, model_name)._meta
        setattr(of_class, option, [*getattr(of_class, option), added.clone()])


@contextmanager
def migrating_lightly() -> Iterator[None]:
    """Spare Django more than half of its time to migrate; the outcome is the same.

    It makes thousands of classes of the models as they were after each step. Their
    fields are taken apart and put together again for each of them; to copy them, as
    Django does elsewhere, is enough. A constraint changes neither a model's fields nor
    its neighbours: no class is made again for it. Cycles are looked for rarely.
    """
    clone, append = Field.clone, ProjectState._append_option  # type: ignore[attr-defined]
    thresholds = gc.get_threshold()
    Field.clone = _copied  # type: ignore[method-assign, assignment]
    ProjectState._append_option = _append_option  # type: ignore[attr-defined]
    gc.set_threshold(500_000)
    try:
        yield
    finally:
        Field.clone = clone  # type: ignore[method-assign]
        ProjectState._append_option = append  # type: ignore[attr-defined]
        gc.set_threshold(*thresholds)


def main() -> None:
    """Provide the servers, then hand over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contracting.settings")
    migrates = bool(SCHEMA_VERBS.intersection(sys.argv[1:2]))
    if migrates:
        os.environ["DRAWDOWN_AS_OWNER"] = "1"
    embedded.ensure()
    here = Origin(door="command", request_id=f"cmd_{secrets.token_hex(8)}")
    with ExitStack() as while_it_runs:
        while_it_runs.enter_context(coming_from(here))
        if migrates:
            while_it_runs.enter_context(migrating_lightly())
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
