"""The rules of the trade as they are listed, and the tests that are marked so."""

import ast
import csv
import functools
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.tree import ROOT, syntax

RULES = ROOT / "docs" / "reference" / "rules.csv"


@dataclass(frozen=True)
class ListedRule:
    """A row of the list: when the rule is finished, and what it says."""

    id: str
    stage: str
    sentence: str


@dataclass(frozen=True)
class Mark:
    """One ``mark.rule(…)``, written out: a marker is no place to compute."""

    file: Path
    line: int
    test: str
    rule: object
    case: object
    held_by: object

    @property
    def place(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line}"


def listed_rules() -> list[ListedRule]:
    """Every rule of the trade, in the order of the list."""
    with RULES.open(newline="") as file:
        return [
            ListedRule(row["rule"], row["stage"], row["sentence"])
            for row in csv.DictReader(file)
        ]


@functools.cache
def marks() -> list[Mark]:
    """Every marker of the suite, by file and line."""
    return [
        _mark(path, test, node)
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for test, within in _tests(path)
        for node in ast.walk(within)
        if isinstance(node, ast.Call) and _is_mark_rule(node.func)
    ]


def _tests(path: Path) -> list[tuple[str, ast.AST]]:
    """The statements of a file, each with the test that it is, if it is one."""
    return [
        (node.name if isinstance(node, ast.FunctionDef) else "", node)
        for node in syntax(path).body
    ]


def _is_mark_rule(called: ast.expr) -> bool:
    """Whether it is written ``mark.rule``, whatever stands before."""
    match called:
        case ast.Attribute(attr="rule", value=ast.Attribute(attr="mark")):
            return True
        case ast.Attribute(attr="rule", value=ast.Name(id=name)):
            return name.endswith("mark")
    return False


def _mark(path: Path, test: str, call: ast.Call) -> Mark:
    named = {each.arg: ast.literal_eval(each.value) for each in call.keywords}
    given = [ast.literal_eval(each) for each in call.args]
    rule = given[0] if len(given) == 1 else given
    return Mark(path, call.lineno, test, rule, named.get("case"), named.get("held_by"))
