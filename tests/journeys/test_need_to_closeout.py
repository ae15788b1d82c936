"""The main job once through, on one real hour of usage, to the token and the cent."""

from __future__ import annotations

from decimal import Decimal

from contracting.audit.queries import verify_chains
from contracting.ledger.models import Balance, ContractBalance
from contracting.metering.models import UsageBatch, UsageEvent, UsageRating
from contracting.operate.queries import broken_invariants
from contracting.operate.story import settle, truth
from contracting.orders.states import TaskOrderState
from contracting.payments.models import Payment
from contracting.reconciliation.models import Finding


def rows(found):
    return {tuple(sorted(row.items())) for row in found}


def test_need_to_closeout(told):
    # Then the gateway's totals are exactly those of the trace
    ratings = UsageRating.objects.filter(order_line__order=told.order)
    by_class = {
        code: sum(
            ratings.filter(token_class_code=code).values_list("tokens", flat=True)
        )
        for code in truth.CLASSES
    }
    assert by_class["IN_UNCACHED"] + by_class["IN_CACHE_READ"] == 18_059_974
    assert by_class["OUT_TEXT"] + by_class["OUT_REASONING"] == 245_896
    events = UsageEvent.objects.filter(order_ref=told.order.public_id)
    assert events.count() == truth.CALLS

    # And each planted fault is found with its code and exact amount, and nothing else
    assert rows(told.found) == rows(told.planted)
    assert len(told.found) == len(told.planted) == 5
    assert not Finding.objects.filter(resolution__isnull=True).exists()

    # And the batch that was sent twice is counted once
    again = UsageBatch.objects.filter(duplicate__gt=0).get()
    assert again.duplicate == again.received

    # And what is paid is what our own meter says, rounded on each line, less a credit
    payment = Payment.objects.get()
    exact = sum(ratings.values_list("dollars", flat=True))
    credit = payment.certification.offset_dollars
    assert credit == settle.CREDIT.amount
    assert abs(payment.dollars + credit - exact) < Decimal("0.13")

    # And after close-out nothing is bound that was not paid
    assert told.order.state == TaskOrderState.CLOSED
    for balance in Balance.objects.filter(line__contract_id=told.contract.pk):
        assert balance.obligated_dollars == balance.paid_dollars
    ordered = ContractBalance.objects.get(contract_id=told.contract.pk)
    assert ordered.ordered_tokens == 18_059_974 + 245_896
    assert ordered.ordered_dollars == payment.dollars

    # And the books balance and the chains hold
    assert broken_invariants() == {}
    assert list(verify_chains()) == []
