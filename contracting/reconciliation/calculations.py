"""The three-way match on values: what agrees, what differs, by which name and amount.

Pure and deterministic. ``A`` is the agency's meter, ``B`` the vendor's report, ``C``
the invoice. A and B are matched attempt by attempt; C is matched to B by line, model,
tier, class and period. Every difference that is not zero gets exactly one code with its
exact amount, before any rounding and before any tolerance; too much is positive, too
little negative, so that all differences sum to what is invoiced less what is metered.
What is late is listed and is no such difference. The order of rows changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any, Final

from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.reconciliation.states import (
    Bar,
    Cell,
    Difference,
    FindingCode,
    Invoiced,
    Key,
    Kind,
    Match,
    Metered,
    Rates,
    Reported,
    Span,
)

REQUEST: Final = "REQUEST"
AGGREGATE: Final = "AGGREGATE"
SHIFTS: Final = (FindingCode.CACHE, FindingCode.CLASS_SHIFT)
"""The same number of tokens, in other classes."""


def rate_at(rates: Rates, key: Key, instant: datetime) -> UnitPrice | None:
    """The order's price of that kind of token at an instant, if there is one."""
    for rate in rates.get(key, ()):
        if rate.start <= instant and (rate.end is None or instant < rate.end):
            return rate.price
    return None


def compare(match: Match) -> list[Difference]:
    """Every difference among the three views, each with one code.

    The order of the result depends on its content only.
    """
    found = [
        *_meter_and_report(match),
        *_report_and_invoice(match),
        *_unfunded(match),
    ]
    return sorted(found, key=lambda each: (str(each.code), each.fingerprint))


# Meter and report, attempt by attempt

_Attempt = tuple[str, int]


def _meter_and_report(match: Match) -> list[Difference]:
    ours, theirs = _by_attempt(match.metered), _by_attempt(match.reported)
    requests = {request for request, _ in ours}
    groups = _Groups()
    for attempt in ours.keys() | theirs.keys():
        classes = theirs.get(attempt)
        metered = ours.get(attempt, {})
        if classes is None:
            _unreported(groups, metered, match)
            continue
        once = {
            code: _one_of(groups, rows, _sum(metered.get(code, ())))
            for code, rows in classes.items()
        }
        if attempt in ours:
            _counts(groups, metered, once)
            continue
        known = attempt[0] in requests
        for row in once.values():
            groups.add(
                FindingCode.RETRY if known else FindingCode.MISSING_A, row, row.tokens
            )
    return groups.differences()


def _by_attempt(rows: Iterable[Any]) -> dict[_Attempt, dict[str, list[Any]]]:
    found: dict[_Attempt, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row.request_id, row.attempt][row.token_class].append(row)
    return dict(found)


def _sum(rows: Iterable[Metered]) -> int:
    return sum(row.tokens for row in rows)


def _one_of(groups: _Groups, rows: Sequence[Reported], counted: int) -> Reported:
    """The row that stands for the attempt, nearest to our count; others are copies."""
    first, *copies = sorted(
        rows,
        key=lambda row: (
            abs(row.tokens - counted),
            row.is_late,
            row.occurred_at,
            row.tokens,
        ),
    )
    for copy in copies:
        groups.add(FindingCode.DUPLICATE, copy, copy.tokens)
    return first


def _counts(
    groups: _Groups,
    metered: Mapping[str, Sequence[Metered]],
    once: Mapping[str, Reported],
) -> None:
    """Both sides know the attempt: late rows, and every class that differs."""
    gaps: dict[str, tuple[Metered, int]] = {}
    for code in sorted({*metered, *once}):
        theirs = once.get(code)
        ours = _sum(metered.get(code, ()))
        gap = (theirs.tokens if theirs else 0) - ours
        if gap:
            gaps[code] = (theirs or metered[code][0], gap)
        if theirs is not None and theirs.is_late:
            groups.add(FindingCode.LATE_REPORT, theirs, theirs.tokens, arrived=True)
    sizes = {code: gap for code, (_, gap) in gaps.items()}
    shifted = len(sizes) > 1 and sum(sizes.values()) == 0
    found = _shift_code(sizes) if shifted else FindingCode.QTY
    for row, gap in gaps.values():
        groups.add(found, row, gap)


