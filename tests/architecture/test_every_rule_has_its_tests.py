"""Each rule that is enforced has a test in which it allows and one in which it refuses.

What a refused case proves besides its own words is seen to by ``tests.rules``; that it
fails without the guard of its rule, by ``make guards``.
"""

import ast
import csv
from collections import Counter

from tests.architecture.tree import ROOT, syntax
from tests.rules import HELD_BY

RULES = ROOT / "docs" / "reference" / "rules.csv"
NOT_REFUSED = {
    "R-AI-04": "a call with words in it is rejected by a verdict, and never stored",
    "R-AUD-01": "the triggers and the rights of the database",
    "R-AWD-09": "the triggers of the database",
    "R-MET-01": "a repeat is answered with the verdict duplicate",
    "R-MET-04": "the day of an event is computed",
    "R-PAY-01": "the day of payment is computed",
    "R-REC-03": "what differs is withheld from what is accepted",
    "R-REC-05": "the hash of a comparison is computed",
    "R-SOL-01": "the number is counted, not chosen",
    "R-INV-04": "another price is a discrepancy, which the comparison finds",
    "R-SOL-06": "the number is counted; a constraint and a trigger hold it",
}
"""Rules by which no request is refused, each with what holds it instead."""

ENFORCED = "A"
CASES = {"allowed", "refused"}


def test_every_enforced_rule_has_an_allowed_and_a_refused_case():
    tested = Counter((rule, case) for _place, rule, case, _by in marks())

    missing = [
        (rule, case)
        for rule, stage in stages().items()
        for case in sorted(CASES)
        if stage == ENFORCED and not tested[rule, case]
    ]
    assert missing == []


def test_a_marker_names_a_rule_of_the_list_and_a_case():
    wrong = [
        f"{place}: {rule}, {case}, {by}"
        for place, rule, case, by in marks()
        if rule not in stages() or case not in CASES or by not in {None, *HELD_BY}
    ]

    assert wrong == []


def test_a_rule_that_no_verb_refuses_by_is_listed_with_what_holds_it():
    refused = [(rule, by) for _place, rule, case, by in marks() if case == "refused"]
    without = {rule for rule, by in refused if by} - {
        rule for rule, by in refused if not by
    }

    assert without == set(NOT_REFUSED)


def stages() -> dict[str, str]:
    """The stage of every rule of the trade."""
    with RULES.open(newline="") as file:
        return {row["rule"]: row["stage"] for row in csv.DictReader(file)}


def marks() -> list[tuple[str, object, object, object]]:
    """Every ``mark.rule(…)`` of the suite: its place, rule, case and what holds it."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", *_arguments(node))
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.rule")
    ]


def _arguments(mark: ast.Call) -> tuple[object, object, object]:
    """The arguments as they are written; a marker is no place to compute them."""
    named = {each.arg: ast.literal_eval(each.value) for each in mark.keywords}
    given = [ast.literal_eval(each) for each in mark.args]
    rule = given[0] if len(given) == 1 else given
    return rule, named.get("case"), named.get("held_by")
