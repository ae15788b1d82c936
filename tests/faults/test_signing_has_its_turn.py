"""However much usage arrives, whoever signs something about its order has a turn.

So has whoever does something about its source. Batches hold both together, and the next
one comes before the last has ended. A signature waits for those that were there before
it, and those that come later wait for the signature.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import OperationalError, connection, transaction

from contracting.metering.models import UsageSource
from contracting.orders.models import TaskOrder
from tests.builders_metering import usage_source
from tests.builders_orders import issued_order

PATIENCE = "SET LOCAL lock_timeout = '300ms'"


def an_order():
    return TaskOrder.objects.filter(pk=issued_order().pk), "KEY SHARE"


def a_source():
    return UsageSource.objects.filter(pk=usage_source().pk), "SHARE"


@pytest.mark.parametrize("what", [an_order, a_source])
def test_usage_that_comes_later_waits_for_who_signs(own_database, what):
    # Given an order or a source that a batch holds
    order, strength = what()
    holds, may_end, waits = Event(), Event(), Event()
    pids = []

    def receive():
        with transaction.atomic():
            order.locked_shared(strength)
            holds.set()
            assert may_end.wait(30)
        connection.close()

    def sign():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.append(cursor.fetchone()[0])
            waits.set()
            signed = order.locked().get()
        connection.close()
        return signed

    with ThreadPoolExecutor(2) as pool:
        receiving = pool.submit(receive)
        assert holds.wait(30)

        # When somebody wants to sign, and the next batch comes
        signing = pool.submit(sign)
        assert waits.wait(30)
        until_it_waits(pids[0])
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(PATIENCE)
                order.locked_shared(strength)
        except OperationalError:
            is_first = False
        else:
            is_first = True
        may_end.set()
        receiving.result(30)

        # Then the batch has waited, and the order is signed
        assert signing.result(30) == order.get()
    assert not is_first


def until_it_waits(pid):
    """Until that connection waits for a lock."""
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s))", [pid])
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("it never waits")
