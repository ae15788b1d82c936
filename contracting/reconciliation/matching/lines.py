"""Report and invoice, matched by line, model, tier, class and period."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.reconciliation.matching.conventions import Pair, Place, conventions
from contracting.reconciliation.matching.gathered import renamed
from contracting.reconciliation.matching.naming import (
    AGGREGATE,
    SHIFTS,
    coded,
    is_output,
)
from contracting.reconciliation.matching.prices import wrong_prices
from contracting.reconciliation.matching.rows import (
    NONE,
    Uninvoiced,
    by_their_clock,
    counted_by_key,
    where,
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
    yield from wrong_prices(match, reported)
    gaps = []
    agreed: Counter[Place] = Counter()
    for line in match.invoiced:
        known = reported.get(line.key, NONE).tokens(line.start, line.end)
        gap = line.tokens - known - _moved(clocks, line)
        if gap:
            gaps.append(_gap(line, gap, known))
        elif line.tokens:
            agreed[line.kind, None] += 1
    for moved in clocks.values():
        if not cancels_out(moved):
            yield _of(moved, FindingCode.TZ_CUTOFF)
    named = [*_by_convention(gaps, agreed)]
    yield from (_of([each], code, why) for each, code, why in named)
    told = {each.lines for each, *_ in named}
    left = [each for each in gaps if each.lines not in told]
    left += _uninvoiced(match)
    yield from _elsewhere(left)
    yield from _quantities(left)


def _by_convention(
    gaps: Sequence[Gap], agreed: Mapping[Place, int]
) -> Iterator[tuple[Gap, FindingCode, str]]:
    """The lines that bill every quantity of a kind in another unit or rounding."""
    pairs: dict[Place, list[Pair]] = defaultdict(list)
    for gap in gaps:
        pairs[gap.key[:3], None].append((gap.reported, gap.reported + gap.tokens))
    found = conventions(pairs, agreed)
    for gap in gaps:
        convention = found.get((gap.key[:3], None))
        if convention is not None:
            yield gap, convention.code, str(convention)


def _elsewhere(gaps: list[Gap]) -> Iterator[Difference]:
    """Whole counts that are billed under another line, model or tier instead.

    Both gaps are taken out of ``gaps``.
    """
    for gap in sorted(gaps, key=lambda each: (each.key, each.span)):
        if gap.tokens >= 0 or gap.tokens + gap.reported:
            continue
        for other in sorted(gaps, key=lambda each: (each.key, each.span)):
            same = other.span == gap.span and other.key[3] == gap.key[3]
            if same and other.tokens == -gap.tokens and other.key != gap.key:
                gaps.remove(gap)
                gaps.remove(other)
                yield _renamed(gap, other)
                break


def _renamed(gap: Gap, other: Gap) -> Difference:
    ours, theirs = gap.key[:3], other.key[:3]
    return Difference(
        code=renamed(ours, theirs, ""),
        order_line_id=ours[0],
        token_classes=(gap.key[3],),
        tokens=other.tokens,
        amount=gap.amount + other.amount,
        level=AGGREGATE,
        evidence={
            **where(gap.key, gap.span),
            "reported_as": " ".join(map(str, theirs)),
            "keys": [[gap.key[3], other.tokens]],
            "invoice_lines": sorted({*gap.lines, *other.lines}),
        },
    )


def cut_otherwise(match: Match) -> dict[Key, list[Gap]]:
    """By key, what stands on another line by the vendor's clock than by ours.

    Our meter's clock decides; only where the vendor's own explains the count of a line
    better is it taken to be the cause.
    """
    if not any(row.said_at for row in match.reported):
        return {}
    ours = counted_by_key(match.reported)
    theirs = counted_by_key(by_their_clock(match.reported))
    found: dict[Key, list[Gap]] = defaultdict(list)
    for line in match.invoiced:
        span = (line.start, line.end)
        known = ours.get(line.key, NONE).tokens(*span)
        moved = theirs.get(line.key, NONE).tokens(*span) - known
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


def _of(gaps: Sequence[Gap], code: FindingCode, why: str = "") -> Difference:
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
            **where(gaps[0].key, span),
            "keys": [[code, size] for code, size in sorted(sizes.items())],
            "invoice_lines": sorted({line for gap in gaps for line in gap.lines}),
            **({"told_by": [why]} if why else {}),
        },
    )
