"""The end of a contract: its period, its orders, and its guaranteed minimum."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction

from contracting.audit.queries import events_of
from contracting.closeout.operations.close_out_contract import close_out_contract
from contracting.closeout.queries.seen import seen_of_contract
from contracting.closeout.refusals import (
    AlreadyClosedOut,
    CloseOutBlocked,
    NotPhysicallyComplete,
)
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.errors import NotAllowed, Stale
from contracting.core.periods import days_bounds
from contracting.core.quantities import Dollars, Tokens
from contracting.documents.models import Document
from contracting.ledger.models import Balance, LineOfAccounting
from contracting.modifications.operations.discard import discard_contract_modification
from contracting.orders.states import FundsDraft
from tests.builders_metering import assert_the_books_balance
from tests.builders_modifications import drafted_contract_modification
from tests.builders_orders import drafted_order, issued_order, line, line_of_accounting
from tests.builders_settlement import (
    CLOSED_AT,
    CONTRACT_ENDED_AT,
    closed_contract,
    closed_order,
    completed_order,
    paid_invoice,
    reported,
    used_order,
)
from tests.cast import actor, nothing_happens
from tests.contracts.test_record import recorded

LARGE = {"IN_UNCACHED": 600_000_000}
"""Twelve hundred dollars: more than the guaranteed minimum of a thousand."""


@pytest.fixture(scope="module")
def met(django_db_setup, django_db_blocker) -> Iterator[int]:
    """A contract whose only order has met the minimum and is closed out."""
    with django_db_blocker.unblock(), transaction.atomic():
        funds = FundsDraft("AA", line_of_accounting().pk, Dollars("1500.00"))
        large = line(tokens=Tokens(700_000_000), dollars=funds.dollars, funds=[funds])
        order = used_order(order=issued_order(lines=[large]), tokens=LARGE)
        reported(order, tokens=LARGE)
        paid_invoice(order=order, billed=LARGE)
        yield closed_order(order=completed_order(order=order)).contract_id
        transaction.set_rollback(True)


@pytest.fixture
def contract(met: int, db: None) -> Contract:
    return Contract.objects.select_related("vendor", "agency").get(pk=met)


def close(contract, by=None, at=CONTRACT_ENDED_AT, **more):
    """Close out a contract as its contracting officer."""
    officer = by or actor("contracting_officer")
    return close_out_contract(contract_id=contract.pk, **more, by=officer, at=at)


def test_a_contract_is_closed_out_as_it_was_read(contract):
    with nothing_happens(), pytest.raises(Stale, match="have changed since"):
        close(contract, seen_sha256="0" * 64)

    assert close(contract, seen_sha256=seen_of_contract(contract)).pk


@pytest.mark.rule("R-CLO-01", case="allowed")
@pytest.mark.rule("R-CLO-03", case="allowed")
def test_a_contract_ends_after_its_orders_with_its_minimum_met(contract):
    # Given what the award itself has bound for the guaranteed minimum
    funds = LineOfAccounting.objects.get(label="Claims modernization").funds
    before = funds.free

    # When the officer signs after the ordering period
    statement = close(contract)

    # Then nothing is bound that was not paid, anywhere
    for row in Balance.objects.all():
        assert row.obligated_dollars == row.paid_dollars
    funds.refresh_from_db()
    assert funds.free - before == Dollars("1000.00")

    # And the statement says what the orders used
    assert statement.deobligated_dollars == Dollars("1000.00").amount
    assert statement.residual_tokens == 40_000_000_000 - 600_000_000
    assert statement.figures == {
        "ceiling": "400000",
        "minimum": "1000",
        "used": "1200",
        "paid": "1200",
        "residual": "398800",
        "deobligated": "1000",
        "ceiling_tokens": 40_000_000_000,
        "used_tokens": 600_000_000,
        "residual_tokens": 39_400_000_000,
    }

    # And the contract, its paper and the record know
    contract.refresh_from_db()
    assert contract.state == ContractState.CLOSED
    papers = Document.objects.filter(kind="completion_statement")
    assert papers.filter(number=contract.piid).exists()
    assert events_of(contract.subject).latest("pk").event == (
        "closeout.contract.closed_out"
    )
    assert_the_books_balance()


@pytest.mark.rule("R-CLO-01", case="refused")
def test_a_contract_is_open_while_orders_may_be_placed(contract):
    # Given the last minute of the ordering period
    zone = contract.time_zone
    end = days_bounds(contract.ordering_start, contract.ordering_end, zone).end

    # When it is closed out
    with nothing_happens(), pytest.raises(NotPhysicallyComplete) as refusal:
        close(contract, at=end - timedelta(minutes=1))

    # Then it is too early
    assert refusal.value.rule == "R-CLO-01"
    assert "until 31 Mar 2027" in refusal.value.message


@pytest.mark.rule("R-CLO-03", case="refused")
def test_an_order_that_is_not_closed_out_blocks_its_contract(contract):
    # Given one more order, only drafted
    draft = drafted_order(on=contract, title="Second pilot")

    # When the contract is closed out
    with nothing_happens(), pytest.raises(CloseOutBlocked) as refusal:
        close(contract)

    # Then the order stands in the way
    assert refusal.value.rule == "R-CLO-03"
    assert f"Order {draft.title} is draft, not closed out." in refusal.value.message


@pytest.mark.rule("R-CLO-03", case="refused")
def test_a_guaranteed_minimum_that_is_owed_blocks_close_out(db):
    # Given a contract on which only a pilot of ten dollars was paid
    statement = closed_order()

    # When it is closed out
    with nothing_happens(), pytest.raises(CloseOutBlocked) as refusal:
        close(statement.contract)

    # Then the vendor is owed the rest of its minimum
    assert refusal.value.rule == "R-CLO-03"
    assert "$990.08 is owed to the vendor" in refusal.value.message


@pytest.mark.rule("R-CLO-03", case="refused")
def test_a_protest_and_a_draft_of_the_contract_itself_block_close_out(contract):
    # Given a draft that nobody signed, and a protest that suspends the contract
    draft = drafted_contract_modification(on=contract)
    with nothing_happens(), pytest.raises(CloseOutBlocked) as refusal:
        close(contract)
    assert refusal.value.rule == "R-CLO-03"
    assert "1 modification is neither signed nor discarded." in refusal.value.message
    discard_contract_modification(
        modification_id=draft.pk, by=actor("contract_specialist"), at=CLOSED_AT
    )
    protest = recorded(contract, days=3)

    # When it is closed out
    with nothing_happens(), pytest.raises(CloseOutBlocked) as refusal:
        close(contract)

    # Then each is named
    assert f"Protest {protest.number} suspends it" in refusal.value.message


def test_a_second_officer_is_told_of_the_first(contract, second_contracting_officer):
    closed_contract(contract)

    with nothing_happens(), pytest.raises(AlreadyClosedOut):
        close(contract, by=second_contracting_officer)


@pytest.mark.parametrize(
    "part",
    ["cor", "auditor", "vendor_a_signer", "other_agency_officer"],
)
def test_only_the_contracting_officer_signs_the_statement(contract, part):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        close(contract, by=actor(part))

    assert refusal.value.rule == "R-ROL-01"


def test_no_order_is_placed_on_a_closed_contract(contract):
    closed_contract(contract)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        drafted_order(on=contract, at=CLOSED_AT)

    assert refusal.value.rule == "R-TO-01"
