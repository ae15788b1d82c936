"""Reports of a provider: pages of buckets and of costs, and the rows of a bill.

A report is whole or it is not read: pages that announce another one are refused, since
a sum over part of them would look like missing usage.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from contracting.core.canonical import canonical_json, content_sha256
from contracting.metering.adapters.events import (
    MAX_BYTES,
    MAX_COUNT,
    BadRow,
    ReadBucket,
    ReadCharge,
    Span,
    Unreadable,
)
from contracting.metering.adapters.fields import Bad, refuse
from contracting.metering.adapters.rows import read_object, rows_of, sha256_of
from contracting.metering.states import RowCode
from contracting.reference.states import Tier

LONGEST_NAME: Final = 200
MOST_RESULTS: Final = 200_000
"""A month of a large agency's bill, by hour, account and meter."""

_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]*")
_UNITS = re.compile(
    r"(?P<number>\d{1,12}(?:[.,]\d{1,6})*)?\s*(?P<letter>[KkMm])?\s*(?P<token>tokens?)?",
    re.IGNORECASE,
)
_LETTERS: Final = {"": 1, "k": 1_000, "m": 1_000_000}

INPUT: Final = ("IN_UNCACHED",)
READ: Final = ("IN_CACHE_READ",)
WRITTEN: Final = ("IN_CACHE_WRITE_1H", "IN_CACHE_WRITE_5M", "IN_CACHE_WRITE_UNSPEC")
OUTPUT: Final = ("OUT_REASONING", "OUT_REJECTED", "OUT_TEXT")
"""Reports do not tell reasoning from the rest of the output."""


def pages_of(payload: bytes, *, list_key: str) -> list[Mapping[str, Any]]:
    """The pages of a report: one object, an array of them, or one to a line.

    :param list_key: where a page has its list
    :raises Unreadable: if there is none, one is no page, or more pages follow
    """
    pages = list(_pages(payload))
    for page in pages:
        if not isinstance(page.get(list_key), list):
            message = f"A page of this report has its rows in {list_key!r}."
            raise Unreadable(message)
    if not pages or pages[-1].get("has_more") is True:
        message = "The last page says that more follow; send the whole report."
        raise Unreadable(message)
    return pages


def _pages(payload: bytes) -> Iterator[Mapping[str, Any]]:
    try:
        yield from _objects(payload)
    except Bad as bad:
        message = f"The report is no JSON: {bad.code}."
        raise Unreadable(message) from bad


def _objects(payload: bytes) -> Iterator[Mapping[str, Any]]:
    if len(payload) > MAX_BYTES:
        message = f"The report has more than {MAX_BYTES:,} bytes."
        raise Unreadable(message)
    try:
        whole = payload.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        message = "The report is not UTF-8 text."
        raise Unreadable(message) from error
    try:
        # One page may be written over several lines; only its end is looked for here.
        json.JSONDecoder(parse_int=len, parse_float=len).decode(whole)
    except (ValueError, RecursionError):
        is_one = False
    else:
        is_one = whole.startswith("{")
    if is_one:
        yield read_object(whole)
    else:
        yield from (read_object(raw) for raw in rows_of(payload))


Make = Callable[[int, Mapping[str, Any], str], ReadBucket | ReadCharge]
"""From the number of a result, the result and its place in the report."""


def each_result(
    results: Iterable[tuple[Any, str]], make: Make
) -> list[ReadBucket | ReadCharge | BadRow]:
    """Every result by itself: read, or refused with a code.

    :param results: each with its place in the report
    :raises Unreadable: if the report has more rows than any
    """
    found: list[ReadBucket | ReadCharge | BadRow] = []
    said: set[str] = set()
    for index, (result, pointer) in enumerate(results):
        if index == MOST_RESULTS:
            message = f"The report has more than {MOST_RESULTS:,} rows."
            raise Unreadable(message)
        try:
            if not isinstance(result, dict):
                refuse(RowCode.NOT_AN_OBJECT, pointer)
            read = make(index, result, pointer)
            if isinstance(read, ReadBucket):
                if read.bucket_id in said:
                    refuse(RowCode.SAID_TWICE, pointer)
                said.add(read.bucket_id)
            found.append(read)
        except Bad as bad:
            raw = json.dumps(result, default=str, sort_keys=True)
            row = BadRow(index, "", bad.code, bad.pointer[:120], sha256_of(raw))
            found.append(row)
    return found


def results_of(
    pages: Sequence[Mapping[str, Any]], list_key: str = "data"
) -> Iterator[tuple[Any, str]]:
    """The results of every bucket of every page, each with its bucket's interval."""
    for number, page in enumerate(pages):
        for at, bucket in enumerate(page[list_key]):
            place = f"/{number}/{list_key}/{at}"
            inside = bucket.get("results") if isinstance(bucket, dict) else None
            if not isinstance(inside, list):
                yield None, place
                continue
            around = {key: bucket[key] for key in bucket if key != "results"}
            for position, result in enumerate(inside):
                pointer = f"{place}/results/{position}"
                if isinstance(result, dict):
                    yield {**result, "bucket": around}, pointer
                else:
                    yield None, pointer


