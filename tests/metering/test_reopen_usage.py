"""A closing that no longer holds lets usage be rated anew; what came late is listed."""

from datetime import timedelta

import pytest

from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.metering.models import UsageRerating
from contracting.metering.operations.close_usage import Kind, close_usage
from contracting.metering.operations.correct import correct_usage
from contracting.metering.operations.reopen_usage import reopen_usage
from contracting.metering.queries.late import late_usage
from contracting.reference.models import AiModel
from tests.builders_metering import (
    CALLED_AT,
    MODEL,
    assert_the_books_balance,
    event,
    ingested,
    usage_source,
)
from tests.builders_reratings import approved, prepared, price_fell
from tests.cast import actor

AFTER = CALLED_AT + timedelta(days=3)
HOUR = timedelta(hours=1)
LATE_AT = AFTER + 3 * HOUR


@pytest.fixture
def month(contract):
    return Subject("periods.entry", 1, contract.stream)


@pytest.fixture
def closed(order, month):
    """An hour with one call, closed for a month."""
    ingested(event(1, order=order, at=AFTER), at=AFTER)
    kind = Kind(
        order.lines.get().pk,
        AiModel.objects.get(snapshot=MODEL).pk,
        "IN_UNCACHED",
        "STANDARD",
        AFTER,
        AFTER + HOUR,
    )
    by = actor("contracting_officer")
    close_usage(kinds=[kind], because=month, by=by, at=AFTER + 2 * HOUR)
    return order


def test_what_came_late_is_listed_under_its_period_and_corrections_with_it(closed):
    assert late_usage(closed) == []

    # When a call of that hour comes late, and both calls are corrected later still
    ingested(event(2, order=closed, at=AFTER), at=LATE_AT)
    correct_usage(
        source_id=usage_source().pk,
        event_id="call-1",
        correction_id="call-1-c",
        changes={"IN_UNCACHED": -300},
        reason="Counted twice.",
        by=actor("cor"),
        at=LATE_AT + HOUR,
    )

    # Then both stand under the hour in which the calls were made, and nothing else
    (found,) = late_usage(closed)
    assert (found.start, found.end) == (AFTER, AFTER + HOUR)
    assert (found.lines, found.tokens, found.dollars) == (2, 700, Dollars("0.0014"))
    assert (found.first_at, found.last_at) == (LATE_AT, LATE_AT + HOUR)
    assert late_usage(closed, "reconciliation.acceptance") == []


def test_what_is_reopened_is_rated_anew_like_open_usage(closed, contract, month):
    # Given the month is open again
    reopen_usage(closed_by=month, by=actor("contracting_officer"), at=LATE_AT)

    # When a lower price is known and approved
    price_fell(contract)
    approved(prepared(contract))

    # Then the usage itself changes, and nothing is an adjustment
    rows = UsageRerating.objects.values_list("event_id", "is_adjustment")
    assert dict(rows) == {"call-1": False}
    assert late_usage(closed) == []
    assert_the_books_balance()
