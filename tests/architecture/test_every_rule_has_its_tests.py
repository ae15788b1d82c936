"""Each rule that is enforced has a test in which it allows and one in which it refuses.

What a refused case proves besides its own words is seen to by ``tests.rules``; that it
fails without the guard of its rule, by ``make guards``.
"""

from collections import Counter

from tests.architecture.marks import listed_rules, marks
from tests.rules import HELD_BY

NOT_REFUSED = {
    "R-AI-03": "a late report is taken, marked as late and recorded",
    "R-AI-04": "a call with words in it is rejected by a verdict, and never stored",
    "R-AUD-01": "the triggers and the rights of the database",
    "R-AUD-03": "the triggers of the database, and the hash that names a version",
    "R-AWD-09": "the triggers of the database",
    "R-MET-01": "a repeat is answered with the verdict duplicate",
    "R-MET-04": "the day of an event is computed",
    "R-PAY-01": "the day of payment is computed",
    "R-CLO-02": "the last day is computed; what is late is told and recorded",
    "R-REC-05": "the hash of a comparison is computed",
    "R-SOL-01": "the number is counted, not chosen",
    "R-EVL-10": "every page logs its reader, and the database keeps the log",
    "R-INV-04": "another price is a discrepancy, which the comparison finds",
    "R-TO-13": "an order is flagged, and nobody is refused",
    "R-SOL-06": "the number is counted; a constraint and a trigger hold it",
}
"""Rules by which no request is refused, each with what holds it instead."""

ENFORCED = {"A", "B", "C", "D"}
NOT_BUILT: set[str] = set()
"""Rules of these stages that nothing in the system claims to hold yet."""

CASES = {"allowed", "refused"}


def test_every_enforced_rule_has_an_allowed_and_a_refused_case():
    tested = Counter((mark.rule, mark.case) for mark in marks())

    missing = [
        (rule.id, case)
        for rule in listed_rules()
        for case in sorted(CASES)
        if rule.stage in ENFORCED and not tested[rule.id, case]
    ]
    assert sorted(missing) == [
        (rule, case) for rule in sorted(NOT_BUILT) for case in sorted(CASES)
    ]


def test_a_marker_names_a_rule_of_the_list_and_a_case():
    known, held_by = {rule.id for rule in listed_rules()}, {None, *HELD_BY}
    wrong = [
        f"{mark.place}: {mark.rule}, {mark.case}, {mark.held_by}"
        for mark in marks()
        if mark.rule not in known
        or mark.case not in CASES
        or mark.held_by not in held_by
    ]

    assert wrong == []


def test_a_rule_that_no_verb_refuses_by_is_listed_with_what_holds_it():
    refused = [mark for mark in marks() if mark.case == "refused"]
    without = {mark.rule for mark in refused if mark.held_by} - {
        mark.rule for mark in refused if not mark.held_by
    }

    assert without == set(NOT_REFUSED)
