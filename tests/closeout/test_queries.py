"""What is still open, what has ended, and what must hold of what is closed."""

from datetime import timedelta

import pytest

from contracting.closeout import queries
from contracting.closeout.calculations import figure_rows
from contracting.closeout.invariants import INVARIANTS
from contracting.core.errors import NotVisible
from contracting.core.quantities import Dollars, Tokens
from contracting.core.subjects import Subject
from contracting.documents.models import Document
from contracting.ledger.operations.reserve import reserve_ordered
from contracting.orders.states import TaskOrderState
from tests.builders_settlement import (
    CLOSED_AT,
    ENDED_AT,
    PAYABLE,
    closed_order,
    completed_order,
)
from tests.cast import actor
from tests.disputes.test_decide_claim import settled
from tests.disputes.test_submit_claim import claimed

OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")


def test_an_order_is_to_close_from_the_first_instant_after_its_period(paid):
    officer, end = actor("contracting_officer"), paid.period.end

    assert queries.orders_to_close(officer, end - timedelta(seconds=1)) == []
    assert queries.orders_to_close(officer, end) == [paid]
    assert queries.orders_to_close(actor("other_agency_officer"), end) == []


def test_nothing_is_left_to_do_on_what_is_closed(completed):
    officer = actor("contracting_officer")
    assert queries.orders_to_close(officer, ENDED_AT) == [completed]
    assert queries.blockers_of_order(completed) == []

    statement = closed_order(order=completed)

    assert queries.orders_to_close(officer, CLOSED_AT) == []
    assert queries.statement_of_order(completed) == statement
    assert queries.statement_of_contract(statement.contract) is None


def test_a_vendor_reads_its_own_statements_and_a_stranger_none(closed):
    vendor = actor("vendor_a_member")
    assert queries.get_statement_for(vendor, closed.public_id) == closed

    for part in OUTSIDERS:
        stranger = actor(part)
        assert not queries.statements_visible_to(stranger).exists()
        with pytest.raises(NotVisible):
            queries.get_statement_for(stranger, closed.public_id)


def test_figures_stand_in_their_order_in_dollars_and_in_tokens():
    rows = figure_rows({"paid": "9.92", "ordered": "60", "ordered_tokens": 20})

    assert [(row.label, row.dollars, row.tokens) for row in rows] == [
        ("Ordered", Dollars("60"), Tokens(20)),
        ("Paid", Dollars("9.92"), None),
    ]


def test_the_paper_says_what_the_statement_says(closed):
    paper = Document.objects.get(kind="completion_statement")

    facts = {fact["label"]: fact["value"] for fact in paper.context["facts"]}
    assert facts["Paid, dollars"] == PAYABLE
    assert facts["Not used, tokens"] == closed.residual_tokens
    (row,) = paper.context["balances"]
    assert (row["obligated"], row["paid"], row["deobligated"]) == (
        "40",
        PAYABLE,
        "30.08",
    )
    assert len(paper.context["checklist"]) == 4


@pytest.mark.parametrize("invariant", INVARIANTS, ids=lambda each: each.code)
def test_what_must_hold_holds_at_each_step(paid, invariant):
    assert invariant.exceptions() == []
    completed_order(order=paid)
    assert invariant.exceptions() == []
    closed_order(order=paid)
    assert invariant.exceptions() == []


def test_an_order_that_is_closed_without_a_word_is_found(completed):
    completed.move_to(TaskOrderState.CLOSED)

    found = {each.code: each.exceptions() for each in INVARIANTS}

    assert "is obligated" in found["CLO-1"][0]
    assert "without a completion statement" in found["CLO-3"][0]
    assert "count as ordered" in found["CLO-4"][0]


def test_a_contract_that_counts_more_than_its_orders_take_is_found(closed):
    reserve_ordered(
        contract_id=closed.contract_id,
        dollars=Dollars("1.00"),
        tokens=Tokens(0),
        because=Subject("tests", 1, closed.contract.stream),
        by=actor("contracting_officer"),
        at=CLOSED_AT,
    )

    (found,) = [each for each in INVARIANTS if each.code == "CLO-4"]
    assert "count as ordered" in found.exceptions()[0]


def test_an_undecided_claim_stands_in_the_way(completed):
    # Given a claim of the vendor under the contract (R-CLO-03)
    def claims():
        found = queries.blockers_of_contract(completed.contract, ENDED_AT)
        return [each.rule for each in found if each.what.startswith("A claim of")]

    assert claims() == []
    claim = claimed(completed.contract)

    # Then the contract is not closed before it is decided
    assert claims() == ["R-CLO-03"]
    settled(claim)
    assert claims() == []
