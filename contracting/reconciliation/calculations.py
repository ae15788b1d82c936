"""The three-way match on values: what agrees, what differs, by which name and amount.

Pure and deterministic. ``A`` is the agency's meter, ``B`` the vendor's report, ``C``
the invoice. A and B are matched attempt by attempt, or by key and bucket where the
vendor reports sums only; C is matched to B by line, model, tier, class and period.
Every difference that is not zero gets exactly one code with its exact amount, before
any rounding and before any tolerance; too much is positive, too little negative, so
that all differences sum to what is invoiced less what is metered. What is late, not
funded or beyond a ceiling is listed and is no such difference. The order of rows
changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.reconciliation.matching.between import between_counts
from contracting.reconciliation.matching.charges import differing_charges, inputs_of
from contracting.reconciliation.matching.late import (
    differing_late,
    late_cells,
    late_inputs,
)
from contracting.reconciliation.matching.lines import (
    cancels_out,
    cut_otherwise,
    differing_lines,
)
from contracting.reconciliation.matching.listed import (
    differing_credits,
    inputs_of_more,
    listed_usage,
)
from contracting.reconciliation.matching.naming import AGGREGATE, REQUEST, SHIFTS
from contracting.reconciliation.matching.rows import (
    NONE,
    Counted,
    Uninvoiced,
    by_their_clock,
    counted_by_key,
    rate_at,
    sides_of,
)
from contracting.reconciliation.states import (
    Bar,
    Cell,
    Difference,
    Key,
    Match,
    Span,
)

__all__ = [
    "AGGREGATE",
    "BAR_STEP",
    "REQUEST",
    "SHIFTS",
    "bars",
    "cells",
    "compare",
    "inputs_sha256",
    "rate_at",
]


def compare(
    match: Match, between: Iterable[Difference] | None = None
) -> list[Difference]:
    """Every difference among the three views, each with one code.

    The order of the result depends on its content only.

    :param between: what ``between_counts`` has found of it, where that is known already
    """
    found = [
        *(between_counts(match) if between is None else between),
        *differing_lines(match),
        *differing_charges(match),
        *differing_late(match),
        *differing_credits(match),
        *listed_usage(match),
    ]
    return sorted(found, key=lambda each: (str(each.code), each.fingerprint))


# Cells: the table behind the findings


def cells(match: Match, days: Mapping[date, Span]) -> list[Cell]:
    """The counts of the three views by invoice line, or by day without an invoice.

    What is on no line stands in the period of the line that it lies beside.

    :param days: the instants of each accounting day
    """
    ours, theirs = _by_the_clock_of_the_invoice(match)
    invoiced = {(line.key, (line.start, line.end)): line for line in match.invoiced}
    spans = _spans(match, days) | set(invoiced)
    found = []
    for key, (start, end) in sorted(spans):
        line = invoiced.get((key, (start, end)))
        a, b = ours.get(key, NONE), theirs.get(key, NONE)
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
    return found + late_cells(match)


def _by_the_clock_of_the_invoice(
    match: Match,
) -> tuple[dict[Key, Counted], dict[Key, Counted]]:
    """Meter and report by key; on the vendor's clock where that only moves lines.

    A call that stands on another line of the same invoice is used and billed once, and
    is no reason to withhold it.
    """
    both = counted_by_key(match.metered), counted_by_key(match.reported)
    moved = {key for key, gaps in cut_otherwise(match).items() if cancels_out(gaps)}
    for view, rows in zip(both, (match.metered, match.reported), strict=True):
        same = [row for row in rows if row.key in moved]
        view.update(counted_by_key(by_their_clock(same)))
    return both


def _spans(match: Match, days: Mapping[date, Span]) -> set[tuple[Key, Span]]:
    """The keys and periods of what is on no line of the invoice."""
    rows = (*match.metered, *match.reported)
    if not match.invoiced:
        return {(row.key, days[row.day]) for row in rows}
    uninvoiced = Uninvoiced(match)
    return {
        (row.key, span) for row in rows if (span := uninvoiced.span_of(row)) is not None
    }


# What a comparison depends on


def inputs_sha256(match: Match) -> str:
    """SHA-256 of everything that a comparison depends on."""
    return content_sha256(
        inputs_of(match)
        | late_inputs(match)
        | inputs_of_more(match)
        | {
            "sides": sides_of(match) if match.sides is None else match.sides,
            "c": [
                [line.invoice_line_id, *line.key, line.start, line.end, line.tokens]
                + [line.price, line.rate]
                for line in sorted(
                    match.invoiced, key=lambda each: each.invoice_line_id
                )
            ],
            "versions": sorted(map(list, match.versions)),
            "digests": [[day.isoformat(), text] for day, text in match.digests],
            "period": list(match.invoice_period or ()),
            "known": sorted(match.known_requests),
            "elsewhere": sorted(
                [*key, *span] for key, span in match.invoiced_elsewhere
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
