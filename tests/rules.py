"""What every refused case of a rule proves, seen to in one place.

A test marked ``rule(id, case="refused")`` must meet a refusal that names the rule, with
a status of the 400s and words that cite it, while ``nothing_happens()`` watches. A rule
that refuses nobody is marked ``held_by`` what holds it instead, and its test proves
that in its own words: see :data:`HELD_BY`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connection

from contracting.core.doors import RuleWords, words_of
from contracting.core.errors import NotAllowed, Refusal
from contracting.core.permissions import Refused
from tests.cast import AT, tables_are_watched

DATABASE = "database"
HELD_BY = {
    DATABASE: "a trigger, a right or a constraint refuses what no verb would ask",
    "verdict": "the whole is taken in, and each part answered with a verdict",
    "arithmetic": "another result cannot be computed",
}
"""What holds a rule where no refusal does; a ``database`` case must meet its error."""

_words: dict[str, RuleWords | None] = {}


@dataclass(frozen=True)
class Met:
    """A refusal that a test has met, and whether the tables were watched meanwhile."""

    rule: str
    status: int
    is_watched: bool


def rules_refused_by(item: pytest.Item) -> list[str]:
    """The rules by which a test expects to be refused."""
    return [
        marker.args[0]
        for marker in item.iter_markers("rule")
        if marker.kwargs["case"] == "refused" and "held_by" not in marker.kwargs
    ]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A refused case meets its rule: named, cited, and without any consequence."""
    if item.config.pluginmanager.has_plugin("tests.guards"):
        return (yield)
    rules, has_rows = rules_refused_by(item), _has_rows(item)
    if has_rows:
        _words.update({rule: words_of(rule, AT) for rule in rules})
    with _listening() as met, _watching_errors() as errors:
        outcome = yield
    for rule in rules:
        _prove(rule, met, has_rows=has_rows)
    if _is_held_by_the_database(item):
        assert errors, "the database has refused nothing"
    return outcome


@contextmanager
def _listening() -> Iterator[list[Met]]:
    """Every refusal and every refusing verdict that is made meanwhile."""
    met: list[Met] = []
    refusal, verdict = Refusal.__init__, Refused.__init__

    def make_refusal(self: Refusal, *args: Any, **data: Any) -> None:
        refusal(self, *args, **data)
        met.append(Met(self.rule, self.status, tables_are_watched()))

    def make_verdict(self: Refused, *args: Any, **data: Any) -> None:
        verdict(self, *args, **data)
        met.append(Met(self.rule, NotAllowed.status, tables_are_watched()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Refusal, "__init__", make_refusal)
        patch.setattr(Refused, "__init__", make_verdict)
        yield met


@contextmanager
def _watching_errors() -> Iterator[list[DatabaseError]]:
    """Every error with which the database answers meanwhile."""
    errors: list[DatabaseError] = []

    def execute(run: Any, *asked: Any) -> Any:
        try:
            return run(*asked)
        except DatabaseError as error:
            errors.append(error)
            raise

    with connection.execute_wrapper(execute):
        yield errors


def _prove(rule: str, met: list[Met], *, has_rows: bool) -> None:
    holding = [each for each in met if each.rule == rule and 400 <= each.status < 500]
    named = sorted({each.rule or "no rule" for each in met}) or "nothing"
    assert holding, f"nothing was refused by {rule}; what was: {named}"
    if has_rows:
        words = _words[rule]
        watched = any(each.is_watched for each in holding)
        assert watched, f"not proved: that nothing happens when {rule} refuses"
        assert words, f"{rule} has no words in force"
        assert words.citation, f"{rule} cites nothing"
        assert words.lift, f"{rule} does not say what would lift it"


def _is_held_by_the_database(item: pytest.Item) -> bool:
    return any(
        marker.kwargs.get("held_by") == DATABASE for marker in item.iter_markers("rule")
    )


def _has_rows(item: pytest.Item) -> bool:
    """Whether the test has a database, so that something could have happened."""
    asked_for: list[str] = getattr(item, "fixturenames", [])
    marked = item.get_closest_marker("django_db") is not None
    return marked or not {"db", "own_database"}.isdisjoint(asked_for)
