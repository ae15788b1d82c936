"""A call is settled late while its lease is ended: neither waits for ever.

The settle names the gate that the sweeper holds, and the sweeper wants to end the call
that the settle has ended already.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

from django.db import connection, transaction

from contracting.metering.models import FundsGate, ReservationEnd
from tests.builders_funds import granted, settled, spent, swept
from tests.builders_metering import CALLED_AT, assert_the_books_balance
from tests.builders_orders import issued_order
from tests.faults.test_signing_has_its_turn import until_it_waits

LATE = CALLED_AT + timedelta(minutes=11)


def test_a_late_settle_and_the_sweeper_of_its_call_both_come_through(own_database):
    # Given a call whose lease is over, and that is settled but not yet committed
    order = issued_order()
    granted(order=order)
    is_settled, may_end, sweeps = Event(), Event(), Event()
    pids = []

    def settle():
        with transaction.atomic():
            answer = settled(spent(order=order), at=LATE)
            is_settled.set()
            assert may_end.wait(30)
        connection.close()
        return answer

    def sweep():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.append(cursor.fetchone()[0])
        sweeps.set()
        ended = swept(order, LATE)
        connection.close()
        return ended

    with ThreadPoolExecutor(2) as pool:
        settling = pool.submit(settle)
        assert is_settled.wait(30)

        # When the sweeper comes to it, and then the settle is committed
        sweeping = pool.submit(sweep)
        assert sweeps.wait(30)
        until_it_waits(pids[0])
        may_end.set()

        # Then both have done their work, and the call has ended once
        settling.result(30)
        assert sweeping.result(30) == 0
    assert ReservationEnd.objects.get().kind == "SETTLED"
    swept(order, LATE)
    assert FundsGate.objects.get(order=order).swept_until == LATE
    assert_the_books_balance()
