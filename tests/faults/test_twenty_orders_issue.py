"""Twenty orders on one contract and one line of accounting that holds nineteen."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import OperationalError, connection

from contracting.core.errors import Refusal
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.invariants import INVARIANTS as LEDGER
from contracting.ledger.models import FundsBalance
from contracting.ledger.queries import contract_balance
from contracting.orders.invariants import INVARIANTS as ORDERS
from contracting.orders.models import TaskOrder
from contracting.orders.operations.certify import certify_task_order_funds
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.states import FundsDraft, TaskOrderState
from tests.builders_orders import (
    ISSUED_AT,
    approved_order,
    awarded_contract,
    line,
    line_of_accounting,
)
from tests.cast import actor

ORDERS_READY = 20


def at_one_instant(orders, verb):
    """Each order on a connection of its own, at one barrier; what each was told.

    Whoever waits too long for a lock is told to try again, and does.
    """
    barrier = Barrier(len(orders))

    def does(order):
        connection.ensure_connection()
        barrier.wait(timeout=60)
        try:
            return told(order)
        finally:
            connection.close()

    def told(order):
        while True:
            try:
                verb(order)
            except OperationalError as error:
                if "lock timeout" not in str(error):
                    raise
            except Refusal as refusal:
                return refusal
            else:
                return None

    with ThreadPoolExecutor(len(orders)) as pool:
        return [each for each in pool.map(does, orders) if each is not None]


def test_exactly_nineteen_of_twenty_orders_are_certified_and_issued(own_database):
    # Given twenty approved orders of a dollar each on a line that holds nineteen
    contract = awarded_contract()
    funds = line_of_accounting(label="Nineteen dollars", dollars="19.00")
    stated = line(
        tokens=Tokens(100_000),
        dollars=Dollars("1.00"),
        funds=[FundsDraft("AA", funds.pk, Dollars("1.00"))],
    )
    orders = [approved_order(on=contract, lines=[stated]) for _ in range(ORDERS_READY)]
    certifier, officer = actor("funds_certifier"), actor("contracting_officer")

    # When all are certified at once, and all are signed at once
    not_certified = at_one_instant(
        orders,
        lambda order: certify_task_order_funds(
            order_id=order.pk, by=certifier, at=ISSUED_AT, seen_version=order.version
        ),
    )
    not_issued = at_one_instant(
        orders,
        lambda order: issue_task_order(
            order_id=order.pk, by=officer, at=ISSUED_AT, seen_version=order.version
        ),
    )

    # Then one is told at each step that the funds are not there, by the rule's name
    assert [each.rule for each in not_certified] == ["R-FND-01"]
    assert [each.rule for each in not_issued] == ["R-FND-01"]
    issued = TaskOrder.objects.filter(contract=contract, state=TaskOrderState.ISSUED)
    numbers = sorted(str(each.piid) for each in issued)
    assert len(set(numbers)) == ORDERS_READY - 1
    assert numbers[-1].endswith("F00019")
    assert FundsBalance.objects.get(line_of_accounting=funds).free == Dollars(0)
    books = contract_balance(contract.pk)
    assert books is not None
    assert books.ordered_dollars == ORDERS_READY - 1
    assert [said for each in (*LEDGER, *ORDERS) for said in each.check()] == []
