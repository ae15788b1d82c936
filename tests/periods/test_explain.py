"""What cannot be mended is explained, and only for what was found."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.metering.operations.record_heartbeat import record_heartbeat
from contracting.periods.operations.explain import explain_period
from contracting.periods.queries.checks import checks_of, in_the_way
from contracting.periods.refusals import NothingToExplain, PeriodClosed, ReasonMissing
from contracting.periods.states import Condition
from tests.builders_metering import event, ingested, usage_source
from tests.builders_periods import APRIL, APRIL_ENDED_AT, CLOSED_AT, closed_month
from tests.cast import actor, machine, nothing_happens


def explaining(order, condition, *, by="cor", reason="The gateway's own log is whole."):
    return explain_period(
        order_id=order.pk,
        month=APRIL,
        condition=condition,
        reason=reason,
        by=actor(by),
        at=CLOSED_AT,
    )


def stands(order, condition):
    return [
        each
        for each in in_the_way(checks_of(order, APRIL, CLOSED_AT))
        if each.condition == condition
    ]


def test_a_source_that_never_tells_of_a_watermark_is_explained(accepted):
    (check,) = stands(accepted, Condition.WATERMARK)
    assert check.may_be_explained

    (made,) = explaining(accepted, Condition.WATERMARK)

    assert made.facts == check.facts
    assert stands(accepted, Condition.WATERMARK) == []


def test_a_source_that_is_behind_is_not_explained_away(accepted):
    record_heartbeat(
        source_id=usage_source().pk,
        watermark=APRIL_ENDED_AT - timedelta(hours=1),
        by=machine("gateway"),
        at=CLOSED_AT,
    )
    (check,) = stands(accepted, Condition.WATERMARK)
    assert not check.may_be_explained

    with nothing_happens(), pytest.raises(NothingToExplain):
        explaining(accepted, Condition.WATERMARK)


def test_one_more_call_in_suspense_needs_another_explanation(order):
    def held(number):
        return event(number, order=order, model="nobody-knows-it")

    ingested(held(1), at=APRIL_ENDED_AT)
    explaining(order, Condition.SUSPENSE, reason="A trial of a model.")
    assert stands(order, Condition.SUSPENSE) == []

    ingested(held(2), at=APRIL_ENDED_AT)
    assert stands(order, Condition.SUSPENSE)


def test_a_number_that_is_missing_is_explained(order):
    ingested(
        event("a", order=order, meter_seq=7),
        event("b", order=order, meter_seq=9),
        at=APRIL_ENDED_AT,
    )
    (gap,) = stands(order, Condition.GAPS)
    assert "Call number 8 has not arrived" in gap.facts

    explaining(order, Condition.GAPS, reason="A test call of the gateway's makers.")
    assert stands(order, Condition.GAPS) == []


def test_an_explanation_has_a_reason_and_something_to_explain(order, accepted):
    with nothing_happens(), pytest.raises(ReasonMissing):
        explaining(order, Condition.WATERMARK, reason=" ")
    with nothing_happens(), pytest.raises(NothingToExplain):
        explaining(order, Condition.SUSPENSE)
    closed_month(order)
    with nothing_happens(), pytest.raises(PeriodClosed):
        explaining(order, Condition.SUSPENSE)


def test_others_explain_nothing(accepted, other_agency_officer):
    for by in ("auditor", "payment_certifier", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            explaining(accepted, Condition.WATERMARK, by=by)
    with nothing_happens(), pytest.raises(NotAllowed):
        explain_period(
            order_id=accepted.pk,
            month=APRIL,
            condition=Condition.WATERMARK,
            reason="Ours.",
            by=other_agency_officer,
            at=CLOSED_AT,
        )
