"""The client against a site that answers, refuses, breaks off and comes back."""

import asyncio
import json
import threading
import time

import pytest

from drawdown_client import (
    AsyncClient,
    Client,
    Patience,
    Refused,
    SpoolFull,
    Unreachable,
)
from drawdown_client.retries import Tries
from drawdown_client.wire import Address, Reply
from tests.client.stub import Site

ANSWER = {
    "model": "gpt-x-2026-08",
    "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
}
LIMIT = (
    409,
    {
        "code": "live_limit_reached",
        "detail": "Order D-1 has not enough left.",
        "rule": "R-MET-10",
    },
)
DOWN = 503, {"code": "database_down", "retryable": True}
BREAKS = None
FINE = "as it should be"
HASTE = Patience(deadline=3, tries=3, first_pause=0.001, longest_pause=0.002)


@pytest.fixture
def site():
    made = Site()
    yield made
    made.close()


@pytest.fixture
def client(site, tmp_path):
    made = client_of(site, tmp_path)
    yield made
    made.close()


def client_of(site, spool, **more):
    plain = {"patience": HASTE, "background_seconds": 0}
    return Client(
        site.url, key="secret", source="gateway", spool=spool, **{**plain, **more}
    )


def call(client, **more):
    plain = {"order": "ord_1", "model": "gpt-x", "name": "call-0001"}
    return client.call(
        **{**plain, "input_tokens_max": 100, "output_tokens_max": 50, **more}
    )


def waiting(client):
    return [each.path.rpartition(":")[2] for each in client.desk.spool.waiting()]


def test_a_call_is_announced_and_settled_with_what_it_used(client, site):
    with call(client, boundary="FEDRAMP_MOD", project="claims") as made:
        assert made.grant.tokens == 100
        made.used(ANSWER)

    assert made.settled.state == "settled"
    (_verb, asked, _key), (_verb, said, _key) = site.asked
    assert (asked["order"], asked["input_tokens_max"]) == ("ord_1", 100)
    event = said["event"]
    assert event["id"] == said["reservation_id"] == "call-0001"
    assert event["data"]["lines"] == [
        {"class": "input", "tokens": 7},
        {"class": "output", "tokens": 3},
    ]
    assert event["data"]["total"] == 10
    assert (event["data"]["model"], event["data"]["boundary"]) == (
        "gpt-x-2026-08",
        "FEDRAMP_MOD",
    )
    assert waiting(client) == []


def test_a_refusal_names_its_rule_and_no_call_is_made(client, site):
    site.script = [LIMIT]

    with pytest.raises(Refused, match="not enough left") as refused, call(client):
        pytest.fail("the call was made")

    assert (refused.value.code, refused.value.rule, refused.value.status) == (
        "live_limit_reached",
        "R-MET-10",
        409,
    )
    assert site.verbs() == ["authorize"]


@pytest.mark.parametrize("trouble", [DOWN, BREAKS, (429, {}), (502, {})])
def test_the_same_question_is_asked_again_until_it_is_answered(client, site, trouble):
    site.script = [trouble, trouble, FINE, trouble]

    with call(client) as made:
        made.used(ANSWER)

    assert site.verbs() == ["authorize"] * 3 + ["settle"] * 2
    assert site.asked[0] == site.asked[1] == site.asked[2]
    assert site.asked[3] == site.asked[4]
    assert made.settled.state == "settled"


def test_it_fails_closed(client, site):
    site.script = [DOWN] * 3

    with pytest.raises(Unreachable, match="database_down"), call(client):
        pytest.fail("the call was made")


def test_an_answer_of_somebody_else_is_none(client, site):
    site.script = [(200, {"welcome": "to the network"})]

    with pytest.raises(Unreachable, match="none of Drawdown's"), call(client):
        pytest.fail("the call was made")


def test_an_order_that_is_soft_here_goes_on_and_counts(site, tmp_path):
    client = client_of(site, tmp_path, soft_orders=["ord_1"])
    site.script = [DOWN] * 3

    with call(client) as made:
        assert made.grant.is_unreserved
        made.used(ANSWER)
    assert site.asked[-1][1]["event"]["data"]["total"] == 10

    # Where its counts are lost the event says so: there is no reserve to keep
    site.script = [DOWN] * 3
    with call(client, name="call-0002"):
        pass
    event = site.asked[-1][1]["event"]
    assert (event["data"]["basis"], "lines" in event["data"]) == ("absent", False)

    # A limit that is reached holds for it too
    site.script = [LIMIT]
    with pytest.raises(Refused), call(client, name="call-0003"):
        pytest.fail("the call was made")
    client.close()


def test_what_cannot_be_sent_waits_and_is_sent_the_same(client, site):
    site.script = [FINE, DOWN, DOWN, DOWN]
    with call(client) as made:
        made.used(ANSWER)

    assert made.settled.state == "spooled"
    assert waiting(client) == ["settle"]
    assert client.flush() == 0
    first, last = site.asked[1], site.asked[-1]
    assert first == last


# How a call ends ----------------------------------------------------------------------


