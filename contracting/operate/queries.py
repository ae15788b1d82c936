"""Every invariant of every stage, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from contracting.core.invariants import Invariant


def all_invariants() -> Iterator[Invariant]:
    """What each app's ``invariants.py`` lists, in the order of the life cycle."""
    for config in apps.get_app_configs():
        name = f"{config.name}.invariants"
        if config.name.split(".")[0] not in {"accounts", "contracting"}:
            continue
        if config.name == "contracting.core" or find_spec(name) is None:
            continue
        yield from import_module(name).INVARIANTS


def broken_invariants() -> dict[str, list[str]]:
    """The exceptions by code and sentence; empty when everything holds."""
    found = {}
    for invariant in all_invariants():
        exceptions = invariant.exceptions()
        if exceptions:
            found[f"{invariant.code} {invariant.sentence}"] = exceptions
    return found
