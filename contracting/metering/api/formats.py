"""The format of a delivery and its source, as the address of a request names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter

from contracting.core.actors import Actor
from contracting.core.api import BadCursor
from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.events import Sender
from contracting.metering.adapters.registry import OWN, adapter_named, of_calls
from contracting.metering.models import UsageSource
from contracting.metering.operations.ingest import Reader
from contracting.metering.refusals import (
    FormatNotTaken,
    FormatUnknown,
    UnreadableBatch,
)
from contracting.metering.states import Grain, ReportKind, SourceKind

_TAKEN: Final = {
    SourceKind.GATEWAY: frozenset({ReportKind.GATEWAY, ReportKind.PROVIDER_API}),
}
"""A gateway reports its own records, or the answers that it has passed on."""

_SENDER: Final = {
    "order": "order_ref",
    "key": "key_ref",
    "boundary": "boundary",
    "context_band": "context_band",
    "channel": "channel",
}
_KNOWN: Final = frozenset({"format", "source", *_SENDER})
FORMAT_PARAMETERS: Final = [
    OpenApiParameter(
        "format",
        str,
        enum=[each.name for each in of_calls()],
        description="The format of the rows; our own profile when left out.",
    ),
    OpenApiParameter(
        "source",
        str,
        description="The source of rows that do not name it; else the key's only one.",
    ),
    *(
        OpenApiParameter(name, str, description=words)
        for name, words in (
            ("order", "The order of rows that name none."),
            ("key", "The key of the gateway whose calls they are."),
            ("boundary", "The data boundary of rows that name none."),
            ("context_band", "The context band of rows that name none."),
            ("channel", "The channel by which the model was reached."),
        )
    ),
]


def format_named(parameters: Mapping[str, Any]) -> Adapter:
    """The adapter of the format that the address names; our own profile by default.

    :raises BadCursor: for a parameter that nobody knows
    :raises FormatUnknown: if no adapter has that name
    :raises FormatNotTaken: for a report, which is compared and never counted
    """
    strange = sorted(set(parameters) - _KNOWN)
    if strange:
        message = f"There is no parameter {strange[0][:40]!r}."
        raise UnknownParameter(message)
    name = parameters.get("format", OWN.name)
    adapter = adapter_named(name)
    if adapter is None:
        names = ", ".join(each.name for each in of_calls())
        message = f"There is no format {str(name)[:40]!r}; formats are {names}."
        raise FormatUnknown(message)
    if adapter.grain != Grain.CALL:
        message = (
            f"{adapter.title} is a report: it is compared with the calls that were "
            "counted, and is never counted itself."
        )
        raise FormatNotTaken(message)
    return adapter


class UnknownParameter(BadCursor):
    """The address has a parameter that nobody knows."""

    code = "unknown_parameter"


def source_named(parameters: Mapping[str, Any], actor: Actor) -> str:
    """The source that the address names, else the only one of the key.

    :raises UnreadableBatch: if it is neither
    """
    named = str(parameters.get("source", ""))
    if not named and len(actor.sources) == 1:
        (named,) = actor.sources
    if not named:
        message = "Name the source of these rows in the address: ?source=…"
        raise UnreadableBatch(message)
    return named


def reader_of(
    adapter: Adapter, source: UsageSource, parameters: Mapping[str, Any]
) -> Reader:
    """What reads a delivery of that format from that source.

    :raises FormatNotTaken: if the source is registered for something else
    """
    if adapter.kind not in _TAKEN.get(SourceKind(source.kind), frozenset()):
        message = f"{source.label} is not registered for {adapter.title}."
        raise FormatNotTaken(message)
    if adapter.needs:
        message = f"{source.label} has no {adapter.needs} by which this can be read."
        raise FormatNotTaken(message)
    named = {
        field: str(parameters[name])
        for name, field in _SENDER.items()
        if parameters.get(name)
    }
    sender = Sender(source=source.code, **named)
    return lambda payload: adapter.read(payload, sender)
