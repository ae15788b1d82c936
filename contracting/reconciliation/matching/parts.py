"""What a comparison knows of one accounting day: calls by row, and the rest as sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from contracting.core.canonical import plain
from contracting.core.quantities import UnitPrice
from contracting.reconciliation.states import Key, Metered, Reported


@dataclass(frozen=True, slots=True)
class Agreed:
    """Calls of one key and price in a slice of time, of which nothing is to be said.

    Both sides have them alike; or our meter alone has them, and nothing of them is
    reported yet or due (``is_silent``). They stand at the begin of their slice.
    """

    key: Key
    price: UnitPrice
    occurred_at: datetime
    rows: int
    tokens: int
    is_silent: bool = False

    @property
    def name(self) -> str:
        """What stands in place of the ids of so many calls."""
        words = [*self.key, f"{self.price.usd_per_million_tokens.normalize():f}"]
        kind = "unreported" if self.is_silent else "agreed"
        return f"{kind} {self.occurred_at.isoformat()} {' '.join(map(str, words))}"

    def metered(self, day: date) -> Metered:
        """All of them as one row of our meter."""
        return Metered(
            request_id=self.name,
            attempt=1,
            order_line_id=self.key[0],
            model_id=self.key[1],
            token_class=self.key[3],
            tier=self.key[2],
            occurred_at=self.occurred_at,
            day=day,
            tokens=self.tokens,
            price=self.price,
        )

    def reported(self, day: date) -> Reported:
        """The same as one row of the report."""
        row = self.metered(day)
        return Reported(**{name: getattr(row, name) for name in Metered.__slots__})


@dataclass(frozen=True, slots=True)
class Part:
    """One day: the rows of calls that are looked at one by one, and what agrees.

    ``digest`` is that of our rated lines beside those rows.
    """

    day: date
    metered: tuple[Metered, ...] = ()
    reported: tuple[Reported, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    digest: str = ""

    def all_metered(self) -> Iterable[Metered]:
        """Our meter's side of the day."""
        yield from self.metered
        yield from (each.metered(self.day) for each in self.agreed)

    def all_reported(self) -> Iterable[Reported]:
        """The vendor's side of the day."""
        yield from self.reported
        yield from (
            each.reported(self.day) for each in self.agreed if not each.is_silent
        )

    def requests(self) -> set[str]:
        """All requests that are named on either side."""
        rows = (*self.all_metered(), *self.all_reported())
        return {row.request_id for row in rows}

    def __bool__(self) -> bool:
        return bool(self.metered or self.reported or self.agreed)


@dataclass(slots=True)
class Parts:
    """The days of a comparison, in order, and the calls around them."""

    days: dict[date, Part] = field(default_factory=dict)
    around: tuple[Metered, ...] = ()

    def metered(self) -> list[Metered]:
        return [row for part in self._sorted() for row in part.all_metered()]

    def reported(self) -> list[Reported]:
        return [row for part in self._sorted() for row in part.all_reported()]

    def digests(self) -> list[tuple[date, str]]:
        return [(part.day, part.digest) for part in self._sorted() if part.digest]

    def counted(self) -> Mapping[tuple[Key, date], int]:
        """How many rows of a key and day agree, beside the one that stands for them."""
        found: dict[tuple[Key, date], int] = {}
        for part in self._sorted():
            for each in part.agreed:
                if each.rows > 1 and not each.is_silent:
                    place = each.key, part.day
                    found[place] = found.get(place, 0) + each.rows - 1
        return found

    def _sorted(self) -> list[Part]:
        return [self.days[day] for day in sorted(self.days) if self.days[day]]


# As it is kept


def as_kept(part: Part) -> dict[str, Any]:
    """A day as JSON, to be kept until something of it changes."""
    kept: dict[str, Any] = plain(
        {
            "metered": [_cells(row) for row in part.metered],
            "reported": [
                [*_cells(row), row.is_late, row.named] for row in part.reported
            ],
            "agreed": [
                [*each.key, each.price, each.occurred_at, each.rows, each.tokens]
                + [each.is_silent]
                for each in part.agreed
            ],
            "digest": part.digest,
        }
    )
    return kept


def _cells(row: Metered) -> list[Any]:
    return [
        *(row.request_id, row.attempt, *row.key, row.occurred_at, row.tokens),
        *(row.price, row.event_id, row.said_at),
    ]


def from_kept(day: date, kept: Mapping[str, Any]) -> Part:
    """The same day again."""
    prices: dict[str, UnitPrice] = {}
    return Part(
        day=day,
        metered=tuple(Metered(**_row(day, row, prices)) for row in kept["metered"]),
        reported=tuple(
            Reported(**_row(day, row[:-2], prices), is_late=row[-2], named=row[-1])
            for row in kept["reported"]
        ),
        agreed=tuple(
            Agreed(
                (row[0], row[1], row[2], row[3]),
                _price(row[4], prices),
                datetime.fromisoformat(row[5]),
                *row[6:],
            )
            for row in kept["agreed"]
        ),
        digest=kept["digest"],
    )


def _row(day: date, row: list[Any], prices: dict[str, UnitPrice]) -> dict[str, Any]:
    request, attempt, line, model, tier, code, at, tokens, usd, event, said = row
    return {
        "request_id": request,
        "attempt": attempt,
        "order_line_id": line,
        "model_id": model,
        "token_class": code,
        "tier": tier,
        "occurred_at": datetime.fromisoformat(at),
        "day": day,
        "tokens": tokens,
        "price": _price(usd, prices),
        "event_id": event,
        "said_at": datetime.fromisoformat(said) if said else None,
    }


def _price(usd: str, prices: dict[str, UnitPrice]) -> UnitPrice:
    """One value for each price: thousands of rows share a few."""
    if usd not in prices:
        prices[usd] = UnitPrice(Decimal(usd))
    return prices[usd]
