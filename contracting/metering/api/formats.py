"""The format of a delivery and its source, as the address of a request names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter

from contracting.core.actors import Actor
from contracting.core.api import BadCursor
from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.reading import (
    SAYS,
    Reading,
    format_called,
    reading_of,
)
from contracting.metering.adapters.registry import OWN, of_calls
from contracting.metering.models import UsageSource
from contracting.metering.refusals import UnreadableBatch

_KNOWN: Final = frozenset({"format", "source", *SAYS})
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
    return format_called(str(parameters.get("format", OWN.name)))


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


def reading_named(
    adapter: Adapter, source: UsageSource, parameters: Mapping[str, Any]
) -> Reading:
    """What reads a delivery of that format from that source, by what the address says.

    :raises FormatNotTaken: if the source is registered for something else
    """
    said = {name: str(parameters[name]) for name in SAYS if parameters.get(name)}
    return reading_of(adapter, source, said)
