"""A verb as the steps it takes, read from its text in the order in which they run."""

from __future__ import annotations

import ast
import enum
import functools
from collections.abc import Iterator

from tests.architecture.tree import Operation, operations, syntax


class Step(enum.StrEnum):
    """What one call does."""

    LOCK = "lock"
    PERMIT = "permit"
    CHANGE = "change"
    RECORD = "record"


LOCKS = ("locked", "select_for_update", "_lock_")
"""How the name of whatever locks begins."""

WRITES = {
    "abulk_create",
    "bulk_create",
    "bulk_update",
    "create",
    "create_user",
    "delete",
    "get_or_create",
    "move_to",
    "save",
    "update",
    "update_or_create",
}


@functools.cache
def steps_of(verb: Operation) -> list[tuple[Step, str]]:
    """The steps of a verb with what is called; its private functions are read inside.

    A call of another operation is a change: it changes and records something itself.
    """
    beside = {
        node.name: node
        for node in syntax(verb.file).body
        if isinstance(node, ast.FunctionDef)
    }
    return list(_steps(verb.function, beside, (verb.function.name,)))


def _steps(
    function: ast.FunctionDef,
    beside: dict[str, ast.FunctionDef],
    within: tuple[str, ...],
) -> Iterator[tuple[Step, str]]:
    for call in _calls(function.body):
        name = ast.unparse(call.func).rsplit(".", 1)[-1]
        is_plain = isinstance(call.func, ast.Name)
        if is_plain and name in beside and name not in within:
            yield from _steps(beside[name], beside, (*within, name))
        elif name.startswith(LOCKS):
            yield Step.LOCK, name
        elif name == "require":
            yield Step.PERMIT, ast.unparse(call.args[0])
        elif name == "record_event":
            yield Step.RECORD, name
        elif name in _names_of_operations() or (not is_plain and name in WRITES):
            yield Step.CHANGE, name


def _calls(body: list[ast.stmt]) -> Iterator[ast.Call]:
    """Every call in these statements, arguments before what they are given to."""
    for statement in body:
        yield from _inside(statement)


def _inside(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        yield from _inside(child)
    if isinstance(node, ast.Call):
        yield node


@functools.cache
def _names_of_operations() -> frozenset[str]:
    """The public names of every file of operations, the record itself left out."""
    return frozenset(each.function.name for each in operations()) - {"record_event"}
