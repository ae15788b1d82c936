"""What is asked of Drawdown and what it answers, as values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from drawdown_client.errors import Refused
from drawdown_client.usage import ABSENT, ESTIMATED, Usage
from drawdown_client.wire import Reply, Request

AUTHORIZE = "/api/v1/funds:authorize"
SETTLE = "/api/v1/funds:settle"
RELEASE = "/api/v1/funds:release"
FENCE = "/api/v1/funds:fence"
EVENTS = "/api/v1/usage/events:batch"
HEARTBEATS = "/api/v1/usage/heartbeats"
NDJSON = "application/x-ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A call that is about to be made, with the most that it can use.

    :param order: the public id of the order, such as ``ord_7k2m``
    :param input_tokens_max: an upper bound, not a guess: the reserve rests on it
    :param output_tokens_max: the limit that the provider is sent, for all choices
    """

    order: str
    model: str
    input_tokens_max: int
    output_tokens_max: int
    tier: str = ""
    boundary: str = ""
    project: str = ""
    key: str = ""
    calls: int = 1


@dataclass(frozen=True, slots=True)
class Grant:
    """Room for the call until the lease ends; tokens and dollars are of one call.

    :ivar beyond: the limit that an order which is soft passes with it
    :ivar is_unreserved: nobody answered, and this client may go on without an answer
    """

    reservation_id: str
    lease_until: datetime | None
    tokens: int = 0
    dollars: Decimal = Decimal(0)
    beyond: str = ""
    is_replayed: bool = False
    is_unreserved: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a call.

    :ivar state: settled, held, unreserved, released; ``spooled`` where it has yet to
        arrive, ``refused`` where it never will be taken
    :ivar over_dollars: what it used above its reserve
    """

    reservation_id: str
    state: str
    verdict: str = ""
    code: str = ""
    tokens: int = 0
    dollars: Decimal = Decimal(0)
    over_dollars: Decimal = Decimal(0)
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch of events; empty counts where it has yet to arrive."""

    name: str
    state: str
    accepted: int = 0
    held: int = 0
    duplicate: int = 0
    conflict: int = 0
    rejected: int = 0
    verdicts: tuple[Mapping[str, Any], ...] = ()


def post(path: str, body: Mapping[str, Any], key: str) -> Request:
    """A request whose key is that of the thing it is about."""
    return Request(path, json.dumps(body).encode(), f"drawdown-client:{key}"[:255])


def authorize_body(
    ask: Ask, name: str, source: str, gateway: str, epoch: int
) -> dict[str, Any]:
    """An ask as the gate reads it."""
    return {
        "reservation_id": name,
        "source": source,
        "order": ask.order,
        "model": ask.model,
        "input_tokens_max": ask.input_tokens_max,
        "output_tokens_max": ask.output_tokens_max,
        "tier": ask.tier,
        "boundary": ask.boundary,
        "project": ask.project,
        "key": ask.key,
        "calls": ask.calls,
        "gateway": gateway,
        "epoch": epoch,
    }


def settle_body(
    name: str, source: str, event: Mapping[str, Any] | None, call: int = 1
) -> dict[str, Any]:
    """A settlement as the gate reads it; without an event nobody knows the usage."""
    return {"reservation_id": name, "source": source, "event": event, "call": call}


def event_of(
    usage: Usage,
    *,
    name: str,
    source: str,
    at: datetime,
    ask: Ask,
    operation: str = "",
    attempt: int = 1,
) -> dict[str, Any]:
    """A call as its CloudEvent: counts alone, no word of what was asked or answered."""
    data: dict[str, Any] = {
        "order_id": ask.order,
        "operation_id": operation or name,
        "attempt": attempt,
        "model": usage.model or ask.model,
        "model_requested": ask.model,
        "tier": usage.tier or ask.tier or "STANDARD",
        "basis": usage.basis,
    }
    if usage.basis != ABSENT:
        data["lines"] = [
            {"class": code, "tokens": tokens} for code, tokens in usage.counts.items()
        ]
        data["total"] = sum(usage.counts.values())
    if usage.basis == ESTIMATED:
        data["provenance"] = "ESTIMATED"
    labels = {
        "outcome": usage.outcome,
        "boundary": ask.boundary,
        "project": ask.project,
        "key_ref": ask.key,
    }
    return {
        "specversion": "1.0",
        "id": name,
        "source": source,
        "type": "ai.tokens.consumed.v1",
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "data": data | {key: text for key, text in labels.items() if text},
    }


def read(reply: Reply) -> dict[str, Any]:
    """The body of an answer that says yes.

    :raises Refused: if it says no
    """
    try:
        body = json.loads(reply.body)
    except ValueError:
        body = {"detail": reply.body[:300].decode(errors="replace")}
    body = body if isinstance(body, dict) else {"detail": str(body)[:300]}
    if not 200 <= reply.status < 300:
        raise Refused(reply.status, body)
    return body


def grant_of(reply: Reply) -> Grant:
    """A grant.

    :raises Refused: if there is none
    """
    body = read(reply)
    return Grant(
        reservation_id=body["reservation_id"],
        lease_until=datetime.fromisoformat(body["lease_until"]),
        tokens=body["tokens"],
        dollars=Decimal(body["dollars"]),
        beyond=body["beyond"],
        is_replayed=body["replayed"],
    )


def settled_of(name: str, path: str, reply: Reply) -> Settled:
    """What became of a call that was settled or released.

    :raises Refused: if its event is not taken
    """
    body = read(reply)
    if path == RELEASE:
        return Settled(name, "released")
    return Settled(
        reservation_id=name,
        state=body["state"],
        verdict=body["verdict"],
        code=body["code"],
        tokens=body["tokens"],
        dollars=Decimal(body["dollars"]),
        over_dollars=Decimal(body["over_dollars"]),
        is_late=body["late"],
    )


def receipt_of(name: str, reply: Reply) -> Receipt:
    """The verdicts on a batch.

    :raises Refused: if the batch as a whole is not taken
    """
    body = read(reply)
    return Receipt(
        name=name,
        state="received",
        accepted=body["accepted"],
        held=body["held"],
        duplicate=body["duplicate"],
        conflict=body["conflict"],
        rejected=body["rejected"],
        verdicts=tuple(body["verdicts"]),
    )
