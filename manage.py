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


@contextmanager
def migrating_lightly() -> Iterator[None]:
    """Spare Django half of the time in which it migrates; the outcome is the same.

    It makes thousands of classes of the models as they were after each step. Their
    fields are taken apart and put together again for each of them; to copy them, as
    Django does elsewhere, is enough. Cycles among them are looked for rarely.
    """
    clone, thresholds = Field.clone, gc.get_threshold()
    Field.clone = _copied  # type: ignore[method-assign, assignment]
    gc.set_threshold(500_000)
    try:
        yield
    finally:
        Field.clone = clone  # type: ignore[method-assign]
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
