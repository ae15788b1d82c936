"""Reading a report and checking an invoice, on values."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import (
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from contracting.billing import refusals
from contracting.billing.calculations import charged, credits, reading
from contracting.billing.states import LineKind
from contracting.core.json_text import BadJson, read_json
from contracting.core.periods import Period, accounting_day
from contracting.core.quantities import (
    Dollars,
    UnitPrice,
)
from contracting.reference.calculations import tier_of, token_class_code
from contracting.reference.states import Tier

BadLines = reading.BadLines
BadReport = reading.BadReport
MAX_TOKENS = reading.MAX_TOKENS
MAX_TOKENS_AT_ONCE = reading.MAX_TOKENS_AT_ONCE
StatedCharge = charged.StatedCharge
StatedCredit = credits.StatedCredit
in_cents = reading.in_cents
read_cents = reading.read_cents

COLUMNS: Final = (
    "request_id",
    "attempt",
    "occurred_at",
    "model",
    "class",
    "tier",
    "tokens",
)
SUM_COLUMNS: Final = ("bucket_end",)
"""Of a row that is a sum and no call: it begins at ``occurred_at``."""
LONGEST_SUM: Final = timedelta(hours=25)
"""A day, also the one on which clocks go back."""
LINE_COLUMNS: Final = (
    "clin",
    "acrn",
    "model",
    "token_class",
    "tier",
    "period_start",
    "period_end",
    "tokens",
    "unit_price",
    "amount",
    "description",
    "units",
    "kind",
    "credit",
)
MAX_ROWS: Final = 500_000
MAX_LINES: Final = 5_000
MAX_ERRORS: Final = 50
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


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row of a vendor's report: a class of an attempt, or a sum without calls.

    A sum has no request id; it counts from ``occurred_at`` to ``bucket_end``.
    """

    request_id: str
    attempt: int
    occurred_at: datetime
    model_name: str
    token_class_code: str
    tier: str
    tokens: int
    bucket_end: datetime | None = None


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
    kind: str = LineKind.USAGE

    @property
    def is_adjustment(self) -> bool:
        """Whether it asks for usage that came after its period was accepted."""
        return self.kind == LineKind.ADJUSTMENT


PriceKey = tuple[str, str, str, str]
"""Line number, model, token class and tier."""


@dataclass(frozen=True, slots=True)
class PriceInForce:
    """A price of the order's subline and the instants in which it is in force."""

    slin: str
    start: datetime
    end: datetime | None
    price: UnitPrice

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether it is in force at some instant of [start, end)."""
        return self.start < end and (self.end is None or start < self.end)


AnyLine = StatedLine | StatedCharge | StatedCredit
"""A line of an invoice, of whatever kind."""


@dataclass(frozen=True, slots=True)
class Stated:
    """An invoice as the vendor states it."""

    number: str
    invoiced_on: date
    period_start: datetime
    period_end: datetime
    header: dict[str, str]
    lines: tuple[AnyLine, ...]
    total: Dollars

    @property
    def numbered(self) -> Iterator[tuple[int, StatedLine]]:
        """The lines of tokens with their positions among all, from 1."""
        for position, line in enumerate(self.lines, start=1):
            if isinstance(line, StatedLine):
                yield position, line

    @property
    def charged(self) -> Iterator[tuple[int, StatedCharge]]:
        """The lines of units with their positions among all, from 1."""
        for position, line in enumerate(self.lines, start=1):
            if isinstance(line, StatedCharge):
                yield position, line

    @property
    def credited(self) -> Iterator[tuple[int, StatedCredit]]:
        """The lines that take credits off, with their positions among all, from 1."""
        for position, line in enumerate(self.lines, start=1):
            if isinstance(line, StatedCredit):
                yield position, line

    @property
    def asking(self) -> Iterator[tuple[int, StatedLine | StatedCharge]]:
        """The lines that ask for payment, with their positions among all, from 1."""
        for position, line in enumerate(self.lines, start=1):
            if not isinstance(line, StatedCredit):
                yield position, line


def read_report(content: bytes) -> list[ReadRow]:
    """A CSV report with the columns of ``COLUMNS``, of calls or of sums.

    A row of a sum has an empty request id and attempt, and says when it ends. A report
    without a row says that the vendor counted nothing.

    :raises BadLines: naming every row that cannot be read, up to ``MAX_ERRORS``
    :raises BadReport: if the file is no such CSV
    """
    rows: list[ReadRow] = []
    errors: list[str] = []
    for number, row in enumerate(_csv(content, COLUMNS, SUM_COLUMNS), start=1):
        try:
            rows.append(_report_row(number, row))
        except BadReport as error:
            errors.append(str(error))
    if errors:
        raise BadLines(_bounded(errors))
    if len({row.bucket_end is None for row in rows}) > 1:
        message = "A report lists calls or sums, and never both."
        raise BadReport(message)
    return rows


def _bounded(errors: Sequence[str]) -> list[str]:
    """The first errors, and how many more there are."""
    more = len(errors) - MAX_ERRORS
    last = [f"And {more:,} more rows cannot be read."] if more > 0 else []
    return [*errors[:MAX_ERRORS], *last]


def as_report(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The same rows, as JSON gives them, in the form that ``read_report`` reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    given = list(rows)
    sums = SUM_COLUMNS if any(row.get("bucket_end") for row in given) else ()
    names = (*COLUMNS, *sums)
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in given)
    return text.getvalue().encode()


def _csv(
    content: bytes, required: Sequence[str], known: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """The rows of a CSV file that has the required columns, and no unknown one."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = "The file is not UTF-8 text."
        raise BadReport(message) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = list(reader.fieldnames or ())
        wrong = set(required) - set(names) or set(names) - {*required, *known}
        if wrong or len(set(names)) != len(names):
            message = f"The first line must be {','.join(required)}."
            raise BadReport(message)
        for number, row in enumerate(reader, start=1):
            if number > MAX_ROWS:
                message = f"The file has more than {MAX_ROWS:,} rows."
                raise BadReport(message)
            if None in row or any(value is None for value in row.values()):
                message = f"Row {number} has not exactly {len(names)} values."
                raise BadReport(message)
            yield row
    except csv.Error as error:
        message = f"The file is not CSV: {error}."
        raise BadReport(message) from error


def _report_row(number: int, row: Mapping[str, Any]) -> ReadRow:
    where = f"Row {number}"
    texts = {"request_id": 200, "model": 120, "tier": 20}
    is_sum = bool(row.get("bucket_end"))
    if is_sum:
        del texts["request_id"]
    for name, limit in texts.items():
        value = row[name]
        if not value or len(value) > limit or not value.isprintable():
            message = f"{where}: {name} is empty, too long or not printable."
            raise BadReport(message)
    code = token_class_code(row["class"])
    if code is None:
        message = f"{where}: no such token class {row['class'][:40]!r}."
        raise BadReport(message)
    at = reading.read_instant(where, "occurred_at", row["occurred_at"])
    attempt = 1 if is_sum else _attempt(where, row)
    return ReadRow(
        request_id=row["request_id"],
        attempt=attempt,
        occurred_at=at,
        model_name=row["model"],
        token_class_code=code,
        tier=_tier(where, row),
        tokens=reading.read_count(
            where, "tokens", row["tokens"], least=0, most=MAX_TOKENS
        ),
        bucket_end=_bucket_end(where, row, at) if is_sum else None,
    )


def _attempt(where: str, row: Mapping[str, Any]) -> int:
    return reading.read_count(where, "attempt", row["attempt"], least=1, most=1000)


def _bucket_end(where: str, row: Mapping[str, Any], start: datetime) -> datetime:
    """When a sum ends: of a day at most, and of no single call."""
    if row["request_id"] or row["attempt"]:
        message = f"{where}: a sum, which has a bucket_end, names no call."
        raise BadReport(message)
    end = reading.read_instant(where, "bucket_end", row["bucket_end"])
    if not timedelta(0) < end - start <= LONGEST_SUM:
        message = f"{where}: a sum is of a day at most, and ends after it begins."
        raise BadReport(message)
    return end


def _tier(where: str, row: Mapping[str, Any]) -> str:
    implied = str(tier_of(row["class"]))
    if implied != Tier.STANDARD and row["tier"] != implied:
        message = f"{where}: the class implies the tier {implied}."
        raise BadReport(message)
    if row["tier"] not in Tier.values:
        message = f"{where}: no such tier {row['tier']!r}."
        raise BadReport(message)
    return str(row["tier"])


def read_invoice_file(content: bytes) -> list[Mapping[str, Any]]:
    """The rows of an invoice file: JSON (a list, or ``{"lines": […]}``) or CSV.

    :raises BadReport: if it is neither
    """
    if content.lstrip()[:1] not in {b"[", b"{"}:
        optional = {"acrn", "tier", "description", "units", "kind", "credit"}
        required = [name for name in LINE_COLUMNS if name not in optional]
        return list(_csv(content, required, LINE_COLUMNS))
    try:
        read = read_json(content)
    except BadJson as error:
        raise BadReport(str(error)) from error
    rows = read.get("lines") if isinstance(read, dict) else read
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        message = "The JSON file has no list of lines."
        raise BadReport(message)
    strange = {name for row in rows for name in row} - set(LINE_COLUMNS)
    strange |= set(read) - {"lines"} if isinstance(read, dict) else set()
    if strange:
        message = f"Unknown fields: {', '.join(sorted(strange))[:200]}."
        raise BadReport(message)
    return rows


def read_lines(
    rows: Iterable[Mapping[str, Any]],
) -> list[AnyLine]:
    """Invoice lines from plain values, such as JSON or CSV rows give.

    A row with ``credit`` takes off what the vendor owes back. One with ``units`` is of
    what is bought by the month, hour or piece, or of a settlement; every other one is
    of tokens, and with the kind ``ADJUSTMENT`` of tokens that came late for a period
    that is accepted.

    :raises BadLines: with one sentence for each line that cannot be read
    """
    lines: list[AnyLine] = []
    errors: list[str] = []
    for number, row in enumerate(rows, start=1):
        if number > MAX_LINES:
            errors.append(f"An invoice has at most {MAX_LINES:,} lines.")
            break
        try:
            lines.append(_reader(row)(f"Line {number}", row))
        except BadReport as error:
            errors.append(str(error))
    if errors:
        raise BadLines(_bounded(errors))
    return lines


def _reader(row: Mapping[str, Any]) -> Callable[[str, Mapping[str, Any]], AnyLine]:
    """What reads a row, by the one field that only its kind of line has."""
    for name, read in (("credit", credits.read_credit), ("units", charged.read_charge)):
        value = row.get(name)
        if value is not None and str(value).strip():
            return read
    return _line


def _line(where: str, row: Mapping[str, Any]) -> StatedLine:
    texts = {name: str(row.get(name) or "").strip() for name in LINE_COLUMNS}
    code = token_class_code(texts["token_class"])
    if code is None:
        message = f"{where}: no such token class {texts['token_class'][:40]!r}."
        raise BadReport(message)
    tier = texts["tier"] or str(tier_of(texts["token_class"]))
    if tier not in Tier.values:
        message = f"{where}: no such tier {tier[:40]!r}."
        raise BadReport(message)
    kind = texts["kind"].upper() or str(LineKind.USAGE)
    if kind not in LineKind.values:
        message = f"{where}: no such kind {texts['kind'][:40]!r}."
        raise BadReport(message)
    tokens = str(row.get("tokens", ""))
    return StatedLine(
        clin=texts["clin"],
        model=texts["model"],
        token_class_code=code,
        tier=tier,
        period_start=reading.read_instant(where, "period_start", texts["period_start"]),
        period_end=reading.read_instant(where, "period_end", texts["period_end"]),
        tokens=reading.read_count(where, "tokens", tokens, least=0, most=MAX_TOKENS),
        unit_price=reading.read_price(where, str(row.get("unit_price", ""))),
        amount=read_cents(where, str(row.get("amount", ""))),
        description=reading.read_description(where, texts["description"]),
        acrn=texts["acrn"],
        kind=kind,
    )


def outside(
    stated: Stated, performance: Period, *, zone: str, at: datetime
) -> Iterator[refusals.OutsidePeriod]:
    """Every period that is not inside the one above it, or not over yet (R-INV-06)."""
    if not stated.period_start < stated.period_end <= at:
        message = "The invoice's period must be over, and end after it begins."
        yield refusals.OutsidePeriod(message)
    if stated.invoiced_on > accounting_day(at, zone):
        message = "The invoice is dated in the future."
        yield refusals.OutsidePeriod(message)
    for position, line in stated.asking:
        inside = (
            performance.start <= line.period_start < line.period_end <= performance.end
            and (stated.period_start <= line.period_start or _is_late(line))
            and line.period_end <= stated.period_end
        )
        if not inside:
            message = (
                f"Line {position}: its period is not inside the invoice's and the "
                "order's period of performance."
            )
            yield refusals.OutsidePeriod(message, line=position)


def _is_late(line: StatedLine | StatedCharge) -> bool:
    """What came late keeps the period in which it was used, before the invoice's."""
    return isinstance(line, StatedLine) and line.is_adjustment


def of_two_prices(
    stated: Stated,
    prices: Mapping[PriceKey, Sequence[PriceInForce]],
) -> Iterator[refusals.PriceOfTwoPeriods]:
    """Lines over whose period the order's price changes (R-INV-04)."""
    for position, line in stated.numbered:
        in_force: dict[str, set[UnitPrice]] = defaultdict(set)
        for each in prices.get(key_of(line), ()):
            if each.overlaps(line.period_start, line.period_end):
                in_force[each.slin].add(each.price)
        if any(len(different) > 1 for different in in_force.values()):
            message = (
                f"Line {position}: the price changes within its period. State one "
                "line for each price."
            )
            yield refusals.PriceOfTwoPeriods(message, line=position)


def key_of(line: StatedLine) -> PriceKey:
    """What a line asks payment for, whenever it was used."""
    return (line.clin, line.model, line.token_class_code, line.tier)


def stated_twice(stated: Stated) -> set[int]:
    """The positions of lines that overlap an earlier line of the same invoice."""
    return reading.overlapping(
        (position, (*key_of(line), str(line.kind)), line)
        for position, line in stated.numbered
    )
