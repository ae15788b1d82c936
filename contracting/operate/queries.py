"""Every invariant of every stage, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from contracting.core.invariants import Invariant
from contracting.core.postgresql.snapshots import one_snapshot


def all_invariants() -> Iterator[Invariant]:
    """What each app's ``invariants.py`` lists, in the order of the life cycle."""
    for config in apps.get_app_configs():
        name = f"{config.name}.invariants"
        if config.name.split(".")[0] not in {"accounts", "contracting"}:
            continue
        if config.name == "contracting.core" or find_spec(name) is None:
            continue
        yield from import_module(name).INVARIANTS


def checked_invariants() -> list[tuple[Invariant, list[str]]]:
    """Each invariant with its exceptions, all of them as of one instant."""
    with one_snapshot():
        return [(each, each.exceptions()) for each in all_invariants()]


def broken_invariants() -> dict[str, list[str]]:
    """The exceptions by code and sentence; empty when everything holds."""
    return {
        f"{invariant.code} {invariant.sentence}": exceptions
        for invariant, exceptions in checked_invariants()
        if exceptions
    }
