"""Two contracting officers sign the same order at one instant."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from contracting.core.errors import Refusal
from contracting.documents.models import Document
from contracting.ledger.queries import balances_of, contract_balance
from contracting.orders.invariants import INVARIANTS
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.refusals import AlreadyIssued
from contracting.orders.states import TaskOrderState
from tests.builders_orders import (
    ISSUED_AT,
    MODIFIED_AT,
    certified_order,
    funded_modification,
)
from tests.cast import actor

OFFICERS = ("contracting_officer", "second_contracting_officer")


@pytest.fixture
def officers(own_database):
    """Two officers with warrants."""
    return [actor(part) for part in OFFICERS]


def at_one_instant(people, sign):
    """Each on a connection of their own, at one barrier; what each was told."""
    barrier = Barrier(len(people))

    def signs(by):
        connection.ensure_connection()
        barrier.wait(timeout=30)
        try:
            sign(by)
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(signs, people))


def test_one_signature_binds_and_the_other_officer_gets_a_clear_conflict(officers):
    # Given an order that is ready for signature
    order = certified_order()

    # When both officers sign it at once
    told = at_one_instant(
        officers,
        lambda by: issue_task_order(
            order_id=order.pk, by=by, at=ISSUED_AT, seen_version=order.version
        ),
    )

    # Then one has signed, and the other learns the number of what was signed
    order.refresh_from_db()
    assert order.state == TaskOrderState.ISSUED
    assert told.count(None) == 1
    (conflict,) = [each for each in told if each is not None]
    assert isinstance(conflict, AlreadyIssued)
    assert conflict.status == 409
    assert conflict.data["piid"] == order.piid
    # And the funds were bound once, and one paper was asked for
    (row,) = balances_of(order.current_lines()[0].holder)
    assert (row.committed_dollars, row.obligated_dollars) == (0, 40)
    books = contract_balance(order.contract_id)
    assert books is not None
    assert books.ordered_dollars == 60
    assert Document.objects.filter(kind="task_order").count() == 1
    assert [each.exceptions() for each in INVARIANTS] == [[]] * len(INVARIANTS)


def test_a_modification_is_numbered_once(officers):
    # Given a modification that is ready for signature
    modification = funded_modification()

    # When both officers sign it at once
    told = at_one_instant(
        officers,
        lambda by: issue_modification(
            modification_id=modification.pk,
            by=by,
            at=MODIFIED_AT,
            seen_version=modification.version,
        ),
    )

    # Then it is P00001, once
    modification.refresh_from_db()
    assert modification.number == "P00001"
    assert [type(each) for each in told if each is not None] == [AlreadyIssued]
    assert Document.objects.filter(kind="modification").count() == 1
    assert [each.exceptions() for each in INVARIANTS] == [[]] * len(INVARIANTS)
