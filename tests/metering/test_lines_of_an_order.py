"""Input ordered on one line and output on another: a call counts on both."""

from datetime import date, timedelta

import pytest

from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.operations.obligate import obligate_funds
from contracting.ledger.operations.open import open_balances
from contracting.ledger.queries import balances_of
from contracting.ledger.states import BalanceLine, Obligation
from contracting.metering.invariants import INVARIANTS
from contracting.metering.models import UsageRating
from contracting.metering.operations.correct import correct_usage
from contracting.orders.models import OrderRate
from tests.builders_metering import CALLED_AT, event, ingested, statuses, usage_source
from tests.builders_orders import ISSUED_AT, line_of_accounting
from tests.cast import actor


@pytest.fixture
def output_line(order):
    """Line 0002 of the order: its output, funded for ten dollars."""
    place = order.lines.get()
    contract_line = place.contract_line
    contract_line.pk, contract_line.public_id, contract_line.clin = None, "", "0902"
    contract_line.save(force_insert=True)
    place.pk, place.public_id, place.contract_line = None, "", contract_line
    place.save(force_insert=True)
    of_output = OrderRate.objects.filter(
        line__order=order, rate_row__token_class__code__startswith="OUT_"
    )
    for agreed in of_output:
        price = agreed.rate_row
        price.pk, price.public_id, price.line = None, "", contract_line
        price.save(force_insert=True)
        OrderRate.objects.filter(pk=agreed.pk).update(line=place, rate_row=price)
    officer, funds = actor("contracting_officer"), line_of_accounting()
    open_balances(
        holder=place.holder,
        contract_id=order.contract_id,
        lines=[BalanceLine("AA", 1, funds.pk, Dollars(60), Tokens(20_000_000))],
        because=order.subject,
        by=officer,
        at=ISSUED_AT,
    )
    obligate_funds(
        obligations=[Obligation(place.holder, "AA", funds.pk, Dollars(10))],
        because=order.subject,
        on=date(2026, 4, 8),
        from_commitment=False,
        by=officer,
        at=ISSUED_AT,
    )
    return place


def consumed(line):
    (balance,) = balances_of(line.holder)
    return balance.consumed_tokens, balance.consumed_dollars


def broken():
    return [said for each in INVARIANTS for said in each.check()]


def test_a_call_is_drawn_on_the_line_of_each_of_its_classes(order, output_line):
    # When a call with a thousand tokens in and a hundred out is received
    assert statuses(ingested(event(1, order=order))) == ["accepted"]

    # Then each class is rated and drawn on its own line
    input_line = order.lines.exclude(pk=output_line.pk).get()
    rated = UsageRating.objects.values_list("token_class_code", "order_line_id")
    assert set(rated) == {
        ("IN_UNCACHED", input_line.pk),
        ("OUT_TEXT", output_line.pk),
    }
    assert consumed(input_line) == (1_000, Dollars("0.002").amount)
    assert consumed(output_line) == (100, Dollars("0.0008").amount)
    assert broken() == []


def test_a_correction_is_posted_on_the_line_of_its_class(order, output_line):
    ingested(event(1, order=order))

    correct_usage(
        source_id=usage_source().pk,
        event_id="call-1",
        correction_id="correction-1",
        changes={"OUT_TEXT": -40},
        reason="Counted twice.",
        by=actor("cor"),
        at=CALLED_AT + timedelta(hours=1),
    )

    assert consumed(output_line)[0] == 60
    assert broken() == []
