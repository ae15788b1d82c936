"""CloudEvents with one event for each token class of a call, as OpenMeter sends them.

A lost event is a class that nobody misses: prefer one event with all classes of a call,
which can be checked against a total.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.calls import CALL, Answer, Call, call_of, read_each
from contracting.metering.adapters.classes import Usage
from contracting.metering.adapters.events import MAX_TOKENS, BadRow, ReadEvent, Sender
from contracting.metering.adapters.fields import (
    count,
    known,
    refuse,
    text,
)
from contracting.metering.states import Grain, Provenance, ReportKind, RowCode
from contracting.reference.calculations import tier_of, token_class_code

BY_TYPE: Final = ("cloudevents-by-type", "1")

_TYPES: Final = frozenset({"prompt", "tokens", "ai.tokens.consumed.v1"})
_ENVELOPE: Final = frozenset(
    {
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "subject",
        "datacontenttype",
        "dataschema",
        "data",
    }
)
_OURS: Final = CALL - {"id", "time"}
_DATA: Final = frozenset({"tokens", "model", "type", *_OURS})


def read_by_type(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Events of one class each; their ``source`` is that of the sender."""
    return read_each(payload, sender, adapter=BY_TYPE, read=partial(_row, sender))


def _row(sender: Sender, row: Mapping[str, Any]) -> tuple[Call, Answer]:
    known(row, _ENVELOPE, "")
    if row.get("specversion") != "1.0":
        refuse(RowCode.UNSUPPORTED_SPECVERSION, "/specversion")
    if text(row, "type", "/type", "") not in _TYPES:
        refuse(RowCode.UNSUPPORTED_TYPE, "/type")
    if row.get("datacontenttype") not in (None, "application/json"):
        refuse(RowCode.BAD_CONTENT_TYPE, "/datacontenttype")
    if text(row, "source", "/source", limit=120) != sender.source:
        refuse(RowCode.OTHER_SOURCE, "/source")
    data = row.get("data")
    if not isinstance(data, dict):
        refuse(RowCode.MISSING_DATA, "/data")
    known(data, _DATA, "/data")
    answer = _answer(data, text(row, "id", "/id"))
    subject = text(row, "subject", "/subject", "", limit=60) or None
    given = {key: data[key] for key in data.keys() & _OURS}
    given = {"order_id": subject, **given, "id": row["id"], "time": _time(row)}
    return call_of(given, answer, sender), answer


def _time(row: Mapping[str, Any]) -> Any:
    """The standard lets a receiver put its own time: then nobody knows the period."""
    if row.get("time") is None:
        refuse(RowCode.BAD_TIME, "/time")
    return row["time"]


def _answer(data: Mapping[str, Any], event_id: str) -> Answer:
    name = text(data, "type", "/data/type", limit=30)
    tokens = data.get("tokens")
    if isinstance(tokens, str) and tokens.isascii() and tokens.isdigit():
        tokens = int(tokens) if len(tokens) <= len(str(MAX_TOKENS)) else MAX_TOKENS + 1
    code = token_class_code(name)
    return Answer(
        usage=Usage(
            {code or name: count(tokens, "/data/tokens")},
            unknown_class="" if code else name,
        ),
        model=text(data, "model", "/data/model", limit=120),
        response_id=event_id,
        tier=tier_of(name),
        kind=ReportKind.GATEWAY,
        provenance=Provenance.MEASURED,
    )


ADAPTERS: Final = (
    Adapter(
        name=BY_TYPE[0],
        version=BY_TYPE[1],
        title="CloudEvents, one event for each class (OpenMeter's example)",
        grain=Grain.CALL,
        kind=ReportKind.GATEWAY,
        basis="data.type is a class or its short name; the classes are disjoint.",
        checksum="none: an event has one class and no total",
        kept=tuple(sorted(_ENVELOPE | {f"data.{key}" for key in _DATA})),
        content=(),
        traps=(
            "A lost event is a class that nobody misses.",
            "tokens may be a number or the text of one.",
            "An event without a time is refused: the period would be a guess.",
            "A field that is not on the list refuses its row.",
        ),
        read=read_by_type,
    ),
)
