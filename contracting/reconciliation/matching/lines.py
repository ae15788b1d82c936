"""Report and invoice, matched by line, model, tier, class and period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.reconciliation.matching.calls import SHIFTS, coded, is_output
from contracting.reconciliation.matching.rows import (
    Counted,
    Uninvoiced,
    by_their_clock,
    counted_by_key,
    rate_at,
)
from contracting.reconciliation.states import (
    Difference,
    FindingCode,
    Invoiced,
    Key,
    Match,
    Reported,
    Span,
)

AGGREGATE: Final = "AGGREGATE"


@dataclass(frozen=True, slots=True)
class Gap:
    """Tokens invoiced of one key and period, less those reported, and their price."""

    key: Key
    span: Span
    tokens: int
    amount: Dollars
    reported: int
    lines: tuple[int, ...] = ()


def differing_lines(match: Match) -> Iterator[Difference]:
    """Every difference of price or count between the invoice and the report."""
    for difference in _found(match):
        yield replace(difference, invoice_id=match.invoice_id)


def _found(match: Match) -> Iterator[Difference]:
    reported = counted_by_key(match.reported)
    clocks = cut_otherwise(match)
    none = Counted(())
    gaps = []
    for line in match.invoiced:
        span = (line.start, line.end)
        counted = reported.get(line.key, none)
        known = counted.tokens(*span)
        yield from _wrong_price(line, match)
        drift = line.rate.of(Tokens(known)) - counted.dollars(*span)
        if drift:
            yield _priced(FindingCode.RATE, line, known, drift)
        gap = line.tokens - known - _moved(clocks, line)
        if gap:
            gaps.append(_gap(line, gap, known))
    for moved in clocks.values():
        if not cancels_out(moved):
            yield _of(moved, FindingCode.TZ_CUTOFF)
    yield from _quantities([*gaps, *_uninvoiced(match)])


def cut_otherwise(match: Match) -> dict[Key, list[Gap]]:
    """By key, what stands on another line by the vendor's clock than by ours.

    Our meter's clock decides; only where the vendor's own explains the count of a line
    better is it taken to be the cause.
    """
    if not any(row.said_at for row in match.reported):
        return {}
    ours = counted_by_key(match.reported)
    theirs = counted_by_key(by_their_clock(match.reported))
    none = Counted(())
    found: dict[Key, list[Gap]] = defaultdict(list)
    for line in match.invoiced:
        span = (line.start, line.end)
        known = ours.get(line.key, none).tokens(*span)
        moved = theirs.get(line.key, none).tokens(*span) - known
        gap = line.tokens - known
        if moved and abs(gap - moved) < abs(gap):
            found[line.key].append(_gap(line, moved, known))
    return dict(found)


def cancels_out(moved: Sequence[Gap]) -> bool:
    """Whether calls only lie on another line of the same invoice."""
    return not sum(gap.tokens for gap in moved) and not total_dollars(
        gap.amount for gap in moved
    )


def _moved(clocks: Mapping[Key, Sequence[Gap]], line: Invoiced) -> int:
    return sum(
        gap.tokens
        for gap in clocks.get(line.key, ())
        if line.invoice_line_id in gap.lines
    )


def _gap(line: Invoiced, tokens: int, reported: int) -> Gap:
    return Gap(
        key=line.key,
        span=(line.start, line.end),
        tokens=tokens,
        amount=line.rate.of(Tokens(tokens)),
        reported=reported,
        lines=(line.invoice_line_id,),
    )


def _wrong_price(line: Invoiced, match: Match) -> Iterator[Difference]:
    """Another price than in force; that of uncached input on cached is its own code."""
    if line.price == line.rate or not line.tokens:
        return
    uncached = rate_at(match.rates, (*line.kind, "IN_UNCACHED"), line.start)
    is_cache = line.key == (*line.kind, "IN_CACHE_READ") and line.price == uncached
    tokens = Tokens(line.tokens)
    yield _priced(
        FindingCode.CACHE if is_cache else FindingCode.RATE,
        line,
        line.tokens,
        line.price.of(tokens) - line.rate.of(tokens),
    )


def _priced(
    code: FindingCode, line: Invoiced, tokens: int, amount: Dollars
) -> Difference:
    return Difference(
        code=code,
        order_line_id=line.order_line_id,
        token_classes=(line.token_class,),
        tokens=tokens,
        amount=amount,
        level=AGGREGATE,
        evidence={
            **_where(line.key, (line.start, line.end)),
            "invoiced_usd": line.price,
            "contract_usd": line.rate,
            "invoice_lines": [line.invoice_line_id],
            "keys": [[line.invoice_line_id]],
        },
    )


def _uninvoiced(match: Match) -> Iterator[Gap]:
    """What is reported in the invoice's period and on no line of any live invoice."""
    uninvoiced = Uninvoiced(match)
    left: dict[tuple[Key, Span], list[Reported]] = defaultdict(list)
    for row in match.reported:
        span = uninvoiced.span_of(row) if row.tokens else None
        if span is not None:
            left[row.key, span].append(row)
    for (key, span), rows in left.items():
        tokens = sum(row.tokens for row in rows)
        amount = total_dollars(row.price.of(Tokens(row.tokens)) for row in rows)
        yield Gap(key, span, -tokens, -amount, tokens)


