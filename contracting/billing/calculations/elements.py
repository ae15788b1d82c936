"""The elements of a proper invoice (FAR 32.905(b), 52.212-4(g))."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from contracting.billing import refusals
from contracting.billing.calculations import (
    HEADER,
    MAX_TOKENS_AT_ONCE,
    Stated,
)


def improper(
    stated: Stated,
    *,
    lines: Container[str],
    models: Container[str],
    numbers: Mapping[str, str],
) -> Iterator[refusals.ImproperInvoice]:
    """Which elements of a proper invoice are missing or wrong (R-INV-01).

    :param lines: the line numbers of the order
    :param numbers: the contract's and the order's number by the header's name for it
    :param models: the model snapshots that are known
    """
    missing = [
        words
        for key, words in HEADER.items()
        if not str(stated.header.get(key, "")).strip()
    ]
    if not stated.number:
        missing.insert(0, "invoice number")
    if not any(stated.asking):
        missing.append("line items with quantity, unit price and extended price")
    if missing:
        message = f"Not a proper invoice; it lacks: {'; '.join(missing)}."
        yield refusals.ImproperInvoice(message, missing=missing)
    if not stated.number.isprintable():
        message = "The invoice number has characters that cannot be printed."
        yield refusals.ImproperInvoice(message)
    if sum(line.tokens for _position, line in stated.numbered) > MAX_TOKENS_AT_ONCE:
        message = f"An invoice asks for at most {MAX_TOKENS_AT_ONCE:,} tokens."
        yield refusals.ImproperInvoice(message)
    for key, right in numbers.items():
        given = str(stated.header.get(key, "")).strip()
        if given and _as_number(given) != _as_number(right):
            message = f"The {HEADER[key]} is {right}, not {given[:40]!r}."
            yield refusals.ImproperInvoice(message, element=key)
    yield from _unknown(stated, lines, models)


def _unknown(
    stated: Stated, lines: Container[str], models: Container[str]
) -> Iterator[refusals.ImproperInvoice]:
    """Lines and models that the order and the register do not have."""
    for position, each in stated.asking:
        if each.clin not in lines:
            message = f"Line {position}: the order has no line {each.clin[:20]!r}."
            yield refusals.ImproperInvoice(message, line=position)
    for position, line in stated.numbered:
        if line.model not in models:
            message = f"Line {position}: no model is called {line.model[:60]!r}."
            yield refusals.ImproperInvoice(message, line=position)


def _as_number(text: str) -> str:
    """A contract's number, however it is spaced, hyphenated and capitalised."""
    return "".join(each for each in text if each.isalnum()).upper()
