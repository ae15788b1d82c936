"""What is used and not accepted at the end of a month is accrued, exact and by ACRN."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, total_dollars
from contracting.periods.models import Accrual
from contracting.periods.operations.accrue import accrue_month
from contracting.periods.operations.reverse import reverse_accruals
from contracting.periods.refusals import MonthNotOver
from contracting.periods.states import Basis
from contracting.reconciliation.operations.accept import accept_usage
from tests.builders_billing import (
    Call,
    compared,
    invoiced,
    reported,
    stated,
    used,
)
from tests.builders_metering import assert_the_books_balance, event, ingested
from tests.builders_periods import APRIL, APRIL_ENDED_AT, MAY
from tests.cast import actor, nothing_happens

MAY_ENDED_AT = APRIL_ENDED_AT + timedelta(days=31)
NIGHT = timedelta(hours=5)


def accrued(order, month=APRIL, at=APRIL_ENDED_AT + NIGHT, by="payment_certifier"):
    return accrue_month(order_id=order.pk, month=month, by=actor(by), at=at)


def total(rows):
    return total_dollars(Dollars(row.dollars) for row in rows)


def test_all_that_is_accepted_leaves_nothing_to_accrue(order):
    assert accrued(order) == []


def test_what_is_not_accepted_is_accrued_with_what_is_in_suspense(order):
    # Given two calls of April that nobody has accepted, one of them in suspense, and
    # one of May
    used(order, [Call("r-new", {"OUT_TEXT": 1_111}, minute=50)], at=APRIL_ENDED_AT)
    ingested(event("held", order=order, model="nobody-knows-it"), at=APRIL_ENDED_AT)
    ingested(
        event("may", order=order, at=APRIL_ENDED_AT + NIGHT), at=APRIL_ENDED_AT + NIGHT
    )

    rows = accrued(order, at=APRIL_ENDED_AT + 2 * NIGHT)

    # Then the call of April is accrued exactly, on its line and ACRN
    meter, held = sorted(rows, key=lambda row: row.basis)
    assert (meter.basis, meter.acrn, meter.order_line.clin) == (
        Basis.METER,
        "AA",
        "0001",
    )
    assert (meter.dollars, meter.cents) == (Decimal("0.008888"), Decimal("0.01"))
    assert meter.posted_on == date(2026, 4, 30)
    assert (held.basis, held.order_line) == (Basis.SUSPENSE, None)
    assert held.dollars > 0

    # And once more changes nothing
    assert accrued(order, at=MAY_ENDED_AT) == rows
    assert_the_books_balance()


def test_accruals_and_acceptances_telescope_to_what_was_used(order):
    """accrual(M) - accrual(M-1) + accepted in M is the cost of M, to the last digit."""
    # Given a call of April, invoiced and accepted in May, and one of May
    late = Call("r-new", {"OUT_TEXT": 33_333}, minute=50)
    used(order, [late], at=APRIL_ENDED_AT)
    april = total(accrued(order))
    reverse_accruals(
        order_id=order.pk, by=actor("funds_certifier"), at=APRIL_ENDED_AT + NIGHT
    )
    reported(order, [late], label="R-2", at=APRIL_ENDED_AT + NIGHT)
    at = APRIL_ENDED_AT + timedelta(days=9)
    invoice = invoiced(
        order,
        [stated("OUT_TEXT", 33_333, kind="ADJUSTMENT")],
        number="MM-2605-001",
        at=at,
        period_end=APRIL_ENDED_AT,
    )
    compared(order, invoice, at=at)
    acceptance = accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=at)
    in_may = APRIL_ENDED_AT + timedelta(days=20)
    ingested(event("may", order=order, at=in_may), at=in_may)

    # When May is accrued
    may = total(accrued(order, MAY, MAY_ENDED_AT + NIGHT))

    # Then what April left is what was accepted of it, and May is what May has used
    accepted = Dollars(acceptance.exact_dollars)
    assert april == accepted == Dollars("0.266664")
    assert may == Dollars("0.0028")
    assert may - april + accepted == Dollars("0.0028")
    assert_the_books_balance()


def test_a_month_is_accrued_from_its_last_day_on(order):
    with nothing_happens(), pytest.raises(MonthNotOver):
        accrued(order, at=APRIL_ENDED_AT - timedelta(days=1, hours=1))

    used(order, [Call("r-new", {"OUT_TEXT": 1_111}, minute=50)], at=APRIL_ENDED_AT)
    assert accrued(order, at=APRIL_ENDED_AT - timedelta(hours=1))


def test_others_accrue_nothing(order, other_agency_officer):
    for by in ("cor", "contracting_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            accrued(order, by=by)
    with nothing_happens(), pytest.raises(NotAllowed):
        accrue_month(
            order_id=order.pk,
            month=APRIL,
            by=other_agency_officer,
            at=APRIL_ENDED_AT + NIGHT,
        )
    assert not Accrual.objects.exists()
