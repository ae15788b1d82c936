"""The story's order that asks before each of the real calls, and stops at its limit."""

from __future__ import annotations

from datetime import timedelta

from contracting.core.quantities import Dollars
from contracting.ledger.models import Balance
from contracting.metering.models import (
    Reservation,
    Settlement,
    UsageEvent,
    UsageRating,
)
from contracting.notices.models import Notice
from contracting.operate.queries import broken_invariants
from contracting.operate.story import stop
from contracting.orders.models import HOLDER_OF_A_LINE


def test_it_stops_at_the_call_that_was_foretold_after_four_notices(told):
    # Given what the gate answered to each call
    found = told.stop
    assert found.wrong == []

    # Then the first refusal is the call that prices and funds foretell
    assert found.stopped_at is not None
    before = [row for row in found.granted if row < found.refused[0]]
    assert found.refused[0] == found.foretold == len(before) + 1
    assert "the funds of line 0001" in found.refusal

    # And its people were told before, at each share in its turn
    assert [percent for percent, _at in found.notices] == [50, 75, 85, 90]
    instants = [at for _percent, at in found.notices]
    assert instants == sorted(instants)
    assert instants[-1] < found.stopped_at < instants[0] + timedelta(hours=1)
    titles = Notice.objects.filter(title__contains=found.order.piid)
    assert titles.filter(title__contains="90 percent").exists()


def test_what_was_granted_counts_and_nothing_passes_the_funds(told):
    found = told.stop
    names = [f"tryout-{row:06d}" for row in found.granted]

    # Then each call that was granted counts once, and no other
    events = UsageEvent.objects.filter(order_ref=found.order.public_id)
    assert sorted(events.values_list("event_id", flat=True)) == sorted(names)
    assert Reservation.objects.count() == len(names)
    assert Settlement.objects.filter(over_dollars=0).count() == len(names)

    # And it is all on the balance and within the funds
    rated = UsageRating.objects.filter(order_line__order=found.order)
    exact = Dollars(sum(rated.values_list("dollars", flat=True)))
    assert exact == found.used
    assert exact.amount <= stop.FUNDS.amount
    (line,) = found.order.current_lines()
    balance = Balance.objects.get(
        line__holder_kind=HOLDER_OF_A_LINE, line__holder_id=line.pk
    )
    assert balance.consumed_dollars == exact.amount <= balance.obligated_dollars
    assert broken_invariants() == {}
