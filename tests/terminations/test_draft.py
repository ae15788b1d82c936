"""A termination is drafted on one ground, for a day that is yet to come."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.terminations.operations.draft import draft_termination
from contracting.terminations.refusals import (
    CureNotOver,
    TerminationStands,
    WordsMissing,
)
from tests.builders_metering import CALLED_AT
from tests.builders_orders import issued_order
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db

ENDED_AT = CALLED_AT + timedelta(hours=3)


def drafted(order, at=ENDED_AT, by="contract_specialist", whole=False, **terms):
    """Of an order, or of its contract as a whole."""
    return draft_termination(
        contract_id=order.contract_id,
        order_id=None if whole else order.pk,
        **{
            "ground": "CONVENIENCE",
            "text": "The program has ended.",
            "stop_on": at.date() + timedelta(days=2),
            **terms,
        },
        by=actor(by),
        at=at,
    )


def test_it_names_its_ground_and_a_day_and_stands_alone():
    order = issued_order()
    for wrong in (
        {"ground": "WHIM"},
        {"text": " "},
        {"stop_on": ENDED_AT.date() - timedelta(days=1)},
        {"stop_on": order.period_end + timedelta(days=1)},
    ):
        with nothing_happens(), pytest.raises(WordsMissing):
            drafted(order, **wrong)
    for part in ("cor", "vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            drafted(order, by=part)
    with nothing_happens(), pytest.raises(CureNotOver):
        drafted(order, ground="CAUSE")

    drafted(order)

    with nothing_happens(), pytest.raises(TerminationStands):
        drafted(order)