def _unreported(
    groups: _Groups, metered: Mapping[str, Sequence[Metered]], match: Match
) -> None:
    """Missing where a report covers the call; late where one was due and is not."""
    for rows in metered.values():
        first, counted = rows[0], _sum(rows)
        if any(start <= first.occurred_at < end for start, end in match.covered):
            groups.add(FindingCode.MISSING_B, first, -counted)
        elif first.day in match.overdue:
            groups.add(FindingCode.LATE_REPORT, first, counted)


def _shift_code(gaps: Mapping[str, int]) -> FindingCode:
    fewer = {code for code, gap in gaps.items() if gap < 0}
    more = {code for code, gap in gaps.items() if gap > 0}
    if fewer == {"IN_CACHE_READ"} and more == {"IN_UNCACHED"}:
        return FindingCode.CACHE
    return FindingCode.CLASS_SHIFT


class _Groups:
    """Differences of single attempts, gathered by code, kind and day."""

    def __init__(self) -> None:
        self._rows: dict[tuple[Any, ...], list[tuple[Metered, int]]] = defaultdict(list)

    def add(
        self, code: FindingCode, row: Metered, tokens: int, *, arrived: bool = False
    ) -> None:
        """File so many tokens of this row; too much and too little stay apart."""
        if tokens:
            more = tokens > 0 or code in SHIFTS
            self._rows[code, *row.kind, row.day, more, arrived].append((row, tokens))

    def differences(self) -> list[Difference]:
        return [self._difference(key, rows) for key, rows in self._rows.items()]

    def _difference(
        self, key: tuple[Any, ...], rows: list[tuple[Metered, int]]
    ) -> Difference:
        code, order_line_id, model_id, tier, day, _, arrived = key
        moved = [tokens for _, tokens in rows if tokens > 0 or code not in SHIFTS]
        keys = sorted(
            [row.request_id, row.attempt, row.token_class, tokens]
            for row, tokens in rows
        )
        return Difference(
            code=code,
            order_line_id=order_line_id,
            token_classes=tuple(sorted({row.token_class for row, _ in rows})),
            tokens=sum(moved),
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


# Report and invoice, by line, model, tier, class and period


class _Counted:
    """Counts of one key, to be summed over any span."""

    def __init__(self, rows: Iterable[Metered]) -> None:
        ordered = sorted(rows, key=lambda row: row.occurred_at)
        self._instants = [row.occurred_at for row in ordered]
        self._tokens = [0, *accumulate(row.tokens for row in ordered)]
        self._dollars = [
            Dollars(),
            *accumulate(row.price.of(Tokens(row.tokens)) for row in ordered),
        ]

    def tokens(self, start: datetime, end: datetime) -> int:
        low, high = self._range(start, end)
        return self._tokens[high] - self._tokens[low]

    def dollars(self, start: datetime, end: datetime) -> Dollars:
        low, high = self._range(start, end)
        return self._dollars[high] - self._dollars[low]

    def _range(self, start: datetime, end: datetime) -> tuple[int, int]:
        return bisect_left(self._instants, start), bisect_left(self._instants, end)


def _counted(rows: Iterable[Metered]) -> dict[Key, _Counted]:
    found: dict[Key, list[Metered]] = defaultdict(list)
    for row in rows:
        found[row.key].append(row)
    return {key: _Counted(same) for key, same in found.items()}


def _groups_of(lines: Iterable[Invoiced]) -> dict[tuple[Kind, Span], list[Invoiced]]:
    found: dict[tuple[Kind, Span], list[Invoiced]] = defaultdict(list)
    for line in lines:
        found[line.kind, (line.start, line.end)].append(line)
    return found


def _report_and_invoice(match: Match) -> Iterator[Difference]:
    reported = _counted(match.reported)
    for (kind, span), lines in _groups_of(match.invoiced).items():
        yield from _wrong_prices(lines)
        counted = {
            key[3]: rows.tokens(*span)
            for key, rows in reported.items()
            if key[:3] == kind
        }
        yield from _wrong_quantities(kind, span, lines, counted, match.rates)
    yield from _not_invoiced(match)


def _wrong_prices(lines: Sequence[Invoiced]) -> Iterator[Difference]:
    for line in lines:
        if line.price == line.rate or not line.tokens:
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
                **_where(line.kind, (line.start, line.end)),
                "invoiced_usd": line.price,
                "contract_usd": line.rate,
                "invoice_lines": [line.invoice_line_id],
                "keys": [[line.invoice_line_id]],
            },
        )


