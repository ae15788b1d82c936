"""What the printers share: counts, what may be left out, and the ways to write rows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

CONTENT = "Patient 4711 asks about a rash"
FIRST = datetime(2026, 4, 20, 14, 0, tzinfo=UTC)


@dataclass
class Call:
    """What an adapter must find in a row that was printed."""

    id: str
    lines: dict[str, int]
    model: str = ""
    total: int | None = None
    tier: str = "STANDARD"
    at: datetime | None = None
    basis: str = "measured"
    unknown: str = ""
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Bucket:
    """What an adapter must find in a bucket of a report."""

    start: datetime
    end: datetime
    model: str
    tier: str
    lines: dict[tuple[str, ...], int]
    requests: int | None = None
    total: int | None = None


@dataclass
class Charge:
    """What an adapter must find in a line of a bill."""

    model: str
    classes: tuple[str, ...]
    tier: str
    tokens: int | None
    amount: Decimal
    currency: str
    start: datetime
    kind: str = "Usage"
    zone: str | None = None


@dataclass
class Refused:
    """The codes with which a broken row may be refused."""

    codes: tuple[str, ...]


def some(rng, most=10**10):
    """A count: often none, often few, seldom very many."""
    kind = rng.random()
    if kind < 0.25:
        return 0
    if kind < 0.5:
        return rng.randint(1, 20)
    if kind < 0.95:
        return rng.randint(1, 200_000)
    return rng.randint(1, most)


def least(rng):
    """A count of at least one."""
    return some(rng) or 1


def put(rng, into, key, value):
    """A count; one of zero may as well be null or left out."""
    if value or rng.random() < 0.4:
        into[key] = value
    elif rng.random() < 0.5:
        into[key] = None


def maybe(rng, into, key, value):
    """A part of a row that is left out or null when it has nothing to say."""
    if any(n for n in value.values() if n) or rng.random() < 0.5:
        into[key] = value
    elif rng.random() < 0.5:
        into[key] = None


def shuffled(rng, row):
    """The same object with its keys in another order, at every depth."""
    if isinstance(row, list):
        return [shuffled(rng, each) for each in row]
    if not isinstance(row, dict):
        return row
    keys = list(row)
    rng.shuffle(keys)
    return {key: shuffled(rng, row[key]) for key in keys}


def moment(rng):
    """A whole second of the year after the first."""
    return FIRST + timedelta(seconds=rng.randrange(365 * 86_400))


def stamp(rng, at):
    """An instant, in UTC or in another zone, with or without its fractions."""
    kind = rng.randrange(3)
    if kind == 0:
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if kind == 1:
        return at.strftime("%Y-%m-%dT%H:%M:%S.000000000+00:00")
    local = at - timedelta(hours=4)
    return local.strftime("%Y-%m-%dT%H:%M:%S-04:00")


def wrapped(rng, response, call_id, at):
    """An answer with what the gateway knows of the call beside it."""
    call = {"id": call_id, "time": stamp(rng, at)}
    if rng.random() < 0.5:
        call |= {"order_id": "ord_7k2m", "attempt": 1, "outcome": "COMPLETE"}
    return {"call": call, "response": response}


def written(rng, rows):
    """Rows as NDJSON, as an array, or as an array with spaces."""
    kind = rng.randrange(3)
    if kind == 0:
        return "\n".join(json.dumps(row) for row in rows).encode()
    return json.dumps(rows, indent=2 if kind == 1 else None).encode()


def spoil(rng, place, key):
    """Something in the place of a count that is none."""
    place[key] = rng.choice([-1, 1.5, "17", True, [], 10**13])
    return Refused(("negative", "not_a_count", "too_many", "checksum_failed"))
