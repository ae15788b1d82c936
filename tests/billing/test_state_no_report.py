"""Whoever states that there is no report says why, and of a month that is over."""

from __future__ import annotations

import pytest
from django.urls import reverse

from contracting.billing.models import ReportAnswer
from contracting.billing.operations.state_no_report import state_no_report
from contracting.billing.refusals import ReportNotAskable
from contracting.core.errors import NotAllowed
from tests.billing.test_ask_for_report import APRIL, LATE
from tests.cast import actor, client_for, nothing_happens, submit


def stated(order, *, by="vendor_a_member", kind="NONE", reason="None.", month=APRIL):
    return state_no_report(
        order_id=order.pk, month=month, kind=kind, reason=reason, by=actor(by), at=LATE
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": " "},
        {"kind": "PERHAPS"},
        {"month": LATE.date()},
        {"kind": "COULD_NOT_ASK"},
    ],
    ids=["no reason", "no kind", "a running month", "the vendor about itself"],
)
def test_an_answer_that_says_nothing_is_refused(order, changed):
    with nothing_happens(), pytest.raises(ReportNotAskable):
        stated(order, **changed)


def test_a_month_is_answered_once(order):
    stated(order)

    with nothing_happens(), pytest.raises(ReportNotAskable):
        stated(order, by="cor")


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_b_signer"])
def test_nobody_else_states_it(order, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        stated(order, by=outsider)


def test_the_vendor_states_it_on_its_page(order, told_the_time):
    told_the_time(LATE)
    page = reverse("billing:state_no_report", args=[order.public_id])

    answer = submit(
        client_for(actor("vendor_a_member")),
        page,
        {"month": "2026-04-01", "kind": "NONE", "reason": "Nothing was used."},
    )

    assert answer.status_code == 303
    assert ReportAnswer.objects.get().said_by_vendor
