"""Pytest plugin for ``make guards``: each refused case must miss its guard.

The run switches the guards of a rule off while a refused case of that rule runs, and
requires the case to fail: a test that passes without its guard proves nothing. Nothing
in the site knows of it. The modules are compiled with every ``raise`` asking first, so
that a refusal of the rule is made and not raised; a refusing verdict turns into
permission.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

import pytest

OURS = {"accounts", "contracting"}


@dataclass
class Switch:
    """The rule whose guards are off, and how often one of them was passed."""

    rule: str = ""
    passed: int = 0

    def lets_through(self, rule: str) -> bool:
        """Whether a guard of this rule is off just now."""
        is_off = bool(rule) and rule == self.rule
        self.passed += is_off
        return is_off


switch = Switch()


def _is_to_be_raised(error: object) -> bool:
    from contracting.core.errors import Refusal

    return not (isinstance(error, Refusal) and switch.lets_through(error.rule))


class _AskFirst(ast.NodeTransformer):
    """``raise X(…)`` becomes ``if is_to_be_raised(error := X(…)): raise error``."""

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        if node.exc is None:
            return node
        name = "the_error_"
        made = ast.NamedExpr(ast.Name(name, ast.Store()), node.exc)
        asked = ast.Call(ast.Name(_is_to_be_raised.__name__, ast.Load()), [made], [])
        raised = ast.Raise(ast.Name(name, ast.Load()), node.cause)
        return ast.copy_location(ast.If(asked, [raised], []), node)


class _Loader(SourceFileLoader):
    """Compiles a module of ours so that its guards can be switched off."""

    def path_stats(self, path: str) -> Any:
        raise OSError("what is cached has no switch")

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Cache nothing."""

    def source_to_code(self, data: Any, path: Any, **more: Any) -> CodeType:  # type: ignore[override]
        tree = ast.fix_missing_locations(_AskFirst().visit(ast.parse(data)))
        return compile(tree, path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Finds the modules of ours, each with a loader that knows the switch."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in OURS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path)
        return spec


setattr(builtins, _is_to_be_raised.__name__, _is_to_be_raised)
sys.meta_path.insert(0, _Finder())


def pytest_configure(config: pytest.Config) -> None:
    """A refusing verdict of the rule becomes permission as soon as it is made."""
    from contracting.core.permissions import Allowed, Refused

    def make(cls: type, reason: str, rule: str = "") -> Any:
        asked_by = sys._getframe(1).f_globals["__name__"].partition(".")[0]
        if asked_by in OURS and switch.lets_through(rule):
            return Allowed()
        return object.__new__(cls)

    Refused.__new__ = make  # type: ignore[method-assign, assignment]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of each refused case one runs for each rule, whatever its parameters."""
    from tests.rules import rules_refused_by

    first = {
        (item.path, getattr(item, "originalname", item.name), rule): item
        for item in reversed(items)
        for rule in rules_refused_by(item)
    }
    items[:] = reversed(first.values())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Run the case without the guards of its rule: it has to fail.

    What it did without them is taken back to before the call, so that no constraint is
    asked about it and a world that checks itself at its end finds itself as it was.
    """
    from django.db import connection, transaction

    from tests.rules import rules_refused_by

    (rule,) = rules_refused_by(item)
    switch.rule, switch.passed = rule, 0
    failed: BaseException | None = None
    before = transaction.savepoint() if connection.in_atomic_block else None
    try:
        yield
    except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 (it has to fail)
        failed = error
    finally:
        switch.rule = ""
        if before is not None:
            transaction.set_rollback(False)
            transaction.savepoint_rollback(before)
    if not switch.passed:
        pytest.fail(f"no guard of {rule} stood in its way; it ended with {failed!r}")
    if failed is None:
        pytest.fail(f"it passes although the guards of {rule} are off")