class ProviderError(Exception):
    status_code = 429


class APITimeoutError(Exception):
    status_code = 408


@pytest.mark.parametrize(
    ("error", "verb"),
    [
        (ProviderError(), "release"),
        (ConnectionRefusedError(), "release"),
        (APITimeoutError(), "settle"),
        (ConnectionResetError(), "settle"),
        (KeyboardInterrupt(), "settle"),
    ],
)
def test_only_a_call_that_surely_used_nothing_is_released(client, site, error, verb):
    with pytest.raises(type(error)), call(client):
        raise error

    assert site.verbs() == ["authorize", verb]
    assert site.asked[-1][1].get("event") is None


def test_usage_that_is_known_counts_whatever_came_after(client, site):
    def story():
        with call(client) as made:
            made.used(ANSWER)
            raise ProviderError

    with pytest.raises(ProviderError):
        story()

    assert site.asked[-1][1]["event"]["data"]["total"] == 10


def test_a_call_that_was_not_made(client, site):
    with call(client) as made:
        made.progress.not_made()

    assert (site.verbs(), made.settled.state) == (["authorize", "release"], "released")


def test_a_stream_is_counted_on_its_way(client, site):
    parts = [{"model": "gpt-x-2026-08", "usage": None}, ANSWER]
    with call(client) as made:
        assert list(made.stream(parts)) == parts

    assert site.asked[-1][1]["event"]["data"]["basis"] == "measured"


@pytest.mark.parametrize("has_estimate", [True, False])
def test_a_stream_that_dies_is_never_zero(client, site, has_estimate):
    def parts():
        yield {"model": "gpt-x-2026-08", "usage": None}
        raise ConnectionResetError

    def story():
        with call(client) as made:
            if has_estimate:
                made.progress.estimate(90, 20)
            list(made.stream(parts()))

    with pytest.raises(ConnectionResetError):
        story()

    event = site.asked[-1][1]["event"]
    if not has_estimate:
        assert event is None
        return
    data = event["data"]
    assert (data["basis"], data["provenance"]) == ("estimated", "ESTIMATED")
    assert data["total"] == 110


def test_counts_that_contradict_each_other_keep_the_reserve(client, site):
    with call(client) as made:
        made.used({"usage": {"input_tokens": 1, "output_tokens": 2, "total_tokens": 4}})

    assert site.asked[-1][1]["event"] is None


def test_a_call_that_runs_past_its_lease_moves(client, site):
    site.lease_until = "2001-01-01T00:00:00Z"  # a clock that is not ours
    with call(client) as made:
        assert not made.progress.is_due()
        made.progress.granted_at -= 421
        client._round()
        assert made.grant.reservation_id.startswith("call-0001~")
        made.used(ANSWER)

    assert site.verbs() == ["authorize", "authorize", "release", "settle"]
    released, said = site.asked[2][1], site.asked[3][1]
    assert released["reservation_id"] == "call-0001"
    assert said["reservation_id"] == said["event"]["id"] == made.grant.reservation_id
    assert said["event"]["data"]["operation_id"] == "call-0001"


def test_a_lease_without_room_for_another_is_settled_late(client, site):
    with call(client) as made:
        made.progress.granted_at -= 10**11
        site.script = [LIMIT]
        client._round()
        made.used(ANSWER)

    assert site.asked[-1][1]["reservation_id"] == "call-0001"


# The spool and its bounds -------------------------------------------------------------


def test_a_full_spool_begins_no_call_and_gives_its_grant_back(site, tmp_path):
    client = client_of(site, tmp_path, spool_bytes=1)
    with call(client) as made:
        with pytest.raises(SpoolFull), call(client, name="call-0002"):
            pytest.fail("the call was made")
        made.used(ANSWER)

    assert site.verbs() == ["authorize", "authorize", "release", "settle"]
    client.close()


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ((422, {"state": "rejected", "code": "negative"}), 0),
        ((409, {"code": "source_closed"}), 0),
        ((404, {"code": "unknown_reservation"}), 0),
        ((404, {"code": "not_found"}), 1),
        ((401, {"code": "not_authenticated"}), 1),
        ((500, {"code": "internal_error"}), 1),
        ((302, {}), 1),
        ((400, {"detail": "of a proxy in between"}), 1),
        ((200, {"welcome": "to the network"}), 1),
    ],
)
def test_what_is_never_taken_is_set_aside_and_the_rest_waits(
    site, tmp_path, answer, left
):
    client = client_of(site, tmp_path)
    site.script = [FINE, answer]
    with call(client) as made:
        made.used(ANSWER)

    assert len(client.desk.spool.waiting()) == left
    assert (tmp_path / "refused.jsonl").exists() == (not left)
    assert made.settled.state == ("spooled" if left else "refused")
    client.close()


