"""CloudEvents over HTTP: batched, structured and binary, as one text of rows.

What a mode says beside the event becomes part of it; nothing of it is judged here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from contracting.metering.refusals import FormatUnknown, UnreadableBatch

ROWS: Final = frozenset(
    {
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/json",
        "application/cloudevents-batch+json",
        "text/plain",
    }
)
"""Content types of many rows: lines of JSON, or a JSON array."""

SINGLE: Final = "application/cloudevents+json"
_PREFIX: Final = "ce-"


def rows_sent(body: bytes, content_type: str, headers: Mapping[str, str]) -> bytes:
    """The rows of a request, in the text that an adapter of CloudEvents reads.

    :param headers: of the request; those that begin with ``ce-`` make it one event in
        binary mode, with the body as its data
    :raises FormatUnknown: for a content type that carries no events
    :raises UnreadableBatch: if the data of an event in binary mode is no JSON
    """
    kind = media_type(content_type)
    attributes = {
        name.lower().removeprefix(_PREFIX): unquote(value)
        for name, value in headers.items()
        if name.lower().startswith(_PREFIX)
    }
    if "specversion" in attributes and not kind.startswith("application/cloudevents"):
        return _binary(body, kind, attributes)
    if kind == SINGLE:
        return b"[" + body + b"]"
    if kind not in ROWS and body.strip():
        message = (
            "Send application/x-ndjson, application/json, application/cloudevents+json "
            "or application/cloudevents-batch+json."
        )
        raise FormatUnknown(message)
    return _as_rows(body)


def media_type(content_type: str) -> str:
    """The content type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def _as_rows(body: bytes) -> bytes:
    """One object that is written over several lines is one row, not as many."""
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"{"):
        return body
    text = body.decode("utf-8-sig", "replace").strip(" \t\r\n")
    if "\n" not in text:
        return body
    try:
        end = json.JSONDecoder(parse_int=len, parse_float=len).raw_decode(text)[1]
    except (ValueError, RecursionError):
        return body
    return b"[" + text.encode() + b"]" if end == len(text) else body


def _binary(body: bytes, kind: str, attributes: Mapping[str, str]) -> bytes:
    """The data stands in the envelope as it was sent, digit for digit."""
    try:
        text = body.decode().strip(" \t\r\n")
        end = json.JSONDecoder(parse_int=len, parse_float=len).raw_decode(text)[1]
    except (ValueError, RecursionError) as error:
        raise _no_data() from error
    if end != len(text):
        raise _no_data()
    named = {**attributes, "datacontenttype": kind or "application/json"}
    envelope = json.dumps({name: named[name] for name in named if name != "data"})
    return f'[{envelope[:-1]}, "data": {text}}}]'.encode()


def _no_data() -> UnreadableBatch:
    message = "The data of an event in binary mode is one JSON object."
    return UnreadableBatch(message)
