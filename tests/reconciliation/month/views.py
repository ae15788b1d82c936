"""The month as the meter, the vendor's books and its invoices tell it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.reconciliation.matching.buckets import spread
from contracting.reconciliation.states import (
    Bucket,
    Credited,
    Invoiced,
    Kind,
    Limit,
    Match,
    Metered,
    Rate,
    Rates,
    Reported,
    Span,
)
from tests.reconciliation.month.truth import (
    CHANGE,
    CLASSES,
    DAYS,
    END,
    ORDERS,
    START,
    UNUSED,
    Call,
    kinds_of,
    price_of,
)

COVERED = ((START, END + timedelta(days=2)),)
LAST_DAY = END - timedelta(days=1)


def rates_of(order: int) -> Rates:
    """All prices of an order, with the time in which each is in force."""
    found: dict = {}
    for kind in kinds_of(order):
        for code in (*CLASSES, UNUSED):
            first, later = price_of(kind, code, START), price_of(kind, code, CHANGE)
            if first == later:
                found[*kind, code] = (Rate(START, None, first),)
            else:
                found[*kind, code] = (
                    Rate(START, CHANGE, first),
                    Rate(CHANGE, None, later),
                )
    return found


def rows_of(call: Call) -> list[Metered]:
    """A call of our meter, class by class."""
    return [
        Metered(
            request_id=call.request,
            attempt=call.attempt,
            order_line_id=call.kind[0],
            model_id=call.kind[1],
            token_class=code,
            tier=call.kind[2],
            occurred_at=call.at,
            day=call.day,
            tokens=tokens,
            price=price_of(call.kind, code, call.at),
            event_id=f"{call.request}-{call.attempt}",
        )
        for code, tokens in call.tokens.items()
    ]


def told(row: Metered, **more) -> Reported:
    """The same row as the vendor has it."""
    names = {name: getattr(row, name) for name in Metered.__slots__}
    return Reported(**{**names, "event_id": "", **more})


@dataclass
class Views:
    """The three views of every order, and what is done to them when they are made.

    ``on_sums`` changes the counts of buckets, ``on_invoices`` the lines of invoices.
    """

    dice: random.Random
    calls: Sequence[Call]
    in_sums: bool
    metered: dict[int, list[Metered]] = field(default_factory=dict)
    free: dict[int, list[Metered]] = field(default_factory=dict)
    book: dict[int, list[Reported]] = field(default_factory=dict)
    lines: dict[int, list[Invoiced]] = field(default_factory=dict)
    limits: dict[int, list[Limit]] = field(default_factory=lambda: defaultdict(list))
    unfunded: dict[int, list] = field(default_factory=lambda: defaultdict(list))
    credits: dict[int, list[Credited]] = field(
        default_factory=lambda: defaultdict(list)
    )
    moved: dict[int, set] = field(default_factory=lambda: defaultdict(set))
    added: dict[int, set] = field(default_factory=lambda: defaultdict(set))
    on_sums: list[Callable[[int, list[Bucket]], list[Bucket]]] = field(
        default_factory=list
    )
    on_invoices: list[Callable[[], None]] = field(default_factory=list)
    by_their_clock: set[Kind] = field(default_factory=set)
    sums: dict[int, list[Bucket]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for order in ORDERS:
            own = [call for call in self.calls if call.order == order]
            self.metered[order] = [
                row for call in own if not call.failed for row in rows_of(call)
            ]
            self.free[order] = [
                row for call in own if call.failed for row in rows_of(call)
            ]
            self.book[order] = [told(row) for row in self.metered[order]]

    # The vendor writes its report and its invoices

    def finish(self) -> None:
        """The vendor closes its books: sums if it reports no calls, then invoices."""
        for order in ORDERS:
            self.dice.shuffle(self.metered[order])
            self.dice.shuffle(self.book[order])
            if self.in_sums:
                sums = self._sums(order)
                for change in self.on_sums:
                    sums = change(order, sums)
                self.sums[order] = sums
            self.lines[order] = self._invoice(order)
        for change_line in self.on_invoices:
            change_line()

    def _sums(self, order: int) -> list[Bucket]:
        counts: dict[tuple, int] = defaultdict(int)
        for row in self.book[order]:
            at = row.said_at or row.occurred_at
            if at < END:
                counts[row.kind, row.token_class, at.date(), row.is_late] += row.tokens
        return [
            Bucket(
                places=((kind, price_of(kind, code, start_of(day))),),
                token_class=code,
                start=start_of(day),
                end=start_of(day) + timedelta(days=1),
                day=day,
                tokens=tokens,
                is_late=late,
            )
            for (kind, code, day, late), tokens in counts.items()
        ]

    def _invoice(self, order: int) -> list[Invoiced]:
        """A line for each key and version of its price, as the books have it."""
        counts: dict[tuple, int] = defaultdict(int)
        if self.in_sums:
            for each in self.sums[order]:
                kind = each.places[-1][0]
                counts[*kind, each.token_class, span_of(kind, each.start)] += (
                    each.tokens
                )
        else:
            for row in self.book[order]:
                theirs = row.kind in self.by_their_clock
                at = row.said_at if theirs and row.said_at else row.occurred_at
                if at < END:
                    key = (*row.kind, row.token_class, span_of(row.kind, at))
                    counts[key] += row.tokens
        return [
            line_of(number, (line, model, tier), code, span, tokens)
            for number, ((line, model, tier, code, span), tokens) in enumerate(
                sorted(counts.items()), start=order * 10_000
            )
        ]

    def match(self, order: int) -> Match:
        """What is compared of one order: its month, its report and its invoice."""
        reported = tuple(self.book[order])
        if self.in_sums:
            reported = tuple(spread(self.sums[order], self.metered[order]))
        last = LAST_DAY if order == 3 else END
        return Match(
            metered=tuple(self.metered[order]),
            reported=reported,
            invoiced=tuple(self.lines[order]),
            covered=COVERED,
            rates=rates_of(order),
            invoice_period=(START, END),
            invoice_id=order,
            uncharged=tuple(self.free[order]),
            bucketed=COVERED if self.in_sums else (),
            limits=tuple(self.limits[order]),
            unfunded=tuple(self.unfunded[order]),
            credits=tuple(self.credits[order]),
            performance=(START, last),
            window=(START, END),
            reported_elsewhere=frozenset(self.moved[order]),
            metered_elsewhere=frozenset(self.added[order]),
        )

    # What the views come to, counted apart

    def asked(self, order: int) -> Dollars:
        """Tokens times price of every line, its cents beyond half-up, less credits."""
        lines = self.lines[order]
        exact = total_dollars(each.price.of(Tokens(each.tokens)) for each in lines)
        for each in lines:
            if each.amount is not None:
                right = each.price.of(Tokens(each.tokens)).to_cents()
                exact = exact + each.amount - right
        return exact - total_dollars(each.stated for each in self.credits[order])

    def owed(self, order: int) -> Dollars:
        """What our meter counts, less credits that are due."""
        ours = total_dollars(r.price.of(Tokens(r.tokens)) for r in self.metered[order])
        return ours - total_dollars(each.due for each in self.credits[order])


def start_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=START.tzinfo)


def span_of(kind: Kind, at: datetime) -> Span:
    """The period of the invoice line that bills an instant."""
    if kind[1] != 2:
        return (START, END)
    return (START, CHANGE) if at < CHANGE else (CHANGE, END)


def line_of(
    number: int, kind: Kind, code: str, span: Span, tokens: int, price: str = ""
) -> Invoiced:
    """An honest line, rounded half-up to the cent."""
    rate = price_of(kind, code, span[0])
    asked = UnitPrice(price) if price else rate
    return Invoiced(
        invoice_line_id=number,
        order_line_id=kind[0],
        model_id=kind[1],
        token_class=code,
        tier=kind[2],
        start=span[0],
        end=span[1],
        tokens=tokens,
        price=asked,
        rate=rate,
        amount=asked.of(Tokens(tokens)).to_cents(),
    )


def repriced(line: Invoiced, price: UnitPrice) -> Invoiced:
    amount = price.of(Tokens(line.tokens)).to_cents()
    return replace(line, price=price, amount=amount)


def recounted(line: Invoiced, tokens: int) -> Invoiced:
    return replace(line, tokens=tokens, amount=line.price.of(Tokens(tokens)).to_cents())


__all__ = ["DAYS", "Views", "line_of", "recounted", "repriced", "start_of", "told"]
