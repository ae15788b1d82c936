"""A batch for the finance system as CSV and JSON, and its answer, on values."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from contracting.core.plots.tables import rows_as_csv
from contracting.core.quantities import Dollars, LossyAmount, total_dollars

SCHEMA: Final = "drawdown.payments/1"
COLUMNS: Final = (
    *("batch", "voucher_number", "invoice_number", "order", "contract", "vendor"),
    *("due_on", "pay_from", "pay_until", "clin", "acrn", "line_of_accounting"),
    *("gross", "taken_off", "amount", "currency"),
)
ANSWER: Final = (
    *("voucher_number", "status", "paid_on", "reference", "amount", "reason"),
)
PAID: Final = "PAID"
RETURNED: Final = "RETURNED"
MAX_ROWS: Final = 10_000
MAX_TEXT: Final = 4_000


class BadAnswer(ValueError):
    """The finance system's file cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class FundsLine:
    """What a voucher pays from one ACRN of a line, and what comes back to it."""

    clin: str
    acrn: str
    line_of_accounting: str
    gross: Dollars
    taken_off: Dollars

    @property
    def amount(self) -> Dollars:
        """What is disbursed from these funds; below zero where more comes back."""
        return self.gross - self.taken_off


@dataclass(frozen=True, slots=True)
class Instruction:
    """One certified payment as the finance system is to make it."""

    voucher_number: str
    invoice_number: str
    order: str
    contract: str
    vendor: str
    remit_to: str
    due_on: date
    pay_from: date
    pay_until: date | None
    amount: Dollars
    lines: tuple[FundsLine, ...]


def as_csv(batch: int, payments: Sequence[Instruction]) -> bytes:
    """One row for each voucher and ACRN; the amounts of a voucher sum to it.

    What the vendor has worded, such as the number of its invoice, is never a formula.
    """
    rows = (
        (
            *(batch, each.voucher_number, each.invoice_number, each.order),
            *(each.contract, each.vendor, each.due_on, each.pay_from),
            *(each.pay_until, line.clin, line.acrn, line.line_of_accounting),
            *(_exact(line.gross), _exact(line.taken_off), _exact(line.amount), "USD"),
        )
        for each in payments
        for line in each.lines
    )
    return "".join(rows_as_csv(COLUMNS, rows)).encode()


def as_json(batch: int, payments: Sequence[Instruction]) -> bytes:
    """The same as an object of the schema ``drawdown.payments/1``."""
    body: dict[str, Any] = {
        "schema": SCHEMA,
        "batch": batch,
        "currency": "USD",
        "total": _cents(total_dollars(each.amount for each in payments)),
        "payments": [
            {
                "voucher_number": each.voucher_number,
                "invoice_number": each.invoice_number,
                "order": each.order,
                "contract": each.contract,
                "vendor": each.vendor,
                "remit_to": each.remit_to,
                "due_on": each.due_on.isoformat(),
                "pay_from": each.pay_from.isoformat(),
                "pay_until": each.pay_until.isoformat() if each.pay_until else None,
                "amount": _cents(each.amount),
                "lines": [
                    {
                        "clin": line.clin,
                        "acrn": line.acrn,
                        "line_of_accounting": line.line_of_accounting,
                        "gross": _cents(line.gross),
                        "taken_off": _cents(line.taken_off),
                        "amount": _cents(line.amount),
                    }
                    for line in each.lines
                ],
            }
            for each in payments
        ],
    }
    return json.dumps(body, indent=2, sort_keys=True, ensure_ascii=False).encode()


def _exact(dollars: Dollars) -> Decimal:
    return dollars.amount.quantize(Decimal("0.01"))


def _cents(dollars: Dollars) -> str:
    return f"{dollars.amount:.2f}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What finance says of one voucher."""

    row: int
    voucher_number: str
    is_paid: bool
    paid_on: date | None
    reference: str
    amount: Dollars | None
    reason: str


def read_answers(content: bytes) -> list[Answer]:
    """The finance system's CSV, one row for each voucher.

    :raises BadAnswer: naming the row that cannot be read, or a voucher named twice
    """
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        message = "The file is no CSV in UTF-8."
        raise BadAnswer(message) from error
    if not rows or set(rows[0]) != set(ANSWER):
        message = f"The first line must be {','.join(ANSWER)}, and rows follow."
        raise BadAnswer(message)
    if len(rows) > MAX_ROWS:
        message = f"The file has more than {MAX_ROWS:,} rows."
        raise BadAnswer(message)
    answers = [_answer(number, row) for number, row in enumerate(rows, start=1)]
    named = Counter(each.voucher_number for each in answers)
    twice = min((each for each, times in named.items() if times > 1), default=None)
    if twice is not None:
        message = f"{twice} is in the file twice."
        raise BadAnswer(message)
    return answers


def _answer(number: int, row: dict[str, Any]) -> Answer:
    where = f"Row {number}"
    if None in row or any(value is None for value in row.values()):
        message = f"{where} has not exactly {len(ANSWER)} values."
        raise BadAnswer(message)
    texts = {name: str(row[name]).strip() for name in ANSWER}
    if any("\0" in text or len(text) > MAX_TEXT for text in texts.values()):
        message = f"{where} has a NUL, or more than {MAX_TEXT:,} characters in a value."
        raise BadAnswer(message)
    if texts["status"] not in {PAID, RETURNED}:
        message = f"{where}: the status is {PAID} or {RETURNED}."
        raise BadAnswer(message)
    is_paid = texts["status"] == PAID
    return Answer(
        row=number,
        voucher_number=texts["voucher_number"],
        is_paid=is_paid,
        paid_on=_day(where, texts["paid_on"]) if is_paid else None,
        reference=texts["reference"],
        amount=_amount(where, texts["amount"]) if is_paid else None,
        reason=texts["reason"],
    )


def _day(where: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{where}: paid_on is no day such as 2026-05-28."
        raise BadAnswer(message) from error


def _amount(where: str, text: str) -> Dollars:
    try:
        amount = Dollars(text)
        if amount == amount.to_cents() and amount >= Dollars(0):
            return amount
    except LossyAmount:
        pass
    message = f"{where}: the amount is no number of dollars in whole cents."
    raise BadAnswer(message)
