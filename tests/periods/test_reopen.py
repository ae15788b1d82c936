"""A closed month is opened again by the contracting officer, for a reason."""

from datetime import timedelta

import pytest

from contracting.closeout.queries import blockers_of_order
from contracting.core.errors import NotAllowed
from contracting.metering.models import UsageRerating
from contracting.notices.models import Notice
from contracting.periods.operations.reopen import reopen_period
from contracting.periods.queries import chain_of, is_closed, sign_offs_of
from contracting.periods.queries.lists import opened_again
from contracting.periods.refusals import PeriodOpen, ReasonMissing
from contracting.periods.states import EntryKind
from tests.builders_billing import compared
from tests.builders_metering import assert_the_books_balance
from tests.builders_periods import APRIL, REOPENED_AT, closed_month, seen
from tests.cast import actor, nothing_happens

AGAIN_AT = REOPENED_AT + timedelta(days=1)


def reopening(order, by="contracting_officer", reason="A report was restated."):
    return reopen_period(
        order_id=order.pk, month=APRIL, reason=reason, by=actor(by), at=REOPENED_AT
    )


@pytest.mark.rule("R-MET-05", case="allowed")
def test_a_month_is_opened_again_by_another_link_and_closed_by_a_third(order):
    first = closed_month(order)

    link = reopening(order)

    # Then the closing stands as it was, and the chain goes on
    assert (link.number, link.previous_sha256) == (2, first.sha256)
    assert not is_closed(order, APRIL)
    again = [each.what for each in blockers_of_order(order)]
    assert "April 2026 was opened again. Close it first." in again
    assert sign_offs_of(order, APRIL, seen(order, at=AGAIN_AT)) == {}
    told = Notice.objects.filter(title__contains="is open again")
    assert told.exists()

    # And it is signed off and closed anew
    compared(order, at=REOPENED_AT + timedelta(hours=1))
    last = closed_month(order, APRIL, AGAIN_AT)
    assert [each.kind for each in chain_of(order)] == [
        EntryKind.CLOSED,
        EntryKind.REOPENED,
        EntryKind.CLOSED,
    ]
    assert last.previous_sha256 == link.sha256
    assert is_closed(order, APRIL)
    assert opened_again(order) == []
    assert UsageRerating.objects.count() == 0
    assert_the_books_balance()


@pytest.mark.rule("R-MET-05", case="refused")
def test_nobody_else_opens_a_month(order, other_agency_officer):
    closed_month(order)

    for by in ("cor", "payment_certifier", "administrator", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            reopening(order, by=by)
    with nothing_happens(), pytest.raises(NotAllowed):
        reopen_period(
            order_id=order.pk,
            month=APRIL,
            reason="Ours.",
            by=other_agency_officer,
            at=REOPENED_AT,
        )


def test_a_month_is_opened_for_a_reason_and_only_when_it_is_closed(order):
    with nothing_happens(), pytest.raises(PeriodOpen):
        reopening(order)
    closed_month(order)
    with nothing_happens(), pytest.raises(ReasonMissing):
        reopening(order, reason="  ")
