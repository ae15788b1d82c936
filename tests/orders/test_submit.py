"""Exactly one version goes into review; it reserves its part of the maximum."""

import pytest

from contracting.approvals.queries import open_route_of
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.models import Transfer
from contracting.ledger.operations.set import set_contract_ceiling
from contracting.ledger.queries import contract_balance
from contracting.notices.models import Notice
from contracting.orders.operations.edit import edit_task_order
from contracting.orders.operations.submit import submit_task_order
from contracting.orders.refusals import ContentIncomplete, RoomReserved
from contracting.orders.states import TaskOrderState
from tests.builders_orders import (
    ORDERED_AT,
    drafted_order,
    line,
    submitted_order,
)
from tests.cast import actor, client_for, nothing_happens, person


def submitted_by(order, part, seen_version=None):
    return submit_task_order(
        order_id=order.pk,
        by=actor(part),
        at=ORDERED_AT,
        seen_version=seen_version or order.version,
    )


@pytest.mark.rule("R-TO-05", case="allowed")
def test_a_complete_order_goes_to_the_reviewers_of_its_value(
    contract, technical_reviewer, finance_reviewer, funds_certifier
):
    order = submitted_order(on=contract)

    # Then the policy's reviewers are asked on this very version
    route = open_route_of(order.subject)
    assert order.state == TaskOrderState.SUBMITTED
    assert route is not None
    assert (route.version, route.content_sha256) == (1, order.content_sha256)
    assert {step.review_field for step in route.steps.all()} == {
        "TECHNICAL",
        "FINANCE",
    }
    told = Notice.objects.filter(subject_kind="orders.task_order", subject_id=order.pk)
    assert {notice.recipient_user for notice in told} == {
        person(technical_reviewer),
        person(finance_reviewer),
        person(funds_certifier),
    }
    # And no funds are reserved and nothing is bound
    books = contract_balance(contract.pk)
    assert books is not None
    assert books.ordered_dollars == 0
    assert not Transfer.objects.filter(because_kind="orders.task_order").exists()


@pytest.mark.rule("R-TO-02", case="allowed")
@pytest.mark.rule("R-TO-02", case="refused")
def test_orders_in_review_reserve_their_part_of_the_maximum(
    contract, contracting_officer, vendor_a_signer, other_agency_officer
):
    # Given an order in review for all that the contract allows but $59.99
    most = Dollars(contract.ceiling_dollars)
    rest = most - Dollars("59.99")
    first = submitted_order(on=contract, lines=[line(dollars=rest)])

    # When an order of $60 follows it
    second = drafted_order(on=contract)
    with nothing_happens(), pytest.raises(RoomReserved) as refusal:
        submitted_by(second, "program_manager")

    # Then the sum that was checked is named: issued, reserved, left
    assert "$0.00 and 0 tokens are issued" in refusal.value.message
    assert "$399,940.01 and 20,000,000 tokens are reserved" in refusal.value.message
    assert "$59.99 and" in refusal.value.message
    page = client_for(contracting_officer).get(contract.path).content.decode()
    assert "$399,940.01 and 20,000,000 tokens are reserved" in page
    orders = f"/orders/?contract={contract.public_id}"
    assert orders in page
    listed = client_for(contracting_officer).get(orders).content.decode()
    assert first.title in listed
    assert "are reserved by orders in review" in listed
    # And the vendor reads nothing of what is not signed, an outsider nothing at all
    shown = client_for(vendor_a_signer).get(contract.path).content.decode()
    assert "reserved" not in shown
    assert client_for(other_agency_officer).get(orders).status_code == 404

    # And an edit of the first one gives its part back
    edit_task_order(
        order_id=first.pk,
        terms={"title": "Later"},
        by=actor("program_manager"),
        at=ORDERED_AT,
        seen_version=first.version,
    )
    assert submitted_by(second, "program_manager").state == TaskOrderState.SUBMITTED


def test_a_larger_order_is_reviewed_by_more_people(contract, contracting_officer):
    set_contract_ceiling(
        contract_id=contract.pk,
        stream=contract.stream,
        agency_id=contract.agency_id,
        dollars=Dollars(1_000_000),
        tokens=Tokens(10**9),
        because=contract.subject,
        by=contracting_officer,
        at=ORDERED_AT,
    )
    lines = [line(dollars=Dollars(1_000_000), tokens=Tokens(10**9))]
    order = submitted_order(on=contract, lines=lines)

    route = open_route_of(order.subject)
    assert route is not None
    assert route.steps.count() == 4


@pytest.mark.rule("R-TO-05", case="refused")
@pytest.mark.parametrize(
    ("terms", "lines", "missing"),
    [
        ({"payment_office": ""}, {}, "The order lacks a payment office."),
        ({"description": " "}, {}, "The order lacks a description."),
        ({"place": ""}, {}, "The order lacks a place of performance."),
        ({}, {"funds": []}, "Line 0001 has no accounting data."),
    ],
)
def test_an_incomplete_order_is_not_reviewed(contract, terms, lines, missing):
    order = drafted_order(on=contract, lines=[line(**lines)], **terms)

    with nothing_happens(), pytest.raises(ContentIncomplete) as refusal:
        submitted_by(order, "program_manager")

    assert refusal.value.rule == "R-TO-05"
    assert refusal.value.data["gaps"] == [missing]


def test_an_order_without_a_line_is_not_reviewed(contract):
    order = drafted_order(on=contract, lines=[])

    with nothing_happens(), pytest.raises(ContentIncomplete) as refusal:
        submitted_by(order, "program_manager")

    assert refusal.value.data["gaps"] == ["The order has no line."]


def test_it_is_the_version_that_was_read(contract):
    order = drafted_order(on=contract)

    with nothing_happens(), pytest.raises(Stale):
        submitted_by(order, "program_manager", seen_version=7)


def test_an_order_in_review_is_not_submitted_again(contract):
    order = submitted_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        submitted_by(order, "program_manager")


@pytest.mark.parametrize(
    "outsider",
    ["contracting_officer", "other_agency_officer", "vendor_a_signer"],
)
def test_an_outsider_submits_nothing(contract, outsider):
    order = drafted_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        submitted_by(order, outsider)
