"""One request with one key has one effect, and its repeat gets the same answer."""

import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from accounts.models import IdempotencyKey
from accounts.operations.claim_key import STORE
from accounts.refusals import KeyReused, StillRunning
from contracting.core.doors import StoredReply
from tests.cast import actor, nothing_happens

KEY = "a-key-of-the-client"


def claim(by, at, *, fingerprint="same", scope="POST /api/v1/x", key=KEY, **more):
    return STORE.claim(
        by=by, scope=scope, key=key, fingerprint=fingerprint, at=at, **more
    )


def complete(by):
    STORE.complete(
        by=by,
        scope="POST /api/v1/x",
        key=KEY,
        status=201,
        body={"id": "x_1"},
        location="/x/1",
    )


@pytest.fixture
def answered(gateway, at):
    claim(gateway, at)
    complete(gateway)


def test_the_first_request_goes_on(gateway, at):
    assert claim(gateway, at) is None


def test_a_repeat_gets_the_stored_reply(gateway, at, answered):
    assert claim(gateway, at) == StoredReply(201, {"id": "x_1"}, "/x/1")


def test_another_request_with_the_same_key_is_refused(gateway, at, answered):
    with nothing_happens(), pytest.raises(KeyReused) as refusal:
        claim(gateway, at, fingerprint="other")

    assert (refusal.value.status, refusal.value.code) == (422, "idempotency_key_reused")


def test_the_key_of_another_machine_is_another_key(
    other_agency_gateway, gateway, at, answered
):
    assert claim(other_agency_gateway, at) is None
    assert claim(gateway, at, scope="POST /api/v1/y") is None


def test_a_refused_request_leaves_its_key_free(gateway, at):
    # Given a request that is refused after it has claimed its key
    with transaction.atomic():
        claim(gateway, at)
        transaction.set_rollback(True)

    # Then the corrected request may come with the same key
    assert not IdempotencyKey.objects.exists()
    assert claim(gateway, at, fingerprint="corrected") is None


def test_a_key_whose_request_never_ended_is_still_running(gateway, at):
    claim(gateway, at)

    with nothing_happens(), pytest.raises(StillRunning):
        claim(gateway, at)


def test_of_two_requests_at_once_one_goes_on_and_one_is_told_to_wait(own_database):
    # Given a request that has claimed its key and is still at work
    by, at = actor("administrator"), datetime(2026, 3, 2, tzinfo=UTC)
    others: list[object] = []

    def repeat():
        try:
            with transaction.atomic():
                others.append(claim(by, at))
        except StillRunning as refusal:
            others.append(refusal.status)
        finally:
            connection.close()

    # When the same request arrives meanwhile, and once more after it
    with transaction.atomic():
        claim(by, at)
        meanwhile = threading.Thread(target=repeat)
        meanwhile.start()
        meanwhile.join()
        complete(by)
    afterwards = threading.Thread(target=repeat)
    afterwards.start()
    afterwards.join()

    # Then the first of them is refused for now, the second gets the stored reply
    assert others == [409, StoredReply(201, {"id": "x_1"}, "/x/1")]


def test_whoever_waits_gets_the_reply_of_the_first_request(own_database):
    # Given a request at work, and the same one that comes meanwhile and has patience
    by, at = actor("administrator"), datetime(2026, 3, 2, tzinfo=UTC)
    others: list[StoredReply | None] = []

    def repeat():
        try:
            with transaction.atomic():
                others.append(claim(by, at, patience=30))
        finally:
            connection.close()

    # When the first one ends, or is refused
    for is_refused in (True, False):
        with transaction.atomic():
            claim(by, at)
            meanwhile = threading.Thread(target=repeat)
            meanwhile.start()
            time.sleep(0.3)
            assert len(others) == (not is_refused)
            if is_refused:
                transaction.set_rollback(True)
            else:
                complete(by)
        meanwhile.join()
        if is_refused:
            IdempotencyKey.objects.all().delete()

    # Then it goes on itself where the first was refused, and else gets the reply
    assert others == [None, StoredReply(201, {"id": "x_1"}, "/x/1")]
