"""What is planted: every fault with the name and exact amount it must be found by.

Every fault has a scope of its own: an order and a kind of it, and often one day. What a
vendor that names no calls cannot show is expected as a quantity, with the true cause
among those that are possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.reconciliation.states import (
    Bucket,
    Invoiced,
    Kind,
    Metered,
    Reported,
)
from tests.reconciliation.month.views import (
    Views,
)

Place = tuple[int, str, Kind | tuple[int, None, None], str]
"""Order, code, kind and day (or the beginning of an invoice line)."""


@dataclass
class Planted:
    """By place: the classes, the exact amount, and the true cause if it is hidden."""

    found: dict[Place, tuple[set[str], Dollars]] = field(default_factory=dict)
    causes: dict[Place, set[str]] = field(default_factory=dict)

    def add(
        self,
        scope: Scope,
        code: str,
        when: object,
        classes: Iterable[str],
        amount: Dollars,
        cause: str = "",
    ) -> None:
        day = when.isoformat() if isinstance(when, date) else str(when or "")
        place = (scope.order, code, scope.kind, day)
        seen, sum_ = self.found.get(place, (set(), Dollars()))
        self.found[place] = (seen | set(classes), sum_ + amount)
        if cause:
            self.causes.setdefault(place, set()).add(cause)


@dataclass(frozen=True)
class Scope:
    """Where one fault lies."""

    views: Views
    planted: Planted
    order: int
    kind: Kind
    day: date

    @property
    def whole(self) -> tuple[Views, Planted, int, Kind, date]:
        return self.views, self.planted, self.order, self.kind, self.day

    def booked(self) -> list[Reported]:
        """The vendor's rows of the kind on the day."""
        return self._of(self.views.book[self.order])

    def metered(self) -> list[Metered]:
        return self._of(self.views.metered[self.order])

    def _of(self, rows: Sequence) -> list:
        return [row for row in rows if row.kind == self.kind and row.day == self.day]

    def some(self) -> list[Reported]:
        """One or more first attempts of that day, with all their rows."""
        rows = [row for row in self.booked() if row.attempt == 1]
        names = sorted({row.request_id for row in rows})
        some = set(names[: self.views.dice.randint(1, max(len(names) // 2, 1))])
        return [row for row in rows if row.request_id in some]

    def change(self, old: Iterable[Reported], new: Iterable[Reported]) -> None:
        gone = {id(row) for row in old}
        book = self.views.book[self.order]
        self.views.book[self.order] = [r for r in book if id(r) not in gone]
        self.views.book[self.order] += new

    def sums(self, change: Callable[[Bucket], Bucket]) -> None:
        """Change the sums of the kind on the day."""

        def one(order: int, sums: list[Bucket]) -> list[Bucket]:
            return [
                change(each)
                if order == self.order
                and each.day == self.day
                and each.places[-1][0] == self.kind
                else each
                for each in sums
            ]

        self.views.on_sums.append(one)

    def lines(self) -> list[tuple[int, Invoiced]]:
        """The invoice lines of the kind, and where they stand."""
        rows = enumerate(self.views.lines[self.order])
        return [(n, each) for n, each in rows if each.kind == self.kind]


def worth(rows: Iterable[Metered]) -> Dollars:
    return total_dollars(row.price.of(Tokens(row.tokens)) for row in rows)


def classes_of(rows: Iterable[Metered]) -> set[str]:
    return {row.token_class for row in rows}


def extra(scope: Scope, code: str, rows: Sequence[Metered], sign: int = 1) -> None:
    """Expect rows too many (or too few), as a quantity where only sums are told."""
    amount = worth(rows) if sign > 0 else -worth(rows)
    hidden = scope.views.in_sums
    name, cause = ("QTY", code) if hidden else (code, "")
    scope.planted.add(scope, name, scope.day, classes_of(rows), amount, cause)
