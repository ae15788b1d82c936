"""A contract may allow less of a call than its model can have (R-MET-06)."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracting.core.errors import NotAllowed
from contracting.metering.models import UnchargedUsage
from contracting.metering.operations.set_limit import set_usage_limit
from contracting.metering.refusals import TermIncomplete
from contracting.metering.states import Limits
from contracting.reference.models import AiModel
from tests.builders_metering import (
    CALLED_AT,
    MODEL,
    event,
    ingested,
    statuses,
)
from tests.cast import actor, nothing_happens

BOTH = {"IN_UNCACHED": 1_000, "OUT_TEXT": 100}


def limit(order, by="contracting_officer", limits=None, **changed):
    said: dict[str, Any] = {"first_day": date(2026, 4, 1), "says_so": "Clause TOK-12"}
    return set_usage_limit(
        contract_id=order.contract_id,
        model_id=AiModel.objects.get(snapshot=MODEL).pk,
        limits=limits or Limits(latency_ms=30_000),
        by=actor(by),
        at=CALLED_AT,
        **(said | changed),
    )


def test_a_call_slower_than_the_contract_allows_is_free(order):
    limit(order)

    ingested(
        event(1, order=order, latency_ms=30_000),
        event(2, order=order, latency_ms=30_001),
    )

    assert UnchargedUsage.objects.values_list(
        "event_id", "outcome"
    ).distinct().get() == (
        "call-2",
        "TIMED_OUT",
    )


def test_the_limit_of_the_contract_comes_before_that_of_the_model(order):
    # Given a contract that allows less than the model can answer, from a day on
    limit(order, limits=Limits(max_output_tokens=1_000), first_day=CALLED_AT.date())
    much = {"output": 1_001}

    receipt = ingested(
        event(1, order=order, tokens=much),
        event(2, order=order, tokens=much, at=CALLED_AT - timedelta(days=1)),
    )

    assert statuses(receipt) == ["held", "accepted"]


@pytest.mark.rule("R-MET-06", case="refused")
@pytest.mark.parametrize(
    ("limits", "changed"),
    [
        (Limits(), {}),
        (Limits(max_output_tokens=0), {}),
        (Limits(calls_per_minute=5), {"says_so": " "}),
    ],
    ids=["nothing", "zero", "says nowhere"],
)
def test_a_limit_that_says_nothing_is_refused(order, limits, changed):
    with nothing_happens(), pytest.raises(TermIncomplete):
        limit(order, limits=limits, **changed)


@pytest.mark.parametrize("part_name", ["cor", "administrator", "other_agency_officer"])
def test_nobody_else_sets_a_limit(order, part_name):
    with nothing_happens(), pytest.raises(NotAllowed):
        limit(order, by=part_name)
