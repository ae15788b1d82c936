"""Usage that came after its period was accepted: what is left of it, and what differs.

An invoice line of the kind ADJUSTMENT asks for it under its original period. What
meter and report have of the whole original period now, less what is accepted of it, is
what may still be paid: whatever came late is paid once, to the token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from django.db.models import F, Q, QuerySet, Sum

from contracting.billing.models import InvoiceLine
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.reconciliation.matching.rows import counted_by_key, rate_at
from contracting.reconciliation.models import AcceptedLine
from contracting.reconciliation.states import (
    Cell,
    Difference,
    FindingCode,
    Key,
    Late,
    Match,
    Metered,
    Rates,
    Span,
)

AGGREGATE: Final = "AGGREGATE"
View = Callable[[Span], Match]
"""Meter and report of a span, whatever is invoiced of it."""


def late_on(
    lines: Iterable[InvoiceLine],
    rates: Rates,
    view: View,
    price_left: Callable[[Key, Span], UnitPrice | None],
) -> Iterator[Late]:
    """The adjustments among invoice lines, with what is left of their periods.

    :param price_left: the price of what is left of a period on a line that is priced
        by volume
    """
    seen: dict[Span, Match] = {}
    for line in lines:
        if line.adjusts is None:
            continue
        whole = (line.adjusts.period.lower, line.adjusts.period.upper)
        if whole not in seen:
            seen[whole] = view(whole)
        span = (line.period.lower, line.period.upper)
        key = key_of(line)
        rate = rate_at(rates, key, span[0])
        if line.order_line.contract_line.is_by_volume:
            rate = price_left(key, whole)
        yield Late(
            invoice_line_id=line.pk,
            order_line_id=line.order_line_id,
            model_id=line.model_id,
            token_class=line.token_class.code,
            tier=line.tier,
            start=span[0],
            end=span[1],
            tokens=line.tokens,
            price=UnitPrice(line.usd_per_million_tokens),
            rate=rate or UnitPrice(0),
            a_tokens=_left(seen[whole].metered, key, whole, span),
            b_tokens=_left(seen[whole].reported, key, whole, span),
        )


def key_of(line: InvoiceLine) -> Key:
    """The order line, model, tier and class that an invoice line bills."""
    return (line.order_line_id, line.model_id, line.tier, line.token_class.code)


def _left(rows: Iterable[Metered], key: Key, whole: Span, span: Span) -> int:
    """What is counted of the period of an adjustment and is not accepted yet."""
    counted = counted_by_key(row for row in rows if row.key == key).get(key)
    if counted is None:
        return -accepted_of(key, whole)
    return min(counted.tokens(*span), counted.tokens(*whole) - accepted_of(key, whole))


def accepted_of(key: Key, span: Span, **narrow: Any) -> int:
    """Tokens of a key that are accepted on any line whose period meets ``span``."""
    rows = _accepted(key, span, **narrow)
    return int(rows.aggregate(sum=Sum("payable_tokens"))["sum"] or 0)


def _accepted(key: Key, span: Span, **narrow: Any) -> QuerySet[AcceptedLine]:
    order_line, model, tier, code = key
    return AcceptedLine.objects.filter(
        token_class_code=code,
        invoice_line__order_line=order_line,
        invoice_line__model=model,
        invoice_line__tier=tier,
        invoice_line__period__overlap=span,
        **narrow,
    )


def accepted_exactly(key: Key, span: Span) -> tuple[int, Dollars]:
    """The same with the exact amount, less what is beyond our meter."""
    rows = _accepted(key, span).aggregate(
        tokens=Sum(F("payable_tokens") - F("beyond_tokens")),
        exact=Sum(F("exact_dollars") - F("beyond_dollars")),
    )
    return int(rows["tokens"] or 0), Dollars(rows["exact"] or 0)


def accepted_late(key: Key, span: Span) -> int:
    """The same, only of what was invoiced as an adjustment."""
    return accepted_of(key, span, invoice_line__adjusts__isnull=False)


def accepted_since(line: InvoiceLine) -> int:
    """What is accepted of a line's class on it, and on later adjustments of it."""
    own = line.adjusts_id or line.pk
    rows = AcceptedLine.objects.filter(
        Q(invoice_line=line)
        | Q(invoice_line__adjusts=own, invoice_line__turn__gt=line.turn),
        token_class_code=line.token_class.code,
    )
    return int(rows.aggregate(sum=Sum("payable_tokens"))["sum"] or 0)


def differing_late(match: Match) -> Iterator[Difference]:
    """Every adjustment with another price than in force, or another count than is left.

    What meter and report differ in by single calls is found where the order is
    compared.
    """
    for line in match.late:
        tokens = Tokens(line.tokens)
        drift = line.price.of(tokens) - line.rate.of(tokens)
        if drift:
            yield _difference(FindingCode.RATE, line, line.tokens, drift, match)
        gap = line.tokens - line.b_tokens
        if gap:
            code = FindingCode.QTY if line.b_tokens > 0 else FindingCode.EXTRA_C
            amount = line.rate.of(Tokens(gap))
            yield _difference(code, line, gap, amount, match)


def _difference(
    code: FindingCode, line: Late, tokens: int, amount: Dollars, match: Match
) -> Difference:
    prices = {"invoiced_usd": line.price, "contract_usd": line.rate}
    if code != FindingCode.RATE:
        prices = {}
    return Difference(
        code=code,
        order_line_id=line.order_line_id,
        token_classes=(line.token_class,),
        tokens=tokens,
        amount=amount,
        level=AGGREGATE,
        evidence={
            "model": line.model_id,
            "tier": line.tier,
            "period_start": line.start,
            "period_end": line.end,
            "metered_and_not_accepted": line.a_tokens,
            "reported_and_not_accepted": line.b_tokens,
            **prices,
            "invoice_lines": [line.invoice_line_id],
            "keys": [["late", line.invoice_line_id]],
        },
        invoice_id=match.invoice_id,
    )


def late_cells(match: Match) -> list[Cell]:
    """The counts of the three views, one row for each adjustment."""
    return [
        Cell(
            *line.key[:2],
            token_class=line.token_class,
            tier=line.tier,
            start=line.start,
            end=line.end,
            a_tokens=line.a_tokens,
            b_tokens=line.b_tokens,
            c_tokens=line.tokens,
            a_dollars=line.rate.of(Tokens(line.a_tokens)),
            c_dollars=line.price.of(Tokens(line.tokens)),
            rate=line.rate,
            invoiced_price=line.price,
        )
        for line in match.late
    ]


def late_inputs(match: Match) -> dict[str, Any]:
    """What a comparison of adjustments depends on; nothing where there is none."""
    if not match.late:
        return {}
    return {
        "late": [
            [line.invoice_line_id, *line.key, line.start, line.end, line.tokens]
            + [line.price, line.rate, line.a_tokens, line.b_tokens]
            for line in match.late
        ]
    }
