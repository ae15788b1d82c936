"""Invoice lines at another price than the order's, and why as far as it is certain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from contracting.core.quantities import CENT, Dollars, Tokens
from contracting.reconciliation.matching.conventions import FACTORS
from contracting.reconciliation.matching.naming import AGGREGATE
from contracting.reconciliation.matching.rows import NONE, Counted, rate_at, where
from contracting.reconciliation.states import (
    Difference,
    FindingCode,
    Invoiced,
    Key,
    Kind,
    Match,
)

LEAST_OF_A_UNIT: Final = 2


def wrong_prices(match: Match, reported: Mapping[Key, Counted]) -> Iterator[Difference]:
    """Lines whose price, date of price or rounding is not what the order says."""
    units = _units(match)
    for line in match.invoiced:
        yield from _wrong_price(line, match, units)
        yield from _wrong_date(line, match, reported.get(line.key, NONE))
        yield from _wrong_extension(line)


def _wrong_price(
    line: Invoiced, match: Match, units: Mapping[Kind, str]
) -> Iterator[Difference]:
    """Another price than in force; where two causes are possible it is only that."""
    if line.price == line.rate or not line.tokens:
        return
    causes = []
    uncached = rate_at(match.rates, (*line.kind, "IN_UNCACHED"), line.start)
    if line.key == (*line.kind, "IN_CACHE_READ") and line.price == uncached:
        causes.append(FindingCode.CACHE)
    if any(rate.price == line.price for rate in match.rates.get(line.key, ())):
        causes.append(FindingCode.RATE_DATE)
    if line.kind in units:
        causes.append(FindingCode.UNIT)
    code = causes[0] if len(causes) == 1 else FindingCode.RATE
    tokens = Tokens(line.tokens)
    amount = line.price.of(tokens) - line.rate.of(tokens)
    yield _priced(code, line, line.tokens, amount, causes, units.get(line.kind, ""))


def _wrong_date(line: Invoiced, match: Match, counted: Counted) -> Iterator[Difference]:
    """A line over several prices at that of its beginning."""
    known = counted.tokens(line.start, line.end)
    drift = line.rate.of(Tokens(known)) - counted.dollars(line.start, line.end)
    if not drift:
        return
    changes = any(
        line.start < rate.start < line.end for rate in match.rates.get(line.key, ())
    )
    code = FindingCode.RATE_DATE if changes else FindingCode.RATE
    yield _priced(code, line, known, drift)


def _wrong_extension(line: Invoiced) -> Iterator[Difference]:
    """Tokens times price, rounded otherwise than half-up to the cent."""
    if line.amount is None:
        return
    gap = line.amount - line.price.of(Tokens(line.tokens)).to_cents()
    if gap:
        is_cent = abs(gap.amount) == CENT
        code = FindingCode.ROUNDING if is_cent else FindingCode.RATE
        found = _priced(code, line, line.tokens, gap)
        yield Difference(
            *(found.code, found.order_line_id, found.token_classes, 0, gap),
            found.level,
            evidence={
                **found.evidence,
                "stated_usd": line.amount,
                "keys": [[line.invoice_line_id, "extension"]],
            },
        )


def _units(match: Match) -> dict[Kind, str]:
    """Kinds of which every line is priced for another unit, by the same factor."""
    lines: dict[Kind, list[Invoiced]] = defaultdict(list)
    for line in match.invoiced:
        if line.tokens:
            lines[line.kind].append(line)
    found = {}
    for kind, rows in lines.items():
        for size in FACTORS:
            prices = [
                (row.price.usd_per_million_tokens, row.rate.usd_per_million_tokens)
                for row in rows
            ]
            if len(rows) < LEAST_OF_A_UNIT or not all(rate for _, rate in prices):
                continue
            if all(price == rate * size for price, rate in prices):
                found[kind] = f"every price times {size:,}"
            elif all(price * size == rate for price, rate in prices):
                found[kind] = f"every price per {size:,}"
    return found


def _priced(
    code: FindingCode,
    line: Invoiced,
    tokens: int,
    amount: Dollars,
    causes: list[FindingCode] | None = None,
    unit: str = "",
) -> Difference:
    is_open = causes is not None and len(causes) > 1
    return Difference(
        code=code,
        order_line_id=line.order_line_id,
        token_classes=(line.token_class,),
        tokens=tokens,
        amount=amount,
        level=AGGREGATE,
        evidence={
            **where(line.key, (line.start, line.end)),
            "invoiced_usd": line.price,
            "contract_usd": line.rate,
            "invoice_lines": [line.invoice_line_id],
            "keys": [[line.invoice_line_id]],
            **({"candidates": sorted(causes or ())} if is_open else {}),
            **({"told_by": [unit]} if code == FindingCode.UNIT else {}),
        },
    )
