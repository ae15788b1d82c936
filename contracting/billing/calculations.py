"""Reading a report and checking an invoice, on values."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from contracting.core.quantities import (
    Dollars,
    LossyAmount,
    Tokens,
    UnitPrice,
    total_dollars,
)
from contracting.reference.calculations import tier_of, token_class_code

COLUMNS: Final = (
    "request_id",
    "attempt",
    "occurred_at",
    "model",
    "class",
    "tier",
    "tokens",
)
MAX_ROWS: Final = 500_000
HEADER: Final = {
    "vendor_name": "name of the contractor",
    "vendor_address": "address of the contractor",
    "contract_number": "contract number",
    "order_number": "order number",
    "payment_terms": "payment terms",
    "remit_to": "name and address to which payment is sent",
    "defect_contact": "contact in case of a defective invoice",
    "tin": "taxpayer identification number",
}
"""What FAR 32.905(b)(1) and 52.212-4(g) ask of a proper invoice's header."""


class BadReport(ValueError):
    """A row of the report cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of a vendor's report."""

    request_id: str
    attempt: int
    occurred_at: datetime
    model_name: str
    token_class_code: str
    tier: str
    tokens: int


@dataclass(frozen=True, slots=True)
class StatedLine:
    """One invoice line as the vendor states it."""

    clin: str
    model: str
    token_class_code: str
    tier: str
    period_start: datetime
    period_end: datetime
    tokens: int
    unit_price: UnitPrice
    amount: Dollars
    description: str = ""
    acrn: str = ""


def read_report(content: bytes) -> list[ReadRow]:
    """A CSV report with the columns of ``COLUMNS``.

    :raises BadReport: naming the first row that cannot be read
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "The report is not UTF-8 text."
        raise BadReport(message) from error
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        message = f"The first line must be {','.join(COLUMNS)}."
        raise BadReport(message)
    rows = []
    for number, row in enumerate(reader, start=1):
        if number > MAX_ROWS:
            message = f"The report has more than {MAX_ROWS:,} rows."
            raise BadReport(message)
        rows.append(_report_row(number, row))
    if not rows:
        message = "The report has no row."
        raise BadReport(message)
    return rows


def _report_row(number: int, row: Mapping[str, Any]) -> ReadRow:
    where = f"Row {number}"
    if None in row or any(row[name] is None for name in COLUMNS):
        message = f"{where} has not exactly {len(COLUMNS)} values."
        raise BadReport(message)
    for name, limit in (("request_id", 200), ("model", 120), ("tier", 20)):
        value = row[name]
        if not value or len(value) > limit or not value.isprintable():
            message = f"{where}: {name} is empty, too long or not printable."
            raise BadReport(message)
    code = token_class_code(row["class"])
    if code is None:
        message = f"{where}: no such token class {row['class'][:40]!r}."
        raise BadReport(message)
    return ReadRow(
        request_id=row["request_id"],
        attempt=_count(where, "attempt", row["attempt"], least=1, most=1000),
        occurred_at=_instant(where, row["occurred_at"]),
        model_name=row["model"],
        token_class_code=code,
        tier=_tier(where, row),
        tokens=_count(where, "tokens", row["tokens"], least=0, most=2**53 - 1),
    )


def _tier(where: str, row: Mapping[str, Any]) -> str:
    implied = str(tier_of(row["class"]))
    if implied != "STANDARD" and row["tier"] != implied:
        message = f"{where}: the class implies the tier {implied}."
        raise BadReport(message)
    return str(row["tier"])


def _count(where: str, name: str, text: str, *, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        message = f"{where}: {name} is no whole number from {least} to {most}."
        raise BadReport(message)
    return int(text)


def _instant(where: str, text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = datetime.min
    if instant.tzinfo is None:
        message = f"{where}: occurred_at is no instant with a time zone."
        raise BadReport(message)
    return instant.astimezone(UTC)


def header_gaps(
    header: Mapping[str, str], *, number: str, lines: Sequence[StatedLine]
) -> list[str]:
    """Which elements of a proper invoice are missing (R-INV-01)."""
    gaps = [
        words for key, words in HEADER.items() if not str(header.get(key, "")).strip()
    ]
    if not number.strip():
        gaps.insert(0, "invoice number")
    if not lines:
        gaps.append("line items with quantity, unit price and extended price")
    return gaps


def arithmetic_errors(lines: Iterable[StatedLine], total: Dollars) -> list[str]:
    """Every extension and the total that do not tie to the cent (R-INV-07).

    An extension is tokens × unit price, rounded once, half-up.
    """
    errors = []
    stated = []
    for position, line in enumerate(lines, start=1):
        right = line.unit_price.of(Tokens(line.tokens)).to_cents()
        if line.amount != right:
            errors.append(f"Line {position}: {line.amount} is stated, {right} is right.")
        stated.append(line.amount)
    if total_dollars(stated) != total:
        errors.append(f"The total is {total}; its lines sum to {total_dollars(stated)}.")
    return errors


def read_lines(rows: Iterable[Mapping[str, Any]]) -> list[StatedLine]:
    """Invoice lines from plain values, such as JSON or CSV rows give.

    :raises BadReport: naming the first line that cannot be read
    """
    lines = []
    for number, row in enumerate(rows, start=1):
        where = f"Line {number}"
        code = token_class_code(str(row.get("token_class", "")))
        if code is None:
            message = f"{where}: no such token class."
            raise BadReport(message)
        try:
            lines.append(
                StatedLine(
                    clin=str(row.get("clin", "")),
                    model=str(row.get("model", "")),
                    token_class_code=code,
                    tier=str(row.get("tier") or "STANDARD"),
                    period_start=_instant(where, str(row.get("period_start", ""))),
                    period_end=_instant(where, str(row.get("period_end", ""))),
                    tokens=_count(
                        where, "tokens", str(row.get("tokens", "")), least=0, most=2**53 - 1
                    ),
                    unit_price=UnitPrice(Decimal(str(row.get("unit_price", "")))),
                    amount=_cents(where, str(row.get("amount", ""))),
                    description=str(row.get("description", ""))[:200],
                    acrn=str(row.get("acrn", ""))[:2],
                )
            )
        except (InvalidOperation, LossyAmount) as error:
            message = f"{where}: the price or the amount is no exact number."
            raise BadReport(message) from error
    return lines


def _cents(where: str, text: str) -> Dollars:
    amount = Dollars(Decimal(text))
    if amount != amount.to_cents():
        message = f"{where}: the amount is not in whole cents."
        raise BadReport(message)
    return amount
