"""What is not accepted for long has an explanation, or is asked for."""

from datetime import timedelta

from contracting.core.quantities import Dollars
from contracting.orders.models import TaskOrder
from contracting.periods.queries.ageing import aged
from tests.builders_billing import Call, compared, used
from tests.builders_periods import CLOSED_AT
from tests.cast import actor, client_for

LATER = CLOSED_AT + timedelta(days=120)


def old(order, at=LATER):
    return aged(TaskOrder.objects.filter(pk=order.pk).select_related("contract"), at)


def test_what_is_accepted_in_full_is_never_old(order):
    assert old(order) == []


def test_what_nobody_has_decided_on_is_asked_for_after_some_days(order, told_the_time):
    # Given a call of April that is neither accepted nor found to differ
    used(order, [Call("r-new", {"OUT_TEXT": 1_111}, minute=50)], at=CLOSED_AT)
    assert old(order, CLOSED_AT) == []

    (found,) = old(order)
    assert found.dollars == found.unexplained == Dollars("0.008888")
    told_the_time(LATER)
    page = client_for(actor("payment_certifier")).get("/accruals/")
    assert b"$0.008888 is not accepted for long" in page.content

    # When it is compared, the discrepancy explains it
    compared(order, at=LATER)
    (found,) = old(order)
    assert (found.findings, found.unexplained) == (Dollars("0.008888"), Dollars())