def rows_of_csv(payload: bytes) -> Iterator[tuple[dict[str, str], str]]:
    """The rows of a CSV file with a header, each with its line in the file.

    :raises Unreadable: if it is no such file, or a row has other columns
    """
    if len(payload) > MAX_BYTES:
        message = f"The file has more than {MAX_BYTES:,} bytes."
        raise Unreadable(message)
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "The file is not UTF-8 text."
        raise Unreadable(message) from error
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = rows.fieldnames or ()
        if not names or len(set(names)) != len(names):
            message = "Line 1 names the columns, each once."
            raise Unreadable(message)
        for row in rows:
            if None in row or None in row.values():
                message = f"Line {rows.line_num} has another number of columns."
                raise Unreadable(message)
            yield row, f"/{rows.line_num}"
    except csv.Error as error:
        message = f"Line {rows.line_num + 1}: {error}."
        raise Unreadable(message) from error


def label(
    row: Mapping[str, Any],
    key: str,
    pointer: str,
    default: str | None = None,
    *,
    limit: int = LONGEST_NAME,
) -> str:
    """A name that a provider gave to something of its own; it may have blanks.

    :raises Bad: if it is missing, too long, or no printable text
    """
    value = row.get(key)
    if value is None or value == "":
        value = default
    if value is None:
        refuse(RowCode.MISSING_DIMENSION, f"{pointer}/{key}")
    if not isinstance(value, str) or not _PRINTABLE.fullmatch(value):
        refuse(RowCode.BAD_TEXT, f"{pointer}/{key}")
    if len(value) > limit:
        refuse(RowCode.BAD_TEXT, f"{pointer}/{key}")
    return value


def tokens_of_unit(unit: str, pointer: str) -> int | None:
    """How many tokens one of a unit is, by the unit of its own row; ``None`` if none.

    ``1K``, ``1M``, ``1000 Tokens``, ``1M tokens`` and ``Tokens`` are tokens.

    :raises Bad: if it speaks of tokens and nobody knows of how many
    """
    found = _UNITS.fullmatch(unit.strip().replace("_", " "))
    if found is None or not (found["letter"] or found["token"]):
        if "token" in unit.casefold():
            refuse(RowCode.UNKNOWN_UNIT, pointer)
        return None
    number = (found["number"] or "1").replace(",", "")
    is_whole = number.isdigit() and int(number) > 0
    if not is_whole or not (found["number"] or found["token"]):
        refuse(RowCode.UNKNOWN_UNIT, pointer)
    return int(number) * _LETTERS[(found["letter"] or "").casefold()]


def whole_tokens(quantity: Decimal, factor: int, pointer: str) -> int:
    """A quantity in tokens; it is whole, or its unit is another one.

    :raises Bad: if it is no whole number of tokens, or too many
    """
    tokens = quantity * factor
    if tokens != tokens.to_integral_value():
        refuse(RowCode.NOT_A_COUNT, pointer)
    if abs(tokens) > MAX_COUNT:
        refuse(RowCode.TOO_MANY, pointer)
    return int(tokens)


def composed_id(*parts: str | datetime) -> str:
    """The identity of what has no id: the hash of its parts, never joined as text."""
    return content_sha256(list(parts))


def bucket_of(*, lines: Sequence[Span], **fields: Any) -> ReadBucket:
    """A bucket; its identity is its interval and its dimensions, not its counts."""
    kept = tuple(line for line in lines if line.tokens)
    index = fields.pop("index")
    version = fields.pop("adapter_version")
    bucket_id = composed_id(
        fields["adapter"],
        fields["period_start"],
        fields["period_end"],
        *(part for pair in fields["dimensions"] for part in pair),
    )
    _half_open(fields["period_start"], fields["period_end"])
    canonical = canonical_json(
        {**fields, "lines": [[list(line.classes), line.tokens] for line in kept]}
    )
    return ReadBucket(
        index=index,
        bucket_id=bucket_id,
        adapter_version=version,
        lines=kept,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        canonical=canonical,
        **fields,
    )


def charge_of(**fields: Any) -> ReadCharge:
    """A charge; where its source has no key of it, its own content is the key."""
    index = fields.pop("index")
    version = fields.pop("adapter_version")
    defaults: dict[str, Any] = {
        "classes": (),
        "tier": Tier.STANDARD.value,
        "region_scope": "",
        "provider": "",
        "channel": "",
        "charge_class": "Usage",
        "quantity": None,
        "unit": "",
        "tokens": None,
        "unit_price": None,
        "invoice_ref": "",
    }
    fields = {**defaults, **fields}
    key = fields.pop("key", ())
    _half_open(fields["period_start"], fields["period_end"])
    canonical = canonical_json(fields)
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    return ReadCharge(
        index=index,
        charge_id=composed_id(fields["adapter"], *key, sha256),
        adapter_version=version,
        sha256=sha256,
        canonical=canonical,
        **fields,
    )


def _half_open(start: datetime, end: datetime) -> None:
    if not start < end:
        refuse(RowCode.BAD_TIME, "/period")


def numbered(rows: Iterable[Any]) -> list[Any]:
    """The rows, where those of one content are told apart by how often it came.

    Two equal lines of a bill are two charges; the same file again gives the same ids.
    """
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        if isinstance(row, ReadCharge):
            seen[row.charge_id] = seen.get(row.charge_id, 0) + 1
            if seen[row.charge_id] > 1:
                again = composed_id(row.charge_id, str(seen[row.charge_id]))
                row = replace(row, charge_id=again)
        found.append(row)
    return found
