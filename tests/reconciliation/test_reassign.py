"""Usage that belongs to another order is moved there: reversal and replacement."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.metering.models import EveryEvent, UsageRating
from contracting.orders.models import TaskOrder
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.resolve import resolve_finding
from contracting.reconciliation.queries.inbox import effects_of
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    COMPARED_AT,
    Call,
    compared,
    reported,
    used,
)
from tests.builders_metering import assert_the_books_balance
from tests.builders_orders import issued_order
from tests.builders_settlement import balances
from tests.cast import actor, client_for, nothing_happens

RESOLVED_AT = ACCEPTED_AT + timedelta(days=1)
STRAY = Call("r-9", {"OUT_TEXT": 500, "IN_UNCACHED": 1_000})
"""Half a cent and a fifth of a cent, less a bit: $0.004 and $0.002."""


@pytest.fixture
def other(order: TaskOrder) -> TaskOrder:
    """The order on which our meter counted what the vendor reports on the first."""
    strange = issued_order()
    reported(order, [*CALLS, STRAY])
    reported(strange, [])
    used(strange, [STRAY])
    compared(order)
    compared(strange)
    return strange


def left_on(order: TaskOrder) -> Finding:
    return Finding.objects.get(order=order)


def reassigned(finding: Finding, order: TaskOrder, by: str = "contracting_officer"):
    return resolve_finding(
        finding_id=finding.pk,
        code="reassign",
        reason="The key was mapped to the wrong order.",
        reassigned_to=order.lines.get().pk,
        by=actor(by),
        at=RESOLVED_AT,
    )


def consumed(order: TaskOrder) -> tuple[int, Dollars]:
    (row,) = balances(order)
    return row.consumed_tokens, Dollars(row.consumed_dollars)


def test_what_our_meter_counts_on_the_wrong_order_is_moved(order, other):
    # Given a call of $0.006 that our meter has on one order, the vendor on another
    before, (tokens, dollars) = consumed(order), consumed(other)
    assert (tokens, dollars) == (1_500, Dollars("0.006"))
    told = {each.code: each for each in effects_of(left_on(other), RESOLVED_AT)}
    assert "1,500 tokens of our meter move" in told["reassign"].words

    # When the officer says that it belongs to the order of the vendor's report
    resolution = reassigned(left_on(other), order)

    # Then it is counted there and not here, to the token and the cent
    assert resolution.moved_tokens == 1_500
    assert consumed(other) == (0, Dollars())
    assert consumed(order) == (before[0] + 1_500, before[1] + Dollars("0.006"))

    # And what was recorded stays, with two rows beside it that name it
    rows = EveryEvent.objects.filter(operation_id="r-9")
    assert sorted(rows.values_list("corrects", flat=True)) == [
        *("", "call-r-9-1", "call-r-9-1")
    ]
    signed = UsageRating.objects.filter(event_id__in=rows.values("event_id"))
    assert sorted(signed.values_list("tokens", flat=True)) == [
        *(-1_000, -500),
        *(500, 500, 1_000, 1_000),
    ]
    assert_the_books_balance()

    # And the next comparison finds nothing more on either order
    for each in (order, other):
        again = compared(each, at=RESOLVED_AT + timedelta(hours=1))
        assert again.a_tokens == again.b_tokens
    assert Finding.objects.count() == 2


def test_what_the_vendor_counts_on_the_wrong_order_moves_nothing_of_ours(order, other):
    before = consumed(order), consumed(other)

    resolution = reassigned(left_on(order), other)

    assert resolution.moved_tokens == 0
    assert (consumed(order), consumed(other)) == before


def test_nobody_else_moves_it(order, other):
    finding = left_on(other)
    for part in ("vendor_a_signer", "payment_certifier", "program_manager"):
        with nothing_happens(), pytest.raises(NotAllowed):
            reassigned(finding, order, by=part)


def test_the_page_says_what_was_moved(order, other, told_the_time):
    told_the_time(RESOLVED_AT)
    finding = left_on(other)
    reassigned(finding, order)

    shown = client_for(actor("cor")).get(finding.path).content.decode()
    assert "1,500 tokens of our meter were moved" in shown
    assert COMPARED_AT < RESOLVED_AT
