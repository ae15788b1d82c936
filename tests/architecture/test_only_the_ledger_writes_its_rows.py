"""Other stages read the ledger's rows; only its verbs write them."""

import ast

from tests.architecture.tree import ROOT, syntax

LEDGER = ROOT / "contracting" / "ledger"
MODELS = "contracting.ledger.models"
WRITES = {
    "abulk_create",
    "bulk_create",
    "bulk_update",
    "create",
    "delete",
    "get_or_create",
    "update",
    "update_or_create",
}


def test_no_other_app_creates_or_changes_a_row_of_the_ledger():
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for directory in ("accounts", "contracting")
        for path in sorted((ROOT / directory).rglob("*.py"))
        if not path.is_relative_to(LEDGER)
        for line in _writes(syntax(path))
    ]

    assert found == []


def _writes(module: ast.Module) -> list[int]:
    ours = {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and node.module == MODELS
        for alias in node.names
    }
    return [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and _writes_one_of(node.func, ours)
    ]


def _writes_one_of(called: ast.expr, models: set[str]) -> bool:
    """``Model(…)``, or a chain from ``Model.objects`` to a write."""
    if isinstance(called, ast.Name):
        return called.id in models
    if not isinstance(called, ast.Attribute) or called.attr not in WRITES:
        return False
    words = ast.unparse(called).split(".")
    return words[0] in models and words[1] == "objects"
