"""Every invariant of every stage, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import connection, transaction

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


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Every check inside reads the books of one instant and can change nothing.

    Queries that each see another instant call every booking between two of them a
    breach. Inside a transaction that has begun already, its own view is used.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


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
