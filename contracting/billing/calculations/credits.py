"""Invoice lines that take off what the vendor owes back: read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contracting.billing import refusals
from contracting.billing.calculations.reading import (
    BadReport,
    in_cents,
    read_cents,
    read_description,
)
from contracting.core.quantities import Dollars

_LONGEST_ID: Final = 40
_OTHER: Final = (
    *("model", "token_class", "tokens", "units", "unit_price"),
    *("period_start", "period_end", "kind", "tier"),
)
"""What a line of tokens or units says, and a credit does not."""


@dataclass(frozen=True, slots=True)
class StatedCredit:
    """An invoice line that takes a credit off; its amount is what is taken, positive.

    ``credit`` is the id of the credit that is due, such as ``crd_7k…``. ``clin`` and
    ``acrn`` may be left out; stated, they are those of the credit.
    """

    credit: str
    amount: Dollars
    description: str = ""
    clin: str = ""
    acrn: str = ""


def read_credit(where: str, row: Mapping[str, Any]) -> StatedCredit:
    """One such line from plain values; its amount is stated below zero.

    :raises BadReport: if it cannot be read, or asks for tokens or units too
    """
    texts = {
        name: str("" if row.get(name) is None else row.get(name)).strip()
        for name in ("credit", "amount", "description", "clin", "acrn", *_OTHER)
    }
    if any(texts[name] for name in _OTHER):
        message = (
            f"{where}: a credit has its id and its amount, and neither tokens nor "
            "units, price or period."
        )
        raise BadReport(message)
    if len(texts["credit"]) > _LONGEST_ID or not texts["credit"].isprintable():
        message = f"{where}: credit is no id of a credit that is due."
        raise BadReport(message)
    if not texts["amount"].startswith("-"):
        message = (
            f"{where}: a credit is taken off the invoice, so its amount is below zero, "
            "such as -12.50."
        )
        raise BadReport(message)
    amount = read_cents(where, texts["amount"].removeprefix("-"))
    if not amount:
        message = f"{where}: a credit of nothing is not stated."
        raise BadReport(message)
    return StatedCredit(
        credit=texts["credit"],
        amount=amount,
        description=read_description(where, texts["description"]),
        clin=texts["clin"],
        acrn=texts["acrn"],
    )


@dataclass(frozen=True, slots=True)
class OpenCredit:
    """A credit of the order, and what of it is open, as an invoice may name it."""

    clin: str
    acrn: str
    open: Dollars


def wrong_credits(
    numbered: Iterable[tuple[int, StatedCredit]], known: Mapping[str, OpenCredit]
) -> Iterator[refusals.CreditNotDue]:
    """Credits that are not due on this order, twice named, or not due in this amount.

    :param known: the credits of the order by their ids
    """
    seen = set()
    for position, line in numbered:
        found = known.get(line.credit)
        where = f"Line {position}"
        if found is None:
            message = f"{where}: the order has no credit {line.credit!r} that is due."
            yield refusals.CreditNotDue(message, line=position)
            continue
        if line.credit in seen:
            message = f"{where}: this credit is on the invoice already."
            yield refusals.CreditNotDue(message, line=position)
        elif line.amount > found.open:
            message = (
                f"{where}: {in_cents(line.amount)} is taken off; of this credit "
                f"{in_cents(found.open)} is open."
            )
            short = line.amount - found.open
            yield refusals.CreditNotDue(message, line=position, short_by=short)
        seen.add(line.credit)
        for stated, right, what in (
            (line.clin, found.clin, "line"),
            (line.acrn, found.acrn, "ACRN"),
        ):
            if stated and stated != right:
                message = f"{where}: the credit is of {what} {right}, not {stated!r}."
                yield refusals.CreditNotDue(message, line=position)
