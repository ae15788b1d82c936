"""What is kept of an agency's terms between batches is never older than the database.

A term that is changed by the transaction that reads it is never kept: calls that meet
what is kept have a database of their own, where what is built is committed.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contracting.audit.models import AuditEvent
from contracting.metering import events
from contracting.metering.models import UsageAttribution
from contracting.metering.models.changes import WATCHED
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.operations.map_key import MappedTo, map_key
from contracting.metering.operations.set_limit import set_usage_limit
from contracting.metering.queries import facts_of
from contracting.metering.queries.kept import Facts
from contracting.metering.queries.lookup import Lookup
from contracting.metering.states import Limits
from contracting.reference.models import AiModel
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    MODEL,
    SOURCE,
    codes,
    event,
    ingested,
    ndjson,
    statuses,
    usage_source,
)
from tests.builders_orders import issued_order
from tests.cast import actor, machine

ANYTHING_ELSE = {"accounts_organization"}
"""Read with the terms, and of no effect on them."""


@pytest.fixture
def order(own_database):
    """A signed order whose first call has come, so that its source is of record."""
    usage_source()
    made = issued_order()
    assert statuses(sent(event("first", order=made))) == ["accepted"]
    return made


@pytest.fixture
def hands():
    """Connections of others: what is handed to one is done there, in its turn."""
    with ExitStack() as stack:

        def end():
            connection.close()

        def hand():
            thread = stack.enter_context(ThreadPoolExecutor(1))
            stack.callback(
                lambda: thread.submit(lambda: connection.close()).result(timeout=60)
            )
            return lambda work: thread.submit(work).result(timeout=60)

        yield [hand(), hand()]


def sent(*calls, source=SOURCE):
    """A batch of these calls, received and not yet drawn on the funds."""
    return ingest_usage(
        source_id=usage_source(source).pk,
        payload=ndjson(*calls),
        by=machine("gateway") if source == SOURCE else actor("administrator"),
        at=DELIVERED_AT,
    )


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def ours():
    return actor("cor").own_organization_id


def known():
    with transaction.atomic():
        return facts_of(ours())


def written(table):
    """A statement that may have changed a table, and has not."""
    run(f"INSERT INTO {table} SELECT * FROM {table} WHERE false")


def test_facts_are_kept_until_a_table_behind_them_is_written(db, hands):
    reader, other = hands
    before = reader(known)
    assert reader(known) is before

    for table in WATCHED:
        other(lambda table=table: written(table))
        after = reader(known)
        assert after is not before, table
        before = after

    assert reader(known) is before


def test_every_table_that_facts_are_read_from_is_watched(db):
    made, source, agency = issued_order(), usage_source(), ours()
    ingested(event(1, order=made))
    with CaptureQueriesContext(connection) as asked:
        lookup = Lookup(agency, Facts())
        lookup.orders([made.public_id])
        lookup.model("an alias of nothing", date(2026, 4, 20))
        lookup.key(source.pk, "key", CALLED_AT)
        lookup.cap(AiModel.objects.get(snapshot=MODEL).pk)
        lookup._rates()
    text = " ".join(str(query["sql"]) for query in asked.captured_queries)
    tables = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', text))
    assert tables - ANYTHING_ELSE == set(WATCHED)


def test_a_change_is_known_from_its_commit_on_and_not_before(db, hands):
    # Given somebody who has changed a term and not committed, when facts are read
    reader, other = hands

    def change():
        transaction.set_autocommit(False)
        written("orders_orderrate")

    def commit():
        transaction.commit()
        transaction.set_autocommit(True)

    other(change)
    before = reader(known)
    assert reader(known) is before

    other(commit)

    assert reader(known) is not before


def test_who_changes_a_term_reads_it_anew_and_keeps_nothing(db, hands):
    reader, other = hands
    before = reader(known)

    def change_and_read():
        with transaction.atomic():
            written("orders_orderrate")
            assert facts_of(ours()) is not facts_of(ours())
            assert reader(known) is before
            transaction.set_rollback(True)

    other(change_and_read)

    assert reader(known) is before


def test_facts_that_their_reader_changes_afterwards_are_read_anew(db, hands):
    reader, other = hands
    other(lambda: written("orders_orderrate"))

    def read_and_change():
        with transaction.atomic():
            run("SELECT pg_current_xact_id()")
            found = facts_of(ours())
            written("orders_orderrate")
        return found

    before = other(read_and_change)

    assert reader(known) is not before


def test_a_transaction_that_sees_an_old_state_keeps_nothing(db, hands):
    def read_twice():
        with transaction.atomic():
            run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            return facts_of(ours()) is facts_of(ours())

    assert not hands[0](read_twice)


def test_the_next_call_meets_a_new_price_key_source_and_limit(order, hands):
    other = hands[0]
    # Given calls that are priced by what is kept
    assert statuses(sent(event(1, order=order))) == ["accepted"]
    kept = known()
    assert statuses(sent(event(2, order=order))) == ["accepted"]
    assert known() is kept

    # When somebody else maps a key, then its next call is this order's
    call = event(3, order="", key_ref="key_1")
    del call["data"]["order_id"]
    assert codes(sent(call | {"id": "call-before"})) == ["UNKNOWN_KEY"]
    assert codes(sent(call | {"id": "call-again"})) == ["UNKNOWN_KEY"]
    other(
        lambda: map_key(
            agency_id=ours(),
            key_ref="key_1",
            to=MappedTo(order.pk),
            first_day=date(2026, 4, 1),
            reason="The assistant's team uses this key.",
            by=actor("cor"),
            at=CALLED_AT,
        )
    )
    assert statuses(sent(call)) == ["accepted"]
    assert UsageAttribution.objects.filter(event_id=call["id"]).exists()

    # When a limit is set, then the next call beyond it is held
    other(
        lambda: set_usage_limit(
            contract_id=order.contract_id,
            model_id=AiModel.objects.get(snapshot=MODEL).pk,
            limits=Limits(max_output_tokens=10),
            first_day=date(2026, 4, 1),
            says_so="Clause TOK-12",
            by=actor("contracting_officer"),
            at=CALLED_AT,
        )
    )
    much = event(4, order=order, tokens={"output": 11})
    assert codes(sent(much)) == ["BEYOND_LIMITS"]

    # When another source reports, then the first is still the one of record
    usage_source("callback")
    seen = sent(event(5, order=order, source="callback"), source="callback")
    assert codes(seen) == ["TWO_SOURCES"]

    # When the prices are superseded, then the next call has none
    other(lambda: run("UPDATE contracts_raterow SET superseded_at = now()"))
    assert statuses(sent(event(6, order=order))) == ["held"]


def test_a_single_call_asks_few_statements_and_names_what_decided_it(order):
    # Given two calls of which the first reads the terms anew
    run("UPDATE orders_orderrate SET id = id WHERE false")
    sent(event(1, order=order))

    # When the second is sent, it asks little
    source, key = usage_source().pk, machine("gateway")
    call = ndjson(event(2, order=order))
    with CaptureQueriesContext(connection) as asked:
        receipt = ingest_usage(source_id=source, payload=call, by=key, at=DELIVERED_AT)
    assert statuses(receipt) == ["accepted"]
    texts = [str(query["sql"]) for query in asked.captured_queries]
    assert len(texts) <= 12, "\n".join(t[:200] for t in texts)

    # Then both name the same rows as those that they were decided by (R-AUD-03)
    read, kept = AuditEvent.objects.filter(event=events.USAGE_INGESTED.code).order_by(
        "-pk"
    )[:2]
    assert kept.read["under"] == read.read["under"]
    assert any(kind == "contracts.raterow" for kind, *_ in kept.read["under"])
