"""What goes wrong on invoices, and on credits, ceilings and funds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.reconciliation.states import (
    Credited,
    Invoiced,
    Limit,
)
from tests.reconciliation.month.planted import Scope, worth
from tests.reconciliation.month.truth import (
    CHANGE,
    CLASSES,
    END,
    START,
    UNUSED,
    price_of,
)
from tests.reconciliation.month.views import (
    line_of,
    recounted,
    repriced,
    span_of,
)

# Invoices


def _on_lines(scope: Scope, change: Callable[[int, Invoiced], Invoiced | None]) -> None:
    def later() -> None:
        for place, line in scope.lines():
            changed = change(place, line)
            if changed is not None:
                scope.views.lines[scope.order][place] = changed

    scope.views.on_invoices.append(later)


def _plant_price(scope: Scope, code: str, line: Invoiced, price: UnitPrice) -> None:
    tokens = Tokens(line.tokens)
    amount = price.of(tokens) - line.rate.of(tokens)
    scope.planted.add(scope, code, line.start, [line.token_class], amount)


def wrong_price(scope: Scope) -> None:
    code = scope.views.dice.choice(CLASSES)

    def change(_: int, line: Invoiced) -> Invoiced | None:
        if line.token_class != code:
            return None
        price = UnitPrice(line.rate.usd_per_million_tokens * Decimal("1.07"))
        _plant_price(scope, "RATE", line, price)
        return repriced(line, price)

    _on_lines(scope, change)


def price_of_another_date(scope: Scope) -> None:
    """Model 2 after its change, at the price from before it."""

    def change(_: int, line: Invoiced) -> Invoiced | None:
        if line.start < CHANGE:
            return None
        price = price_of(scope.kind, line.token_class, START)
        _plant_price(scope, "RATE_DATE", line, price)
        return repriced(line, price)

    _on_lines(scope, change)


def cached_at_the_full_price(scope: Scope) -> None:
    def change(_: int, line: Invoiced) -> Invoiced | None:
        if line.token_class != "IN_CACHE_READ":
            return None
        price = price_of(scope.kind, "IN_UNCACHED", line.start)
        _plant_price(scope, "CACHE", line, price)
        return repriced(line, price)

    _on_lines(scope, change)


def priced_per_thousand(scope: Scope) -> None:
    def change(_: int, line: Invoiced) -> Invoiced | None:
        price = UnitPrice(line.rate.usd_per_million_tokens / 1_000)
        _plant_price(scope, "UNIT", line, price)
        return repriced(line, price)

    _on_lines(scope, change)


def billed_in_thousands(scope: Scope) -> None:
    def change(_: int, line: Invoiced) -> Invoiced | None:
        whole = line.tokens // 1_000
        amount = line.rate.of(Tokens(whole - line.tokens))
        scope.planted.add(scope, "UNIT", line.start, [line.token_class], amount)
        return recounted(line, whole)

    _on_lines(scope, change)


def cents_rounded_up(scope: Scope) -> None:
    def change(_: int, line: Invoiced) -> Invoiced | None:
        exact = line.price.of(Tokens(line.tokens)).amount
        up = Dollars(exact.quantize(Decimal("0.01"), ROUND_CEILING))
        assert line.amount is not None
        if up == line.amount:
            return None
        gap = up - line.amount
        scope.planted.add(scope, "ROUNDING", line.start, [line.token_class], gap)
        return replace(line, amount=up)

    _on_lines(scope, change)


def billed_and_not_reported(scope: Scope) -> None:
    def later() -> None:
        tokens = scope.views.dice.randint(1_000, 99_999)
        span = span_of(scope.kind, END - timedelta(hours=1))
        number = 90_000 + len(scope.views.lines[scope.order])
        line = line_of(number, scope.kind, UNUSED, span, tokens)
        scope.views.lines[scope.order].append(line)
        amount = line.rate.of(Tokens(tokens))
        scope.planted.add(scope, "EXTRA_C", span[0], [UNUSED], amount)

    scope.views.on_invoices.append(later)


# Credits, ceilings and funds


def _credit(scope: Scope, code: str, *, is_for_service: bool) -> None:
    due = Dollars(scope.views.dice.randint(100, 9_999)) + Dollars("0.37")
    part = scope.views.dice.choice([Dollars(), Dollars("40.12")])
    name = f"credit-{scope.order}-{code}-{scope.kind}"
    line = scope.kind[0]
    credit = Credited(name, line, due, part, is_for_service)
    scope.views.credits[scope.order].append(credit)
    of_line = replace(scope, kind=(line, None, None))  # type: ignore[arg-type]
    scope.planted.add(of_line, code, "", [], due - part)


def credit_missing(scope: Scope) -> None:
    _credit(scope, "CREDIT_MISSING", is_for_service=False)


def service_credit_missing(scope: Scope) -> None:
    _credit(scope, "SLA_CREDIT", is_for_service=True)


def over_the_ceiling(scope: Scope) -> None:
    """A line whose ceiling is below its use, and whose funds are below its ceiling."""
    line = scope.kind[0]

    def later() -> None:
        rows = [
            row for row in scope.views.metered[scope.order] if row.order_line_id == line
        ]
        tokens, used = sum(row.tokens for row in rows), worth(rows)
        over, short = Dollars("1.25"), Dollars("3.5")
        limit = Limit(line, tokens, used, tokens - 70, used - over)
        scope.views.limits[scope.order].append(limit)
        scope.views.unfunded[scope.order].append((line, 100, short))
        of_line = replace(scope, kind=(line, None, None))  # type: ignore[arg-type]
        scope.planted.add(of_line, "OVER_CEILING", "", [], over)
        scope.planted.add(of_line, "UNFUNDED", "", [], short - over)

    scope.views.on_invoices.append(later)
