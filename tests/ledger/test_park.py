"""A delta that cannot be folded is put aside whole, and put back whole."""

from datetime import UTC, date, datetime

import pytest

from contracting.core.quantities import UnitPrice
from contracting.ledger.models import ParkedDelta, UsageDelta
from contracting.ledger.models.deltas import DELTA_COLUMNS
from contracting.ledger.operations.consume import consume
from contracting.ledger.operations.park import park_delta
from contracting.ledger.operations.unpark import unpark_delta
from contracting.ledger.queries import (
    pending_by_line,
    roller_lag,
    waiting_lines,
    waiting_of,
)
from contracting.ledger.states import Delta, Position
from tests.ledger.conftest import BATCH, LINE, usd

AT = datetime(2026, 4, 20, 14, tzinfo=UTC)


@pytest.fixture
def delta(burning):
    """A thousand tokens at two dollars a million wait for the roller."""
    call = Position(AT, "gateway", "call-1")
    value = Delta(
        holder=LINE,
        key="rate 1",
        unit_price=UnitPrice("2"),
        rate_row_id=1,
        hour=AT,
        day=date(2026, 4, 20),
        events=1,
        tokens=1_000,
        dollars=usd("0.002"),
        first=call,
        last=call,
    )
    consume(deltas=[value], because=BATCH, at=AT)
    (row,) = UsageDelta.objects.all()
    assert row.value == value
    return row


def columns(row):
    return [getattr(row, name) for name in DELTA_COLUMNS]


def test_it_is_parked_and_put_back_as_it_was(delta, burning):
    assert waiting_lines(LINE.kind) == [LINE.id]

    parked = park_delta(delta_id=delta.pk, reason="Broken.", by=burning.officer, at=AT)

    assert parked is not None
    assert waiting_lines(LINE.kind) == []
    assert not roller_lag()
    assert columns(parked) == columns(delta)
    assert (parked.reason, parked.waiting_since) == ("Broken.", delta.recorded_at)
    assert pending_by_line(LINE.kind)[LINE.id].tokens == 1_000
    assert pending_by_line(LINE.kind, parked=False) == {}

    back = unpark_delta(parked_id=parked.pk, by=burning.officer, at=AT)

    assert back is not None
    assert columns(back) == columns(delta)
    assert waiting_of(LINE) == [back.pk]
    assert not ParkedDelta.objects.exists()


def test_what_is_folded_meanwhile_is_not_parked(delta, burning):
    UsageDelta.objects.all().delete()

    assert park_delta(delta_id=delta.pk, reason="", by=burning.officer, at=AT) is None
    assert unpark_delta(parked_id=1, by=burning.officer, at=AT) is None