def _wrong_quantities(
    kind: Kind,
    span: Span,
    lines: Sequence[Invoiced],
    counted: Mapping[str, int],
    rates: Rates,
) -> Iterator[Difference]:
    invoiced = {line.token_class: line.tokens for line in lines}
    gaps = {
        code: gap
        for code in sorted({*invoiced, *counted})
        if (gap := invoiced.get(code, 0) - counted.get(code, 0))
    }

    def difference(code: FindingCode, of: Mapping[str, int], tokens: int) -> Difference:
        return Difference(
            code=code,
            order_line_id=kind[0],
            token_classes=tuple(of),
            tokens=tokens,
            amount=total_dollars(
                _price(rates, (*kind, each), span[0]).of(Tokens(gap))
                for each, gap in of.items()
            ),
            level=AGGREGATE,
            evidence={
                **_where(kind, span),
                "keys": [[each, gap] for each, gap in of.items()],
                "invoice_lines": sorted(line.invoice_line_id for line in lines),
            },
        )

    if len(gaps) > 1 and sum(gaps.values()) == 0:
        moved = sum(gap for gap in gaps.values() if gap > 0)
        yield difference(_shift_code(gaps), gaps, moved)
        return
    for each, gap in gaps.items():
        known = FindingCode.QTY if counted.get(each) else FindingCode.EXTRA_C
        yield difference(known, {each: gap}, gap)


def _not_invoiced(match: Match) -> Iterator[Difference]:
    """What is reported in the invoice's period and on no line of any live invoice."""
    if match.invoice_period is None:
        return
    spans: dict[Kind, list[Span]] = defaultdict(list)
    for kind, span in [*_groups_of(match.invoiced), *match.invoiced_elsewhere]:
        spans[kind].append(span)
    start, end = match.invoice_period
    left: dict[Key, list[Reported]] = defaultdict(list)
    for row in match.reported:
        billed = any(low <= row.occurred_at < high for low, high in spans[row.kind])
        if row.tokens and start <= row.occurred_at < end and not billed:
            left[row.key].append(row)
    for key, rows in left.items():
        tokens = _sum(rows)
        yield Difference(
            code=FindingCode.QTY,
            order_line_id=key[0],
            token_classes=(key[3],),
            tokens=-tokens,
            amount=-total_dollars(row.price.of(Tokens(row.tokens)) for row in rows),
            level=AGGREGATE,
            evidence={
                **_where(key[:3], (start, end)),
                "keys": [[key[3], -tokens]],
                "invoice_lines": [],
            },
        )


def _unfunded(match: Match) -> Iterator[Difference]:
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


def _where(kind: Kind, span: Span) -> dict[str, Any]:
    return {
        "model": kind[1],
        "tier": kind[2],
        "period_start": span[0],
        "period_end": span[1],
    }


def _price(rates: Rates, key: Key, instant: datetime) -> UnitPrice:
    """Zero where the order has no price: then the price is the whole difference."""
    return rate_at(rates, key, instant) or UnitPrice(0)


# Cells: the table behind the findings


