"""A run works out what usage would cost now, and changes nothing by it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.metering.models import RatingDifference, UsageRerating
from contracting.metering.operations.declare_record import declare_source_of_record
from contracting.metering.refusals import (
    NothingToRerate,
    ReasonMissing,
    TooMuchToRerate,
)
from contracting.metering.states import LeftAlone, RatingRunState
from tests.builders_metering import CALLED_AT, event, ingested, usage_source
from tests.builders_reratings import KNOWN_AT, prepared, price_fell
from tests.cast import actor, nothing_happens

BEFORE = CALLED_AT
"""20 April: a day on which the old price holds."""

AFTER = CALLED_AT + timedelta(days=3)
"""23 April: a day on which the lower price holds."""

NEXT = AFTER + timedelta(days=1)


def rows_of(run):
    return [
        (
            row.day,
            row.token_class_code,
            row.tokens,
            row.old_usd_per_million_tokens,
            row.usd_per_million_tokens,
            row.change,
            row.is_closed,
        )
        for row in RatingDifference.objects.filter(run=run).order_by("pk")
    ]


@pytest.fixture
def fell(order, contract):
    """A call before the day and two after it; then it is known that a price fell."""
    ingested(event(1, order=order, at=BEFORE))
    ingested(event(2, order=order, at=AFTER), at=AFTER)
    ingested(event(3, order=order, at=NEXT), at=NEXT)
    price_fell(contract)
    return contract


def test_a_run_reports_by_day_class_and_both_prices_what_would_change(fell):
    # When a specialist prepares a run over all days
    run = prepared(fell)

    # Then only the class and the days of the lower price would change
    assert run.state == RatingRunState.DRAFT
    assert (run.calls, run.left) == (3, [])
    assert rows_of(run) == [
        (
            day,
            "IN_UNCACHED",
            1_000,
            Decimal("2.000000"),
            Decimal("1.500000"),
            Dollars("-0.0005"),
            False,
        )
        for day in (date(2026, 4, 23), date(2026, 4, 24))
    ]
    for row in run.differences.all():
        assert row.old_rate_row != row.rate_row
        assert (row.lines, row.tier) == (1, "STANDARD")
    assert not UsageRerating.objects.exists()


def test_what_cannot_be_rated_anew_is_counted_with_its_reason(fell, order):
    # Given that another source is said to be of record for the second of the days
    declare_source_of_record(
        order_id=order.pk,
        source_id=usage_source("callback").pk,
        key_ref="",
        first_day=date(2026, 4, 24),
        reason="It sees every call.",
        by=actor("cor"),
        at=KNOWN_AT,
    )

    # When a run looks at all days
    run = prepared(fell)

    # Then those calls stay as they are, and the run says why and how many
    assert run.left == [[LeftAlone.WITNESS, "", 1]]
    assert [row[:3] for row in rows_of(run)] == [
        (date(2026, 4, 23), "IN_UNCACHED", 1_000)
    ]


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"reason": " "}, ReasonMissing),
        (
            {"first_day": date(2026, 5, 2), "last_day": date(2026, 5, 1)},
            TooMuchToRerate,
        ),
        ({"last_day": date(2026, 4, 21)}, NothingToRerate),
        ({"order_id": 0}, TooMuchToRerate),
    ],
)
def test_a_run_that_says_nothing_is_refused(fell, said, refusal):
    with nothing_happens(), pytest.raises(refusal):
        prepared(fell, **said)


def test_more_than_one_run_looks_at_is_refused(fell, monkeypatch):
    monkeypatch.setattr("contracting.metering.operations.rerate.MOST_LINES", 5)

    with nothing_happens(), pytest.raises(TooMuchToRerate) as refusal:
        prepared(fell)

    assert refusal.value.data["lines"] == 6


def test_an_outsider_prepares_nothing(fell):
    for outsider in ("vendor_a_signer", "other_agency_officer", "administrator"):
        with nothing_happens(), pytest.raises(NotAllowed):
            prepared(fell, by=outsider)
