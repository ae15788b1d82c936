"""Gateways that send everything ten times, in no order, until they are answered."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import zstandard

from tests.builders_metering import event
from tests.metering.plain_draw import PlainCall
from tests.metering.test_fold import CODES

FULL = bool(os.environ.get("FULL"))
CALLS = 100_000 if FULL else 20_000
TIMES = 10
GATEWAYS = 20
MOST = 600 * 20_000 // CALLS
"""Tokens of a class of a call: two orders run out, however many calls there are."""

NOW = datetime(2026, 5, 25, 14, 0, tzinfo=UTC)
LATE = 40 * 24 * 3600
"""Seconds by which a call may be late."""

SIZES = (10_000, 2_000, 2_000, 1_000, 500, 500, 500, 50, 50, 7, 1, 1)
DOOR = "/api/v1/usage/events:batch"

ONCE, HELD, RACED, CHANGED_LATER = range(4)


@dataclass(frozen=True, slots=True)
class Sent:
    """A call, the line that a gateway writes of it, and what becomes of it."""

    id: str
    order: int
    plain: PlainCall
    kind: int
    line: dict[str, Any]
    text: bytes


def calls_of(chance, orders):
    """The calls of the storm; a few have no order, or are told with two contents."""
    found = []
    for number in range(CALLS):
        name = _id_of(chance, number)
        place = chance.randrange(len(orders))
        late = timedelta(microseconds=chance.randrange(LATE * 1_000_000))
        names = chance.sample(list(CODES), chance.choice((1, 2, 2, 3, 4)))
        tokens = {each: chance.randrange(MOST) for each in names}
        kind = chance.choices((ONCE, HELD, RACED, CHANGED_LATER), (965, 15, 10, 10))[0]
        line = event("x", order=orders[place], tokens=tokens, at=NOW - late)
        line["id"] = name
        line["data"]["operation_id"] = name
        if kind == HELD and number % 2:
            line["data"]["model"] = "a-model-of-nobody"
        elif kind == HELD:
            line["data"]["order_id"] = "ord_of_nobody"
        plain = PlainCall(
            NOW - late, name, tuple((CODES[each], n) for each, n in tokens.items())
        )
        text = json.dumps(line).encode()
        found.append(Sent(name, place, plain, kind, line, text))
    return found


def _id_of(chance, number):
    """Ids as gateways make them: at random, in order of time, or counted."""
    style = number % 3
    if style == 0:
        return f"{chance.getrandbits(128):032x}"
    return f"01JC{number:012}" if style == 1 else f"call/{number}:east"


def otherwise(call, chance):
    """The same call, written in another way."""
    zone = timezone(timedelta(minutes=chance.choice((-480, -240, 0, 330))))
    data = dict(reversed(call.line["data"].items()))
    data["lines"] = list(reversed(data["lines"]))
    line = {
        **dict(reversed(call.line.items())),
        "time": call.plain.at.astimezone(zone).isoformat(),
        "data": data,
    }
    return json.dumps(line, indent=None, separators=(",", " : ")).encode()


def mutated(call):
    """Another number of tokens under the same id."""
    first, *rest = call.line["data"]["lines"]
    lines = [{**first, "tokens": first["tokens"] + 1}, *rest]
    return json.dumps({**call.line, "data": {**call.line["data"], "lines": lines}})


def relabelled(call):
    """As many tokens under the same id, and another region."""
    return json.dumps({**call.line, "data": {**call.line["data"], "region": "east"}})


def unreadable(call, chance):
    """A row that no gateway should send."""
    data = call.line["data"]
    broken = chance.choice(
        (
            {"data": {**data, "lines": [{"class": "input", "tokens": -1}]}},
            {"data": {**data, "lines": [{"class": "input", "tokens": 1.5}]}},
            {"data": {**data, "prompt": "a word"}},
            {"time": (NOW + timedelta(days=2)).isoformat()},
            {"time": None},
            {"source": "another"},
            {"id": ""},
        )
    )
    return json.dumps({**call.line, "id": f"{call.id}-broken", **broken})


@dataclass(slots=True)
class Delivery:
    """The rows of one batch: places in the list of calls, and what is done to each."""

    rows: list[tuple[int, str]]


def deliveries(chance, calls):
    """Every call ten times, in no order, cut into batches of any size."""
    rows: list[tuple[int, str]] = []
    for place, call in enumerate(calls):
        for _ in range(TIMES):
            how = "otherwise" if chance.random() < 0.1 else "plain"
            if call.kind == RACED and chance.random() < 0.5:
                how = "relabelled"
            rows.append((place, how))
        if call.kind == CHANGED_LATER:
            rows += [(place, "mutated")] * 3
        if chance.random() < 0.01:
            rows.append((place, "unreadable"))
    chance.shuffle(rows)
    return list(cut(chance, rows))


def cut(chance, rows):
    at = 0
    while at < len(rows):
        size = chance.choice(SIZES)
        yield Delivery(rows[at : at + size])
        at += size


@dataclass
class Gateways:
    """Twenty clients that post until they are answered, and keep what they are told."""

    port: int
    key: str
    calls: list[Sent]
    told: Counter[str] = field(default_factory=Counter)
    """Verdicts that were read, and statuses of what was not a receipt."""
    kept: list[str] = field(default_factory=list)
    """Ids of which a gateway was told that they are stored now."""
    wrong: list[str] = field(default_factory=list)
    done: int = 0

    def deliver(self, batches):
        """All of them, by twenty clients; a generator of how many are done."""
        queue = iter(list(enumerate(batches)))
        with ThreadPoolExecutor(GATEWAYS) as pool:
            working = [pool.submit(self._work, queue) for _ in range(GATEWAYS)]
            while not all(each.done() for each in working):
                yield self.done
                time.sleep(0.1)
            for each in working:
                each.result()

    def _work(self, queue):
        for number, delivery in queue:
            chance = random.Random(number)
            body, kind, packed = self._written(delivery, chance)
            answer = self._answered(body, kind, packed)
            self._check(delivery, answer)
            self.done += 1

    def _written(self, delivery, chance):
        texts = [self._text(place, how, chance) for place, how in delivery.rows]
        form = chance.randrange(3)
        if len(texts) == 1 and form == 0:
            body, kind = texts[0], "application/cloudevents+json"
        elif form == 1:
            body = b"[" + b",\n".join(texts) + b"]"
            kind = "application/cloudevents-batch+json"
        else:
            body, kind = b"\n".join(texts), "application/x-ndjson"
        packed = chance.choice(("", "", "", "gzip", "zstd"))
        if packed == "gzip":
            body = gzip.compress(body, 1)
        elif packed:
            body = zstandard.compress(body, 1)
        return body, kind, packed

    def _text(self, place, how, chance):
        call = self.calls[place]
        if how == "plain":
            return call.text
        if how == "otherwise":
            return otherwise(call, chance)
        if how == "unreadable":
            return unreadable(call, chance).encode()
        return {"mutated": mutated, "relabelled": relabelled}[how](call).encode()

    def _answered(self, body, kind, packed):
        """The receipt, however often it takes to get it."""
        headers = {"Authorization": self.key, "Content-Type": kind}
        if packed:
            headers["Content-Encoding"] = packed
        for attempt in range(600):
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            with contextlib.closing(link):
                try:
                    link.request("POST", DOOR, body, headers)
                    answer = link.getresponse()
                    text = answer.read()
                except (OSError, http.client.HTTPException):
                    self.told["not answered"] += 1
                else:
                    if answer.status in (200, 207):
                        return json.loads(text)
                    self.told[f"status {answer.status}"] += 1
                    if answer.status != 503:
                        self.wrong.append(f"{answer.status}: {text[:300]!r}")
                    if answer.status < 500:
                        break
            time.sleep(min(0.05 * (attempt + 1), 0.5))
        raise AssertionError(self.wrong[-1:] or "never answered")

    def _check(self, delivery, answer):
        """Every row has its verdict, and the receipt adds up."""
        counts = {kind: answer[kind] for kind in VERDICTS}
        verdicts = [each["status"] for each in answer["verdicts"]]
        if not (sum(counts.values()) == answer["received"] == len(delivery.rows)):
            self.wrong.append(f"{answer['received']} received, {counts}")
        if Counter(verdicts) != +Counter(counts):
            self.wrong.append(f"{counts} are not the verdicts")
        for (place, how), verdict in zip(delivery.rows, verdicts, strict=True):
            call = self.calls[place]
            if verdict not in allowed(call, how):
                self.wrong.append(f"{how} {call.id}: {verdict}")
            if verdict in ("accepted", "held"):
                self.kept.append(call.id)
        self.told.update(verdicts)


VERDICTS = ("accepted", "held", "duplicate", "conflict", "rejected")


def allowed(call, how):
    """What a row may be answered."""
    if how == "unreadable":
        return {"rejected"}
    if how == "mutated":
        return {"conflict"}
    first = "held" if call.kind == HELD else "accepted"
    return {first, "duplicate"} | ({"conflict"} if call.kind == RACED else set())
