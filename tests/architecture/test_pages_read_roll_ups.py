"""Pages and reports read sums of usage from the roll-ups, and no page a raw row."""

import ast

from tests.architecture.tree import ROOT

RAW = {"UsageEvent", "UsageLine", "UsageAttribution", "UsageRating"}
WRITES = "metering/operations/"
READS = {
    "metering/invariants.py": "holds the rows against each other",
    "metering/queries/__init__.py": "what is held, and single calls",
    "metering/queries/as_known.py": "what was known on a day no roll-up has",
    "metering/queries/completeness.py": "holds what has arrived against its source",
    "metering/queries/control.py": "whether usage came that nobody had announced",
    "metering/queries/histories.py": "the fold places calls in the order of time",
    "metering/queries/moves.py": "the calls that belong to another order",
    "metering/queries/periods.py": "puts calls on steps and pools in their order",
    "metering/queries/proof.py": "holds the roll-ups against their rows",
    "metering/queries/rating_parts.py": "divides what is worked out anew",
    "metering/queries/reratings.py": "works out each call anew",
    "operate/story/verdict.py": "recounts the story beside the pages",
    "reconciliation/matching/beside.py": "which order a reported call stands on",
    "reconciliation/matching/inputs.py": "matches call by call",
    "reconciliation/matching/kept.py": "the first and the last call of a line",
}
"""Who reads raw rows of usage beside those who write them, each with the reason."""


def test_nobody_else_reads_raw_rows_of_usage():
    found = {
        path.relative_to(ROOT / "contracting").as_posix()
        for path in (ROOT / "contracting").rglob("*.py")
        if "migrations" not in path.parts and _names_raw_rows(path)
    }
    reads = {
        path for path in found if not path.startswith((WRITES, "metering/models/"))
    }

    assert reads - set(READS) == set()
    assert set(READS) - reads == set()


def _names_raw_rows(path) -> bool:
    tree = ast.parse(path.read_text())
    return any(
        alias.name in RAW
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )
