"""A vendor's own usage report, read by the adapters of metering, as rows of a report.

Whatever the format, the rows become those of our CSV: a call with its request id, or a
sum of at most a day with none. What a format does not tell is said in notes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contracting.billing.calculations.reading import BadLines, BadReport
from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.events import (
    BadRow,
    ReadBucket,
    ReadCharge,
    ReadEvent,
    Sender,
    Unreadable,
)
from contracting.metering.adapters.mapped_csv import mapping_of
from contracting.metering.adapters.registry import ADAPTERS, adapter_named
from contracting.metering.refusals import MappingIncomplete

OURS: Final = "report-csv"
"""Our own columns, the format of a report that names none."""

MAX_ERRORS: Final = 50
_WIDEST: Final = ("OUT_TEXT", "IN_CACHE_WRITE_UNSPEC")
"""The classes to which a sum of several belongs where nothing tells them apart."""


@dataclass(frozen=True, slots=True)
class Converted:
    """The rows in the columns of our CSV, and what the format did not tell."""

    rows: list[dict[str, Any]]
    notes: list[str]
    may_carry_content: bool


def formats() -> dict[str, str]:
    """Every format that a report may have, with its title."""
    return {OURS: "CSV with our columns"} | {
        each.name: each.title for each in ADAPTERS.values()
    }


def converted(
    name: str,
    content: bytes,
    *,
    priced: Collection[str],
    mapping: Mapping[str, Any] | None = None,
) -> Converted:
    """Read a file of another format.

    :param priced: the token classes for which the order has prices
    :param mapping: which column is what, for the format of mapped CSV files
    :raises BadLines: naming the rows that cannot be read, up to ``MAX_ERRORS``
    :raises BadReport: if the file is not of the format, or the format unknown
    """
    adapter = adapter_named(name)
    if adapter is None:
        message = f"There is no format {name[:40]!r}; they are {', '.join(formats())}."
        raise BadReport(message)
    rows: list[dict[str, Any]] = []
    errors: list[str] = []
    merged: Counter[str] = Counter()
    left_out = 0
    for read in _read(adapter, content, mapping):
        try:
            made = list(_rows_of(read, priced, merged))
        except BadReport as error:
            errors.append(str(error))
            continue
        left_out += not made and isinstance(read, ReadCharge)
        rows += made
    if errors:
        more = len(errors) - MAX_ERRORS
        last = [f"And {more:,} more rows cannot be read."] if more > 0 else []
        raise BadLines([*errors[:MAX_ERRORS], *last])
    if left_out and not rows:
        message = f"{adapter.title}: none of its {left_out:,} rows counts tokens."
        raise BadReport(message)
    return Converted(rows, _notes(merged, left_out), adapter.can_carry_content)


def _read(
    adapter: Adapter, content: bytes, mapping: Mapping[str, Any] | None
) -> list[Any]:
    settings = {}
    if adapter.needs:
        if mapping is None:
            message = (
                f"{adapter.title} needs {adapter.needs}: say which column is what."
            )
            raise BadReport(message)
        try:
            settings = {"mapping": mapping_of(mapping)}
        except MappingIncomplete as error:
            raise BadReport(str(error)) from error
    try:
        return adapter.read_rows(content, Sender(source="vendor"), **settings)
    except Unreadable as error:
        message = f"The file is not {adapter.title}: {error}"
        raise BadReport(message) from error


def _rows_of(
    read: Any, priced: Collection[str], merged: Counter[str]
) -> Iterator[dict[str, Any]]:
    where = f"Row {read.index + 1}"
    if isinstance(read, BadRow):
        message = f"{where}: {read.code.replace('_', ' ')} at {read.pointer or '/'}."
        raise BadReport(message)
    if isinstance(read, ReadEvent):
        yield from _call(where, read)
    elif isinstance(read, ReadBucket):
        for span in read.lines:
            code = _one_of(span.classes, priced, merged, span.tokens)
            yield _sum(read, read.model, code, span.tokens)
    elif isinstance(read, ReadCharge) and read.tokens is not None:
        if not read.classes:
            message = (
                f"{where}: its meter has no token class; map it before it is sent."
            )
            raise BadReport(message)
        if read.tokens < 0:
            message = f"{where}: a correction below zero; send the period restated."
            raise BadReport(message)
        code = _one_of(read.classes, priced, merged, read.tokens)
        yield _sum(read, read.model_billed, code, read.tokens)


def _call(where: str, read: ReadEvent) -> Iterator[dict[str, Any]]:
    if read.unknown_class:
        message = f"{where}: no such token class {read.unknown_class[:40]!r}."
        raise BadReport(message)
    for code, tokens in read.lines:
        yield {
            "request_id": read.operation_id or read.response_id or read.event_id,
            "attempt": read.attempt,
            "occurred_at": read.occurred_at.isoformat(),
            "model": read.model_billed or read.model_served,
            "class": code,
            "tier": read.tier,
            "tokens": tokens,
        }


def _sum(
    read: ReadBucket | ReadCharge, model: str, code: str, tokens: int
) -> dict[str, Any]:
    return {
        "request_id": "",
        "attempt": "",
        "occurred_at": read.period_start.isoformat(),
        "bucket_end": read.period_end.isoformat(),
        "model": model,
        "class": code,
        "tier": read.tier,
        "tokens": tokens,
    }


def _one_of(
    classes: tuple[str, ...],
    priced: Collection[str],
    merged: Counter[str],
    tokens: int,
) -> str:
    """The class of tokens that a report does not split further.

    It is the one for which the order has a price; of several it is the widest, and the
    report says so.
    """
    mine = [code for code in classes if code in priced] or list(classes)
    if len(mine) == 1:
        return mine[0]
    code = next((each for each in _WIDEST if each in mine), mine[0])
    words = f"{', '.join(mine)} are not told apart: all of it is reported as {code}"
    merged[words] += tokens
    return code


def _notes(merged: Counter[str], left_out: int) -> list[str]:
    notes = [f"{words} ({tokens:,} tokens)." for words, tokens in merged.items()]
    if left_out:
        notes.append(f"{left_out:,} charges are of no tokens and are left out.")
    return notes
