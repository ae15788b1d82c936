"""Imports point back along the life cycle, and only the clock reads the clock."""

import ast
import subprocess
import sys

from tests.architecture.tree import ROOT, apps, import_contracts, life_cycle, syntax

CLOCK = ROOT / "contracting" / "core" / "clock.py"
READS_THE_WALL_CLOCK = {
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
}


def test_every_import_contract_is_kept():
    command = "from importlinter.cli import lint_imports_command as lint; lint()"
    linted = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout


def test_every_app_stands_in_the_life_cycle_and_in_the_order_inside_an_app():
    layered = set().union(*life_cycle())
    inside = next(c for c in import_contracts() if c["id"] == "inside-an-app")
    contained = {name.removeprefix("contracting.") for name in inside["containers"]}

    assert set(apps()) - layered == set()
    assert set(apps()) == contained


def test_only_the_clock_reads_the_wall_clock():
    readers = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for directory in ("accounts", "contracting")
        for path in sorted((ROOT / directory).rglob("*.py"))
        if path != CLOCK and "migrations" not in path.parts
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and (_last_word(node.value), node.attr) in READS_THE_WALL_CLOCK
    ]

    assert readers == []


def _last_word(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr
