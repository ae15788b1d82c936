"""The three-way match on values: what agrees, what differs, by which name and amount.

Pure and deterministic. ``A`` is the agency's meter, ``B`` the vendor's report, ``C`` the
invoice. A and B are matched request by request; C is matched to both by line, model,
class, tier and period. Every difference that is not zero gets exactly one finding with
its exact amount, before any rounding and before any tolerance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.reconciliation.states import FindingCode

REQUEST = "REQUEST"
AGGREGATE = "AGGREGATE"


@dataclass(frozen=True, slots=True)
class Metered:
    """One rated line of our meter (A)."""

    request_id: str
    attempt: int
    order_line_id: int
    model_id: int
    token_class: str
    tier: str
    occurred_at: datetime
    day: date
    tokens: int
    price: UnitPrice


@dataclass(frozen=True, slots=True)
class Reported:
    """One row of the vendor's report (B), with the model and line it was mapped to."""

    request_id: str
    attempt: int
    order_line_id: int
    model_id: int
    token_class: str
    tier: str
    occurred_at: datetime
    day: date
    tokens: int
    price: UnitPrice
    is_late: bool


@dataclass(frozen=True, slots=True)
class Invoiced:
    """One line of the invoice (C)."""

    invoice_line_id: int
    order_line_id: int
    model_id: int
    token_class: str
    tier: str
    start: datetime
    end: datetime
    tokens: int
    price: UnitPrice
    rate: UnitPrice

    @property
    def group(self) -> tuple[int, int, str, datetime, datetime]:
        return (self.order_line_id, self.model_id, self.tier, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Match:
    """What is compared: three views, the spans that reports cover, and what is due.

    ``unreported`` are meter lines of spans that no report covers, whose due day is past.
    """

    metered: tuple[Metered, ...]
    reported: tuple[Reported, ...]
    invoiced: tuple[Invoiced, ...]
    covered: tuple[tuple[datetime, datetime], ...]
    overdue_before: datetime
    unfunded: tuple[tuple[int, int, Dollars], ...] = ()
    rates: Mapping[tuple[int, int, str, str], UnitPrice] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One coded difference with its exact amount and the keys behind it."""

    code: str
    order_line_id: int
    token_classes: tuple[str, ...]
    tokens: int
    amount: Dollars
    level: str
    arrived: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The same difference found again has the same fingerprint."""
        return content_sha256({
            "code": self.code,
            "line": self.order_line_id,
            "classes": list(self.token_classes),
            "tokens": self.tokens,
            "amount": self.amount,
            "keys": self.evidence.get("keys", []),
        })


@dataclass(frozen=True, slots=True)
class Cell:
    """One key with its three counts."""

    order_line_id: int
    model_id: int
    token_class: str
    tier: str
    start: datetime
    end: datetime
    a_tokens: int
    b_tokens: int
    c_tokens: int | None
    a_dollars: Dollars
    c_dollars: Dollars | None
    rate: UnitPrice | None
    invoiced_price: UnitPrice | None

    @property
    def agrees(self) -> bool:
        counts = {self.a_tokens, self.b_tokens}
        if self.c_tokens is not None:
            counts.add(self.c_tokens)
        same_price = self.invoiced_price is None or self.invoiced_price == self.rate
        return len(counts) == 1 and same_price


def compare(match: Match) -> list[Difference]:
    """Every difference among the three views, each with one code.

    The order of the result depends on its content only.
    """
    found = [
        *_meter_and_report(match),
        *_report_and_invoice(match),
        *_unfunded(match),
    ]
    return sorted(found, key=lambda each: (each.code, each.fingerprint))


# --- meter and report, request by request ---------------------------------------------

_Key = tuple[str, int, str]


def _meter_and_report(match: Match) -> Iterable[Difference]:
    ours: dict[_Key, list[Metered]] = defaultdict(list)
    for row in match.metered:
        ours[row.request_id, row.attempt, row.token_class].append(row)
    theirs: dict[_Key, list[Reported]] = defaultdict(list)
    for row in match.reported:
        theirs[row.request_id, row.attempt, row.token_class].append(row)
    attempts = {(row.request_id, row.attempt) for row in match.metered}
    requests = {row.request_id for row in match.metered}
    groups = _Groups()
    for key, rows in theirs.items():
        _their_side(groups, key, rows, ours.get(key), attempts, requests)
    for key, rows in ours.items():
        _our_side(groups, key, rows, theirs.get(key), match)
    return groups.differences()


def _their_side(
    groups: _Groups,
    key: _Key,
    rows: list[Reported],
    metered: list[Metered] | None,
    attempts: set[tuple[str, int]],
    requests: set[str],
) -> None:
    first, *copies = rows
    for copy in copies:
        groups.add(FindingCode.DUPLICATE, copy, copy.tokens)
    if metered is not None:
        counted = sum(row.tokens for row in metered)
        if first.tokens != counted:
            groups.add(FindingCode.QTY, first, first.tokens - counted)
        if first.is_late:
            groups.add(FindingCode.LATE_REPORT, first, first.tokens, arrived=True)
        return
    if (first.request_id, first.attempt) in attempts:
        groups.add(FindingCode.QTY, first, first.tokens)
    elif first.request_id in requests:
        groups.add(FindingCode.RETRY, first, first.tokens)
    else:
        groups.add(FindingCode.MISSING_A, first, first.tokens)


def _our_side(
    groups: _Groups,
    key: _Key,
    rows: list[Metered],
    reported: list[Reported] | None,
    match: Match,
) -> None:
    if reported is not None:
        return
    counted = sum(row.tokens for row in rows)
    if counted == 0:
        return
    at = rows[0].occurred_at
    if any(start <= at < end for start, end in match.covered):
        groups.add(FindingCode.MISSING_B, rows[0], counted)
    elif at < match.overdue_before:
        groups.add(FindingCode.LATE_REPORT, rows[0], counted)


class _Groups:
    """Differences of single requests, gathered by code, line, model, tier and day."""

    def __init__(self) -> None:
        self._rows: dict[tuple[Any, ...], list[tuple[Metered | Reported, int]]] = (
            defaultdict(list)
        )

    def add(
        self, code: str, row: Metered | Reported, tokens: int, *, arrived: bool = False
    ) -> None:
        key = (str(code), row.order_line_id, row.model_id, row.tier, row.day, arrived)
        self._rows[key].append((row, tokens))

    def differences(self) -> list[Difference]:
        return [self._difference(key, rows) for key, rows in self._rows.items()]

    def _difference(
        self, key: tuple[Any, ...], rows: list[tuple[Metered | Reported, int]]
    ) -> Difference:
        code, order_line_id, model_id, tier, day, arrived = key
        keys = sorted(
            [row.request_id, row.attempt, row.token_class, tokens] for row, tokens in rows
        )
        return Difference(
            code=code,
            order_line_id=order_line_id,
            token_classes=tuple(sorted({row.token_class for row, _ in rows})),
            tokens=sum(tokens for _, tokens in rows),
            amount=total_dollars(row.price.of(Tokens(tokens)) for row, tokens in rows),
            level=REQUEST,
            arrived=arrived,
            evidence={
                "model": model_id,
                "tier": tier,
                "day": day.isoformat(),
                "requests": len({row.request_id for row, _ in rows}),
                "keys": keys,
            },
        )


# --- report and invoice, by line, model, class, tier and period ------------------------


def _report_and_invoice(match: Match) -> Iterable[Difference]:
    groups: dict[tuple[Any, ...], list[Invoiced]] = defaultdict(list)
    for line in match.invoiced:
        groups[line.group].append(line)
    reported = _sums(match.reported)
    for group, lines in groups.items():
        yield from _wrong_prices(lines)
        yield from _wrong_quantities(group, lines, reported, match)


def _wrong_prices(lines: Sequence[Invoiced]) -> Iterable[Difference]:
    for line in lines:
        if line.price == line.rate:
            continue
        tokens = Tokens(line.tokens)
        yield Difference(
            code=FindingCode.RATE,
            order_line_id=line.order_line_id,
            token_classes=(line.token_class,),
            tokens=line.tokens,
            amount=line.price.of(tokens) - line.rate.of(tokens),
            level=AGGREGATE,
            evidence={
                **_span(line),
                "invoiced_usd": line.price,
                "contract_usd": line.rate,
                "keys": [[line.invoice_line_id]],
            },
        )


def _wrong_quantities(
    group: tuple[Any, ...],
    lines: Sequence[Invoiced],
    reported: Mapping[tuple[int, int, str, str], list[tuple[datetime, int]]],
    match: Match,
) -> Iterable[Difference]:
    order_line_id, model_id, tier, start, end = group
    invoiced = {line.token_class: line for line in lines}
    counted = {
        code: sum(tokens for at, tokens in rows if start <= at < end)
        for (line, model, of_tier, code), rows in reported.items()
        if (line, model, of_tier) == (order_line_id, model_id, tier)
    }
    gaps = {
        code: (invoiced[code].tokens if code in invoiced else 0) - counted.get(code, 0)
        for code in sorted({*invoiced, *counted})
    }
    gaps = {code: gap for code, gap in gaps.items() if gap}
    if not gaps:
        return
    prices = {
        code: match.rates[order_line_id, model_id, tier, code]
        for code in gaps
        if (order_line_id, model_id, tier, code) in match.rates
    }
    evidence = {
        **_span(lines[0]),
        "keys": [[code, gap] for code, gap in sorted(gaps.items())],
        "invoice_lines": sorted(line.invoice_line_id for line in lines),
    }
    if len(gaps) > 1 and sum(gaps.values()) == 0:
        moved = sum(gap for gap in gaps.values() if gap > 0)
        yield Difference(
            code=_shift_code(gaps),
            order_line_id=order_line_id,
            token_classes=tuple(sorted(gaps)),
            tokens=moved,
            amount=total_dollars(
                prices[code].of(Tokens(gap)) for code, gap in gaps.items()
            ),
            level=AGGREGATE,
            evidence=evidence,
        )
        return
    for code, gap in sorted(gaps.items()):
        yield Difference(
            code=FindingCode.QTY if counted.get(code) else FindingCode.EXTRA_C,
            order_line_id=order_line_id,
            token_classes=(code,),
            tokens=gap,
            amount=prices[code].of(Tokens(gap)),
            level=AGGREGATE,
            evidence={**evidence, "keys": [[code, gap]]},
        )


def _shift_code(gaps: Mapping[str, int]) -> str:
    fewer = {code for code, gap in gaps.items() if gap < 0}
    more = {code for code, gap in gaps.items() if gap > 0}
    if fewer == {"IN_CACHE_READ"} and more == {"IN_UNCACHED"}:
        return FindingCode.CACHE
    return FindingCode.CLASS_SHIFT


def _unfunded(match: Match) -> Iterable[Difference]:
    for order_line_id, tokens, dollars in match.unfunded:
        yield Difference(
            code=FindingCode.UNFUNDED,
            order_line_id=order_line_id,
            token_classes=(),
            tokens=tokens,
            amount=dollars,
            level=AGGREGATE,
            evidence={"keys": []},
        )


def _span(line: Invoiced) -> dict[str, Any]:
    return {
        "model": line.model_id,
        "tier": line.tier,
        "period_start": line.start,
        "period_end": line.end,
    }


def _sums(
    rows: Iterable[Metered | Reported],
) -> dict[tuple[int, int, str, str], list[tuple[datetime, int]]]:
    found: dict[tuple[int, int, str, str], list[tuple[datetime, int]]] = defaultdict(list)
    for row in rows:
        key = (row.order_line_id, row.model_id, row.tier, row.token_class)
        found[key].append((row.occurred_at, row.tokens))
    return found


# --- cells: the table behind the findings -----------------------------------------------


def cells(match: Match) -> list[Cell]:
    """The counts of the three views, by invoice period where there is an invoice.

    Without an invoice the key is the accounting day's own span of calls.
    """
    spans: set[tuple[int, int, str, str, datetime, datetime]] = set()
    invoiced: dict[tuple[Any, ...], Invoiced] = {}
    for line in match.invoiced:
        key = (*line.group[:3], line.token_class, line.start, line.end)
        spans.add(key)
        invoiced[key] = line
    ours, theirs = _sums(match.metered), _sums(match.reported)
    groups = {line.group for line in match.invoiced}
    for order_line_id, model_id, tier, start, end in groups:
        for line_id, model, of_tier, code in {*ours, *theirs}:
            if (line_id, model, of_tier) == (order_line_id, model_id, tier):
                spans.add((order_line_id, model_id, tier, code, start, end))
    if not groups:
        spans = _day_spans(match)
    return [
        cell
        for key in sorted(spans)
        if (cell := _cell(key, ours, theirs, invoiced.get(key), match)) is not None
    ]


def _day_spans(
    match: Match,
) -> set[tuple[int, int, str, str, datetime, datetime]]:
    bounds: dict[tuple[int, int, str, str, date], list[datetime]] = defaultdict(list)
    for row in [*match.metered, *match.reported]:
        key = (row.order_line_id, row.model_id, row.tier, row.token_class, row.day)
        bounds[key].append(row.occurred_at)
    return {
        (*key[:4], min(instants), max(instants) + timedelta(microseconds=1))
        for key, instants in bounds.items()
    }


def _cell(
    key: tuple[int, int, str, str, datetime, datetime],
    ours: Mapping[Any, list[tuple[datetime, int]]],
    theirs: Mapping[Any, list[tuple[datetime, int]]],
    line: Invoiced | None,
    match: Match,
) -> Cell | None:
    order_line_id, model_id, tier, code, start, end = key
    rate = match.rates.get((order_line_id, model_id, tier, code))
    a_tokens = _within(ours.get(key[:4], []), start, end)
    b_tokens = _within(theirs.get(key[:4], []), start, end)
    if line is None and a_tokens == 0 and b_tokens == 0:
        return None
    price = rate or UnitPrice(Decimal(0))
    c_tokens = line.tokens if line else (0 if match.invoiced else None)
    return Cell(
        order_line_id=order_line_id,
        model_id=model_id,
        token_class=code,
        tier=tier,
        start=start,
        end=end,
        a_tokens=a_tokens,
        b_tokens=b_tokens,
        c_tokens=c_tokens,
        a_dollars=price.of(Tokens(a_tokens)),
        c_dollars=line.price.of(Tokens(line.tokens)) if line else None,
        rate=rate,
        invoiced_price=line.price if line else None,
    )


def _within(rows: Iterable[tuple[datetime, int]], start: datetime, end: datetime) -> int:
    return sum(tokens for at, tokens in rows if start <= at < end)