def _quantities(gaps: Iterable[Gap]) -> Iterator[Difference]:
    """Name what differs: first within equal periods, then within those that touch.

    Shifts are looked for where all gaps of a direction cancel out exactly; an invoice
    may bill one class in other periods than another.
    """
    same: dict[tuple[Any, ...], list[Gap]] = defaultdict(list)
    for gap in gaps:
        same[(*gap.key[:3], is_output(gap.key[3]), gap.span)].append(gap)
    single: dict[tuple[Any, ...], list[Gap]] = defaultdict(list)
    for place in sorted(same):
        for code, moved in _coded(same[place]):
            if code in SHIFTS:
                yield _of(moved, code)
            else:
                single[place[:4]] += moved
    for left in single.values():
        for touching in _touching(left):
            for code, moved in _coded(touching):
                if code in SHIFTS:
                    yield _of(moved, code)
                    continue
                for gap in moved:
                    is_extra = gap.tokens > 0 and not gap.reported
                    yield _of([gap], FindingCode.EXTRA_C if is_extra else code)


def _coded(gaps: Sequence[Gap]) -> Iterator[tuple[FindingCode, list[Gap]]]:
    sizes: dict[str, int] = defaultdict(int)
    for gap in gaps:
        sizes[gap.key[3]] += gap.tokens
    left = {code for code, size in sizes.items() if not size}
    for found, moved in coded(sizes):
        yield found, [gap for gap in gaps if gap.key[3] in moved]
    if left:
        yield FindingCode.QTY, [gap for gap in gaps if gap.key[3] in left]


def _touching(gaps: Iterable[Gap]) -> Iterator[list[Gap]]:
    """The gaps of one kind and direction, parted where no period spans the cut."""
    group: list[Gap] = []
    for gap in sorted(gaps, key=lambda each: (each.span, each.key)):
        if group and gap.span[0] >= max(each.span[1] for each in group):
            yield group
            group = []
        group.append(gap)
    if group:
        yield group


def _of(gaps: Sequence[Gap], code: FindingCode) -> Difference:
    sizes: dict[str, int] = defaultdict(int)
    for gap in gaps:
        sizes[gap.key[3]] += gap.tokens
    span = (min(gap.span[0] for gap in gaps), max(gap.span[1] for gap in gaps))
    moved = sum(size for size in sizes.values() if size > 0 or code not in SHIFTS)
    return Difference(
        code=code,
        order_line_id=gaps[0].key[0],
        token_classes=tuple(sorted(sizes)),
        tokens=moved,
        amount=total_dollars(gap.amount for gap in gaps),
        level=AGGREGATE,
        evidence={
            **_where(gaps[0].key, span),
            "keys": [[code, size] for code, size in sorted(sizes.items())],
            "invoice_lines": sorted({line for gap in gaps for line in gap.lines}),
        },
    )


def _where(key: Key, span: Span) -> dict[str, Any]:
    return {
        "model": key[1],
        "tier": key[2],
        "period_start": span[0],
        "period_end": span[1],
    }
