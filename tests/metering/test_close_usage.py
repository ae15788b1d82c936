"""What is accepted is closed: its ratings stay, and a new price is an adjustment."""

from datetime import timedelta
from decimal import Decimal

import pytest

from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.ledger.queries import balances_of
from contracting.metering.models import ClosedUsage, DailyUsage, UsageRerating
from contracting.metering.operations.close_usage import Kind, close_usage
from contracting.metering.queries.reratings import adjustments_of
from contracting.reference.models import AiModel
from tests.builders_metering import (
    CALLED_AT,
    MODEL,
    assert_the_books_balance,
    event,
    ingested,
)
from tests.builders_reratings import approved, prepared, price_fell
from tests.cast import actor

AFTER = CALLED_AT + timedelta(days=3)


@pytest.mark.rule("R-MET-05", case="allowed")
def test_a_closed_period_changes_by_an_adjustment_in_the_open_one(order, contract):
    # Given two calls of an hour that is closed, and one that came late for it
    ingested(event(1, order=order, at=AFTER), event(2, order=order, at=AFTER), at=AFTER)
    line = order.lines.get()
    kind = Kind(
        line.pk,
        AiModel.objects.get(snapshot=MODEL).pk,
        "IN_UNCACHED",
        "STANDARD",
        AFTER,
        AFTER + timedelta(hours=1),
    )
    made = close_usage(
        kinds=[kind],
        because=Subject("reconciliation.acceptance", 1, contract.stream),
        by=actor("cor"),
        at=AFTER + timedelta(hours=2),
    )
    assert made == list(ClosedUsage.objects.all())
    ingested(event(3, order=order, at=AFTER), at=AFTER + timedelta(hours=3))

    # When a lower price is known for that day, and the run is approved
    price_fell(contract)
    run = approved(prepared(contract))

    # Then what is closed stays drawn and rolled up as it was; what was late is not
    (balance,) = balances_of(line.holder)
    assert balance.consumed_dollars == 3 * Decimal("0.0028") - Decimal("0.0005")
    uncached = DailyUsage.objects.get(token_class_code="IN_UNCACHED")
    assert (uncached.tokens, uncached.dollars) == (3_000, Decimal("0.0055"))
    rows = UsageRerating.objects.values_list("event_id", "is_adjustment")
    assert dict(rows) == {"call-1": True, "call-2": True, "call-3": False}

    # And the difference is an adjustment of its own, to the last digit
    (adjustment,) = adjustments_of(order)
    assert adjustment.run == run.public_id
    assert (adjustment.tokens, adjustment.change) == (2_000, Dollars("-0.001"))
    assert adjustments_of(order, at=AFTER) == []
    assert_the_books_balance()

    # And a second fall adjusts what the first has left
    price_fell(contract, "1.2")
    approved(prepared(contract))
    changes = [each.change for each in adjustments_of(order)]
    assert changes == [Dollars("-0.001"), Dollars("-0.0006")]
    assert_the_books_balance()
