"""Comparisons and an acceptance of one order meet over real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from contracting.billing.states import InvoiceState
from contracting.core.errors import Refusal
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of
from contracting.operate.queries import broken_invariants
from contracting.reconciliation.models import Acceptance, Finding, ReconciliationRun
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.refusals import AlreadyAccepted
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    TOTAL,
    compared,
    invoiced,
    reported,
    used,
)
from tests.builders_orders import issued_order
from tests.cast import actor


@pytest.fixture
def order(own_database):
    """A used order whose vendor lists a call twice."""
    signed = issued_order()
    used(signed)
    reported(signed, [*CALLS, CALLS[1]])
    return signed


def at_one_instant(*works):
    """Each on a connection of its own, at one barrier; what it gives or is refused."""
    barrier = Barrier(len(works))

    def run(work):
        connection.ensure_connection()
        barrier.wait(timeout=60)
        try:
            return work()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_a_difference_that_many_comparisons_find_is_one_finding(order):
    runs = at_one_instant(*[lambda: compared(order)] * 6)

    assert len({run.result_sha256 for run in runs}) == 1
    assert ReconciliationRun.objects.count() == 6
    assert [row.code for row in Finding.objects.all()] == ["DUPLICATE"]


def test_an_invoice_is_accepted_once_while_it_is_compared_again(order):
    # Given an invoice of what our meter has, compared once
    invoice = invoiced(order)
    compared(order, invoice)
    cor = actor("cor")

    # When it is accepted three times and compared three times at once
    def accept():
        return accept_usage(invoice_id=invoice.pk, by=cor, at=ACCEPTED_AT)

    given = at_one_instant(*[accept, lambda: compared(order, invoice)] * 3)

    # Then one acceptance holds, and the ledger has it once
    refused = [each for each in given if isinstance(each, Refusal)]
    assert [type(each) for each in refused] == [AlreadyAccepted] * 2
    assert Acceptance.objects.filter(invoice=invoice).count() == 1
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.ACCEPTED
    (balance,) = balances_of(order.lines.get().holder)
    assert Dollars(balance.accepted_dollars) == TOTAL
    assert broken_invariants() == {}
