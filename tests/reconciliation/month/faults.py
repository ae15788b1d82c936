"""What goes wrong with calls, and every fault of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from contracting.core.quantities import Dollars, Tokens
from contracting.reconciliation.states import (
    Bucket,
    Kind,
    Metered,
)
from tests.reconciliation.month.invoices import (
    billed_and_not_reported,
    billed_in_thousands,
    cached_at_the_full_price,
    cents_rounded_up,
    credit_missing,
    over_the_ceiling,
    price_of_another_date,
    priced_per_thousand,
    service_credit_missing,
    wrong_price,
)
from tests.reconciliation.month.planted import Scope, classes_of, extra, worth
from tests.reconciliation.month.truth import (
    CLASSES,
    DAYS,
    END,
    START,
    price_of,
)
from tests.reconciliation.month.views import (
    LAST_DAY,
    start_of,
    told,
)

# Calls


def lost_by_the_gateway(scope: Scope) -> None:
    """Some calls of a day, or all of them where only so it is certain."""
    views, order = scope.views, scope.order
    is_whole = views.in_sums and views.dice.random() < 0.5
    if is_whole:
        free = views.free[order]
        views.free[order] = [
            r for r in free if (r.kind, r.day) != (scope.kind, scope.day)
        ]
    rows = scope.booked() if is_whole else scope.some()
    lost = {(row.request_id, row.attempt) for row in rows}
    if not is_whole and not rows:
        return
    views.metered[order] = [
        r for r in views.metered[order] if (r.request_id, r.attempt) not in lost
    ]
    if is_whole:
        day = (scope.day, classes_of(rows), worth(rows))
        scope.planted.add(scope, "MISSING_A", *day)
    else:
        extra(scope, "MISSING_A", rows)


def lost_by_the_vendor(scope: Scope) -> None:
    is_whole = scope.views.dice.random() < 0.5
    rows = scope.booked() if is_whole else scope.some()
    scope.change(rows, [])
    if is_whole:
        day = (scope.day, classes_of(rows), -worth(rows))
        scope.planted.add(scope, "MISSING_B", *day)
    elif rows:
        extra(scope, "MISSING_B", rows, -1)


def listed_twice(scope: Scope) -> None:
    rows = scope.some()
    scope.change([], [replace(row) for row in rows])
    if rows:
        extra(scope, "DUPLICATE", rows)


def retry_billed(scope: Scope) -> None:
    rows = scope.some()
    scope.change([], [replace(row, attempt=9) for row in rows])
    if rows:
        extra(scope, "RETRY", rows)


def failed_calls_charged(scope: Scope) -> None:
    free = [r for r in scope.views.free[scope.order] if r.kind == scope.kind]
    by_day: dict[date, list[Metered]] = {}
    for row in free:
        by_day.setdefault(row.day, []).append(row)
    scope.change([], [told(row) for row in free])
    for day, rows in by_day.items():
        extra(replace(scope, day=day), "FAILED_CHARGED", rows)


def miscounted(scope: Scope) -> None:
    rows = scope.some()[:1]
    gap = scope.views.dice.choice([1, -1, 37, -41])
    more = [replace(row, tokens=row.tokens + gap) for row in rows]
    scope.change(rows, more)
    for row in rows:
        amount = row.price.of(Tokens(gap))
        scope.planted.add(scope, "QTY", scope.day, [row.token_class], amount)


def _shifted(scope: Scope, name: str, code: str, other: str) -> None:
    """All tokens of a class are counted as another one, call by call."""
    rows = [row for row in scope.some() if row.token_class == code]
    price = price_of(scope.kind, other, start_of(scope.day))
    beside = {row.request_id for row in rows}
    others = [
        row
        for row in scope.booked()
        if row.token_class == other and row.request_id in beside and row.attempt == 1
    ]
    sizes = {row.request_id: row.tokens for row in rows}
    scope.change(
        [*rows, *others],
        [replace(r, tokens=r.tokens + sizes[r.request_id]) for r in others],
    )
    moved = [replace(row, price=price) for row in rows]
    if rows:
        amount = worth(moved) - worth(rows)
        scope.planted.add(scope, name, scope.day, [code, other], amount)


def cached_in_full(scope: Scope) -> None:
    _shifted(scope, "CACHE", "IN_CACHE_READ", "IN_UNCACHED")


def shifted(scope: Scope) -> None:
    _shifted(scope, "CLASS_SHIFT", "IN_CACHE_READ", "IN_CACHE_WRITE_5M")


def reasoning_as_text(scope: Scope) -> None:
    _shifted(scope, "REASONING", "OUT_REASONING", "OUT_TEXT")


def other_model(scope: Scope) -> None:
    """A day of calls under another model of the same line."""
    line, model, tier = scope.kind
    named: Kind = (line, model + 1 if model % 2 else model - 1, tier)
    rows = scope.booked()
    moved = [
        replace(
            row,
            model_id=named[1],
            price=price_of(named, row.token_class, row.occurred_at),
        )
        for row in rows
    ]
    scope.change(rows, moved)
    amount = worth(moved) - worth(rows)
    scope.planted.add(scope, "MODEL_ALIAS", scope.day, classes_of(rows), amount)


def on_another_order(scope: Scope) -> None:
    """Some calls of a day in the report of the order after it."""
    views, order = scope.views, scope.order
    other = order % 3 + 1
    line, model, tier = scope.kind
    named: Kind = (line - order * 10 + other * 10, model, tier)
    rows = scope.some()
    scope.change(rows, [])
    views.book[other] += [replace(row, order_line_id=named[0]) for row in rows]
    views.moved[order] |= {(row.request_id, row.attempt) for row in rows}
    views.added[other] |= {(row.request_id, row.attempt) for row in rows}
    if rows:
        extra(scope, "ATTRIBUTION", rows, -1)
        extra(replace(scope, order=other, kind=named), "ATTRIBUTION", rows)


def after_the_end(scope: Scope) -> None:
    """Calls of the third order on a day after its last one."""
    rows = [
        replace(
            row,
            request_id=f"late-{row.request_id}",
            said_at=None,
            occurred_at=LAST_DAY + timedelta(hours=1),
            day=LAST_DAY.date(),
            price=price_of(scope.kind, row.token_class, LAST_DAY),
        )
        for row in scope.some()
    ]
    scope.change([], rows)
    if rows:
        where = (LAST_DAY.date(), classes_of(rows), worth(rows))
        scope.planted.add(scope, "OUT_OF_POP", *where)


def late_batch(scope: Scope) -> None:
    rows = scope.booked()
    scope.change(rows, [replace(row, is_late=True) for row in rows])
    day = (scope.day, classes_of(rows), worth(rows))
    scope.planted.add(scope, "LATE_REPORT", *day)


def _recounted_day(
    scope: Scope, code: str, count: Callable[[int], int], least: int
) -> None:
    """Every row of a day by another convention; every sum where only sums are told."""
    if scope.views.in_sums:
        gaps: list[tuple[str, Dollars]] = []

        def change(bucket: Bucket) -> Bucket:
            more = count(bucket.tokens)
            if more != bucket.tokens:
                price = bucket.places[-1][1]
                amount = price.of(Tokens(more - bucket.tokens))
                scope.planted.add(scope, code, scope.day, [bucket.token_class], amount)
            gaps.append((bucket.token_class, Dollars()))
            return replace(bucket, tokens=more)

        scope.sums(change)
        return
    rows = scope.booked()
    if len(rows) < least:
        return
    more = [replace(row, tokens=count(row.tokens)) for row in rows]
    scope.change(rows, more)
    wrong = [m for r, m in zip(rows, more, strict=True) if r.tokens != m.tokens]
    amount = worth(more) - worth(rows)
    scope.planted.add(scope, code, scope.day, classes_of(wrong), amount)


def in_another_unit(scope: Scope) -> None:
    factor = scope.views.dice.choice([1_000, 1_000_000])
    _recounted_day(scope, "UNIT", lambda count: count * factor, 2)


def rounded_up(scope: Scope) -> None:
    _recounted_day(scope, "ROUNDING", lambda count: -(-count // 100) * 100, 4)


def inflated(scope: Scope) -> None:
    """A fifth of a percent on every call of a class, day after day."""
    code = "IN_UNCACHED"
    rows = [
        row
        for row in scope.views.book[scope.order]
        if row.kind == scope.kind and row.token_class == code
    ]
    more = [replace(row, tokens=row.tokens + max(row.tokens // 500, 1)) for row in rows]
    scope.change(rows, more)
    for row, other in zip(rows, more, strict=True):
        amount = row.price.of(Tokens(other.tokens - row.tokens))
        scope.planted.add(scope, "SYSTEMATIC", row.day, [code], amount)


# Clocks


def by_another_clock(scope: Scope) -> None:
    """The vendor's day, and the end of its month, come five hours before ours."""
    views, planted, order, kind, _ = scope.whole
    late = timedelta(hours=5)

    def moved(row: Metered) -> bool:
        return row.kind == kind

    views.book[order] = [
        replace(row, said_at=row.occurred_at + late) if moved(row) else row
        for row in views.book[order]
    ]
    views.metered[order] = [
        replace(row, said_at=row.occurred_at + late) if moved(row) else row
        for row in views.metered[order]
    ]
    views.by_their_clock.add(kind)
    ours = [row for row in views.metered[order] if moved(row)]
    if not views.in_sums:
        for code in CLASSES:
            own = [row for row in ours if row.token_class == code]
            rest = [row for row in own if row.occurred_at + late >= END]
            if rest:
                planted.add(scope, "TZ_CUTOFF", START, [code], -worth(rest))
        return
    for number in range(DAYS):
        day = (START + timedelta(days=number)).date()
        for code in CLASSES:
            own = [row for row in ours if row.token_class == code]
            theirs = [r for r in own if (r.occurred_at + late).date() == day]
            same = [r for r in own if r.day == day]
            gap = sum(r.tokens for r in theirs) - sum(r.tokens for r in same)
            if gap:
                amount = price_of(kind, code, start_of(day)).of(Tokens(gap))
                planted.add(scope, "TZ_CUTOFF", day, [code], amount)


ALL: tuple[Callable[[Scope], None], ...] = (
    lost_by_the_gateway,
    lost_by_the_vendor,
    listed_twice,
    retry_billed,
    failed_calls_charged,
    miscounted,
    cached_in_full,
    shifted,
    reasoning_as_text,
    other_model,
    on_another_order,
    after_the_end,
    late_batch,
    in_another_unit,
    rounded_up,
    inflated,
    by_another_clock,
    wrong_price,
    price_of_another_date,
    cached_at_the_full_price,
    priced_per_thousand,
    billed_in_thousands,
    cents_rounded_up,
    billed_and_not_reported,
    credit_missing,
    service_credit_missing,
    over_the_ceiling,
)
"""Every row of the fault table, some of them in more than one form."""

OF_MODEL_2 = {price_of_another_date}
OF_ORDER_3 = {after_the_end}
ON_TWO_ORDERS = {on_another_order}
NOT_MODEL_2 = {by_another_clock}
