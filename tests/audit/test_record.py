"""An event is chained to the one before it, in the transaction of what it records."""

import json
import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from contracting.audit.events import EventType, event_type
from contracting.audit.models import AuditEvent, AuditHead
from contracting.audit.operations.record import (
    NotInTransaction,
    UnregisteredEvent,
    record_event,
)
from contracting.audit.queries import GENESIS, events_of, verify_chains
from contracting.core.origin import Origin, coming_from
from contracting.core.subjects import Subject
from tests.audit.conftest import TRIED, record
from tests.cast import AT, actor, nothing_happens


@pytest.mark.rule("R-AUD-01", case="allowed")
def test_an_event_says_who_did_what_when_on_what(cor, agency):
    # When something is recorded
    record(7, old="DRAFT", new="OPEN")

    # Then it names the person in their role, the thing, the instant and the values
    event = events_of(Subject("tests.thing", 7, "contract:1")).get()
    assert (event.actor_name, event.actor_role) == (
        "Lee Representative",
        "contracting officer's representative",
    )
    assert event.actor_organization_id == agency.pk
    assert event.at == AT
    assert event.recorded_at > AT
    assert event.sentence == "A thing was tried."
    assert json.loads(event.payload)["data"] == {"new": "OPEN", "old": "DRAFT"}


@pytest.mark.rule("R-AUD-01", case="allowed")
def test_an_event_says_through_which_door_it_came_and_from_where(db):
    with coming_from(Origin(door="api", request_id="req_1234", ip="192.0.2.7")):
        record(1)
    record(2)

    told = [json.loads(e.payload)["from"] for e in AuditEvent.objects.order_by("seq")]
    assert told == [
        {"door": "api", "request": "req_1234", "ip": "192.0.2.7"},
        {"door": "process", "request": "", "ip": ""},
    ]


def test_each_event_follows_from_the_one_before_it_in_its_stream(db):
    first, second = record(1), record(2)
    other = record(1, stream="contract:2")

    assert [e.seq for e in (first, second, other)] == [0, 0, 0]
    rows = {(e.stream, e.seq): e for e in AuditEvent.objects.all()}
    one, two = rows["contract:1", 1], rows["contract:1", 2]
    assert bytes(one.prev) == GENESIS
    assert bytes(two.prev) == bytes(one.hash)
    assert bytes(rows["contract:2", 1].prev) == GENESIS
    head = AuditHead.objects.get(stream="contract:1")
    assert (head.seq, bytes(head.hash)) == (2, bytes(two.hash))


@pytest.mark.parametrize(
    "words",
    [
        "§ 1.602-1 “warrant”",
        "日本語 🜲",
        "",
        "e\u0301 and \u00e9",
        "a\tb\nc\\",
        "\u2028",
    ],
)
def test_words_of_any_script_are_hashed_as_they_are_stored(db, words):
    record(1, words=words)

    assert json.loads(AuditEvent.objects.get().payload)["data"] == {"words": words}
    assert list(verify_chains()) == []


@pytest.mark.parametrize(
    "at",
    [
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 3, 8, 7, 0, 0, 1, tzinfo=UTC),
        datetime(2261, 1, 1, 0, 0, 0, 123457, tzinfo=UTC),
    ],
)
def test_an_instant_is_hashed_to_the_microsecond(db, at):
    with transaction.atomic():
        record_event(
            TRIED,
            subject=Subject("tests.thing", 1, "contract:1"),
            by=actor("cor"),
            at=at,
        )

    assert AuditEvent.objects.get().at == at
    assert list(verify_chains()) == []


def test_a_type_that_no_app_has_registered_is_an_error(cor):
    with pytest.raises(UnregisteredEvent):
        record_event(
            EventType("tests.thing.invented", "Nobody registered this."),
            subject=Subject("tests.thing", 1, "contract:1"),
            by=cor,
            at=AT,
        )


def test_a_code_means_one_thing():
    with pytest.raises(ValueError, match="registered twice"):
        event_type("tests.thing.tried", "Something else.")


def test_an_event_outside_a_transaction_is_an_error(own_database):
    with pytest.raises(NotInTransaction):
        record_event(
            TRIED,
            subject=Subject("tests.thing", 1, "contract:1"),
            by=actor("cor"),
            at=AT,
        )


def test_an_event_goes_with_its_transaction(db):
    with transaction.atomic():
        record(1)
        transaction.set_rollback(True)

    assert not AuditEvent.objects.exists()
    assert not AuditHead.objects.exists()


@pytest.mark.rule("R-AUD-01", case="refused", held_by="database")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_auditevent SET payload = '{}'",
        "UPDATE audit_auditevent SET actor_name = 'Somebody Else'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
    ],
)
def test_the_site_cannot_change_what_happened(db, change):
    record(1)

    with (
        nothing_happens(),
        pytest.raises(Exception, match="only ever added|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)

    assert list(verify_chains()) == []


def test_two_streams_are_written_at_once_and_one_stream_in_turn(own_database):
    """Twenty threads, two streams: no number twice, none left out."""
    # Given the people, read before the threads start
    by = actor("cor")
    barrier = threading.Barrier(20)
    errors: list[Exception] = []

    def write(number):
        try:
            barrier.wait()
            record(number, stream=f"contract:{number % 2}", by=by)
        except Exception as error:  # noqa: BLE001 (shown below)
            errors.append(error)
        finally:
            connection.close()

    # When all of them write
    threads = [threading.Thread(target=write, args=[n]) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # Then each stream is one unbroken chain
    assert errors == []
    for stream in ("contract:0", "contract:1"):
        rows = AuditEvent.objects.filter(stream=stream).order_by("seq")
        assert [event.seq for event in rows] == list(range(1, 11))
    assert list(verify_chains()) == []


def test_a_writer_of_one_stream_does_not_wait_for_another(own_database):
    # Given a transaction that has written to one stream and is not finished
    by = actor("cor")
    done = threading.Event()

    def write():
        record(2, stream="contract:2", by=by)
        done.set()
        connection.close()

    # When somebody writes to another stream meanwhile
    with transaction.atomic():
        record(1, stream="contract:1", by=by)
        other = threading.Thread(target=write)
        other.start()
        other.join(timeout=4)

        # Then they are through before the first has ended
        assert done.is_set()