def test_events_are_sent_in_batches_and_kept_until_they_are_taken(client, site):
    site.script = [DOWN] * 3
    (receipt,) = client.send([{"id": "a"}, {"id": "b"}])
    assert (receipt.state, waiting(client)) == ("spooled", ["batch"])

    assert client.flush() == 0
    assert site.asked[0][2] == site.asked[-1][2]
    (receipt,) = client.send([{"id": "c"}])
    assert (receipt.state, receipt.accepted) == ("received", 1)


def test_a_gateway_begins_a_new_epoch(site, tmp_path):
    client = client_of(site, tmp_path, gateway="east-1")
    with call(client) as made:
        made.used(ANSWER)

    assert site.verbs() == ["fence", "authorize", "settle"]
    assert (site.asked[1][1]["gateway"], site.asked[1][1]["epoch"]) == ("east-1", 3)
    client.close()


def test_what_waits_is_sent_in_the_background(site, tmp_path):
    site.script = [FINE, DOWN, DOWN, DOWN]
    client = client_of(site, tmp_path, background_seconds=0.02)
    with call(client) as made:
        made.used(ANSWER)
    end = time.monotonic() + 5
    while waiting(client) and time.monotonic() < end:
        time.sleep(0.01)

    assert waiting(client) == []
    client.close()


def test_many_threads_share_a_client(client, site):
    def work(number):
        with call(client, name=f"call-{number:04}") as made:
            made.used(ANSWER)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(site.verbs()) == ["authorize"] * 16 + ["settle"] * 16


# Addresses and patience ---------------------------------------------------------------


@pytest.mark.parametrize("url", ["http://drawdown.example.gov", "drawdown", "ftp://x"])
def test_a_key_is_sent_over_https_alone(url):
    with pytest.raises(ValueError, match="https"):
        Address(url, "secret")
    assert "secret" not in repr(Address("https://drawdown.example.gov/x", "secret"))


def test_pauses_grow_are_drawn_and_end_at_the_deadline():
    now = [0.0]
    patience = Patience(deadline=10, first_pause=1, longest_pause=4, tries=99)
    tries = Tries(patience, now=lambda: now[0], draw=lambda _low, top: top)
    pauses = []
    while (pause := tries.pause_after(Reply(503, b""))) is not None:
        pauses.append(pause)
        now[0] += pause
    assert pauses == [1, 2, 4]
    assert tries.pause_after(Reply(200, b"")) is None
    pause = Tries(patience, now=lambda: 0).pause_after(Reply(429, b"", 1.0))
    assert pause is not None
    assert pause >= 1


# The same for asyncio -----------------------------------------------------------------


def run_async(site, spool, work, **more):
    async def story():
        plain = {"patience": HASTE, "background_seconds": 0}
        client = AsyncClient(
            site.url, key="secret", source="gateway", spool=spool, **{**plain, **more}
        )
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(story())


@pytest.mark.parametrize("is_chunked", [True, False])
def test_calls_of_asyncio_are_announced_and_settled(site, tmp_path, is_chunked):
    site.is_chunked = is_chunked

    async def one(client, number):
        async with call(client, name=f"call-{number:04}") as made:
            made.used(ANSWER)
        return made.settled.state

    async def work(client):
        return await asyncio.gather(*(one(client, n) for n in range(20)))

    assert set(run_async(site, tmp_path, work)) == {"settled"}
    assert sorted(site.verbs()) == ["authorize"] * 20 + ["settle"] * 20
    assert list(tmp_path.iterdir()) == []


def test_trouble_of_asyncio(site, tmp_path):
    async def work(client):
        site.script = [LIMIT]
        with pytest.raises(Refused):
            async with call(client):
                pytest.fail("the call was made")

        site.script = [BREAKS, DOWN, FINE, *[DOWN] * 3]
        async with call(client, name="call-0002") as made:
            made.used(ANSWER)
        assert made.settled.state == "spooled"
        assert await client.flush() == 0

        # A stream whose reader is cancelled
        async def parts():
            yield {"type": "message_start", "message": {"usage": {"input_tokens": 5}}}
            await asyncio.sleep(60)

        async def reads():
            async with call(client, name="call-0003") as made:
                async for _part in made.stream(parts()):
                    pass

        task = asyncio.create_task(reads())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        (receipt,) = await client.send([{"id": "a"}])
        assert receipt.accepted == 1

    run_async(site, tmp_path, work)

    _verb, said, _key = site.asked[-2]
    assert said["reservation_id"] == "call-0003"
    assert json.dumps(said["event"]) == "null"  # one count alone is no usage


def test_a_silent_site_is_given_up_in_time(tmp_path):
    class Silent:
        def __init__(self):
            import socket

            self.socket = socket.create_server(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    silent = Silent()
    patience = Patience(deadline=0.3, one_try=0.1, first_pause=0.001)
    client = client_of(silent, tmp_path, patience=patience)

    async def work(client):
        async with call(client):
            pytest.fail("the call was made")

    began = time.monotonic()
    with pytest.raises(Unreachable), call(client):
        pytest.fail("the call was made")
    with pytest.raises(Unreachable):
        run_async(silent, tmp_path / "aio", work, patience=patience)
    assert time.monotonic() - began < 2
    client.close()
    silent.socket.close()