def cells(match: Match, days: Mapping[date, Span]) -> list[Cell]:
    """The counts of the three views by invoice line, or by day without an invoice.

    :param days: the instants of each accounting day
    """
    ours, theirs = _counted(match.metered), _counted(match.reported)
    invoiced = {(line.key, (line.start, line.end)): line for line in match.invoiced}
    spans = set(invoiced)
    for kind, span in _groups_of(match.invoiced):
        spans |= {(key, span) for key in ours.keys() | theirs.keys() if key[:3] == kind}
    if not invoiced:
        spans = {(row.key, days[row.day]) for row in (*match.metered, *match.reported)}
    none = _Counted(())
    found = []
    for key, (start, end) in sorted(spans):
        line = invoiced.get((key, (start, end)))
        a, b = ours.get(key, none), theirs.get(key, none)
        absent = 0 if match.invoiced else None
        cell = Cell(
            *key[:2],
            token_class=key[3],
            tier=key[2],
            start=start,
            end=end,
            a_tokens=a.tokens(start, end),
            b_tokens=b.tokens(start, end),
            c_tokens=line.tokens if line else absent,
            a_dollars=a.dollars(start, end),
            c_dollars=line.price.of(Tokens(line.tokens)) if line else None,
            rate=rate_at(match.rates, key, start),
            invoiced_price=line.price if line else None,
        )
        if line or cell.a_tokens or cell.b_tokens:
            found.append(cell)
    return found


# What a comparison depends on


def inputs_sha256(match: Match) -> str:
    """SHA-256 of everything that a comparison depends on."""
    return content_sha256(
        {
            "a": [
                [*_row(row), row.price] for row in sorted(match.metered, key=order_of)
            ],
            "b": [
                [*_row(row), row.price, row.is_late]
                for row in sorted(match.reported, key=order_of)
            ],
            "c": [
                [line.invoice_line_id, *line.key, line.start, line.end, line.tokens]
                + [line.price, line.rate]
                for line in sorted(
                    match.invoiced, key=lambda each: each.invoice_line_id
                )
            ],
            "period": list(match.invoice_period or ()),
            "elsewhere": sorted(
                [*kind, *span] for kind, span in match.invoiced_elsewhere
            ),
            "covered": [[start, end] for start, end in match.covered],
            "overdue": sorted(day.isoformat() for day in match.overdue),
            "unfunded": [list(row) for row in match.unfunded],
            "rates": [
                [*key, rate.start, rate.end, rate.price]
                for key, rates in sorted(match.rates.items())
                for rate in rates
            ],
        }
    )


def _row(row: Metered) -> list[Any]:
    return [row.request_id, row.attempt, *row.key, row.occurred_at, row.tokens]


def order_of(row: Metered) -> tuple[Any, ...]:
    """Sorts rows by their content, however they arrived."""
    late = isinstance(row, Reported) and row.is_late
    return (*_row(row), row.price.usd_per_million_tokens, late)


# The plot of the findings


BAR_LEFT: Final = 150
BAR_SPAN: Final = 430
BAR_STEP: Final = 34


def bars(found: Iterable[tuple[str, Dollars]]) -> list[Bar]:
    """The findings by code, the largest first, to a common scale."""
    amounts: dict[str, list[Dollars]] = defaultdict(list)
    for code, amount in found:
        amounts[code].append(amount)
    sums = {code: total_dollars(each) for code, each in amounts.items()}
    low = min([Dollars(), *sums.values()]).amount
    high = max([Dollars(), *sums.values()]).amount
    scale = BAR_SPAN / (high - low) if high > low else Decimal(0)
    zero = BAR_LEFT - low * scale
    ordered = sorted(sums.items(), key=lambda item: (-abs(item[1].amount), item[0]))
    return [
        Bar(
            code=code,
            count=len(amounts[code]),
            amount=amount,
            x=f"{min(zero, zero + amount.amount * scale):.1f}",
            width=f"{max(abs(amount.amount) * scale, Decimal(1)):.1f}",
            y=row * BAR_STEP,
        )
        for row, (code, amount) in enumerate(ordered)
    ]
