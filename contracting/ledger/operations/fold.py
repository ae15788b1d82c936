"""Fold: draw what was used on the funds of a line, in the order of its use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger import calculations
from contracting.ledger.calculations import Folded, Price, Spot
from contracting.ledger.models import Balance, Transfer, UsageDelta
from contracting.ledger.operations.draw import _draw, _guard
from contracting.ledger.operations.post import (
    Book,
    _lock_book,
    _post_transfer,
    _reverse,
    _write_book,
)
from contracting.ledger.operations.reverse import _require_bounds
from contracting.ledger.queries import all_usage_that_stands
from contracting.ledger.refusals import DeltaBroken, NotReversible
from contracting.ledger.states import (
    AccountKind,
    Consumption,
    Delta,
    Holder,
    Hour,
    Position,
    TransferKind,
    Use,
)

_ROUTES = {
    True: (TransferKind.CONSUME, AccountKind.OBLIGATED, AccountKind.CONSUMED),
    False: (TransferKind.UNFUNDED, AccountKind.METER, AccountKind.UNFUNDED),
}


class History(Protocol):
    """What the meter knows of the usage of a line, read when it is needed."""

    def last(self) -> Position | None:
        """The latest call that is folded already, if any is."""

    def hours(self, taken: Sequence[Delta]) -> Sequence[Hour]:
        """All usage of the line by hour, with what is taken now, oldest first."""

    def calls(self, hour: Hour) -> Iterable[Use]:
        """The calls of such an hour in their order."""

    def new_calls(self, hour: Hour, after: Position | None) -> Iterable[Use]:
        """The calls of an hour that are taken now, all of them after ``after``."""


@dataclass(slots=True)
class Taken:
    """What one fold has taken, and the instant that it stands for."""

    deltas: list[Delta] = field(default_factory=list)
    causes: dict[Subject, int] = field(default_factory=dict)
    written_at: datetime | None = None
    at: datetime | None = None
    limits_changed: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    """What an event keeps of it: counts and causes, never single calls."""


@transaction.atomic
def fold_usage(
    *,
    holder: Holder,
    metered: str,
    history: History,
    is_by_volume: bool,
    because: Subject,
    by: Actor,
    only: int | None = None,
) -> Taken:
    """Take what is new of a line, and let its balances say what all of it comes to.

    Up to the live limit usage is funded; the rest has happened all the same and is
    recorded in full as unfunded, never refused and never payable (R-FND-08). What is
    within the limit is decided over all usage of the line in the order (occurred at,
    source, event id), by whatever way it came, and again when late usage, corrections
    or funds come. What is accepted stays: only other usage moves, by reversal and a
    new posting. A line priced by volume is drawn provisionally, in the order of
    arrival; its period run puts it right.

    :param metered: with what the keys of all usage of the line begin
    :param only: one delta alone, where the others are left to be
    :returns: what was taken; nothing where nothing is new
    :raises BalanceNotOpen: if no funds were ever opened for the line
    :raises DeltaBroken: if a delta contradicts itself
    :raises NotReversible: if a correction takes back what is accepted already
    """
    book = _lock_book(because=because, by=by, at=_SOMETIME, holders=[holder])
    taken = _take(book, holder, only, is_by_volume=is_by_volume)
    if taken.at is None:
        return taken
    book.at = taken.at
    if is_by_volume:
        _draw_provisionally(book, holder, taken)
    elif not _draw_what_fits(book, holder, taken):
        if taken.limits_changed or not _are_later(taken, history.last()):
            _settle_all(book, holder, metered, history, taken)
        else:
            _draw_in_order(book, holder, history, taken)
    _require_bounds(book)
    taken.data = _data(holder, taken, _write_book(book))
    return taken


_SOMETIME = datetime.min  # noqa: DTZ901 (replaced before anything is written)


def _take(book: Book, holder: Holder, only: int | None, *, is_by_volume: bool) -> Taken:
    """Remove the deltas of the line; a concurrent writer's stay for the next fold."""
    book.rows_of(holder)
    line, taken = book.lines[holder], Taken()
    rows = UsageDelta.objects.filter(holder_kind=holder.kind, holder_id=holder.id)
    if only is not None:
        rows = rows.filter(pk=only)
    instants = []
    ids = []
    for row in rows.order_by("pk"):
        if row.exact != row.dollars or (row.tokens < 0 and not row.is_correction):
            message = f"{row.tokens} tokens of {holder} are not worth {row.dollars}."
            raise DeltaBroken(message, delta=row.pk)
        ids.append(row.pk)
        instants.append(row.at)
        taken.deltas.append(row.value)
        taken.causes[row.because] = taken.causes.get(row.because, 0) + 1
        taken.written_at = min(taken.written_at or row.recorded_at, row.recorded_at)
    UsageDelta.objects.filter(pk__in=ids).delete()
    if line.limits_changed_at is not None and only is None and not is_by_volume:
        taken.limits_changed = True
        instants.append(line.limits_changed_at)
        line.limits_changed_at = None
        book.changed.setdefault(line, set()).add("limits_changed_at")
    taken.at = max(instants, default=None)
    return taken


def _draw_provisionally(book: Book, holder: Holder, taken: Taken) -> None:
    """In the order of arrival; what is taken back is left to the period run."""
    entries = [
        Consumption(
            delta.key,
            delta.unit_price,
            Tokens(delta.tokens),
            delta.acu_per_million_tokens,
        )
        for delta in sorted(taken.deltas, key=lambda delta: delta.first)
        if delta.tokens >= 0
    ]
    _guard({holder: entries})
    _draw(book, holder, entries)


def _sums(deltas: Iterable[Delta]) -> dict[Price, int]:
    sums: dict[Price, int] = defaultdict(int)
    for delta in deltas:
        sums[calculations.price_of(_use(delta))] += delta.tokens
    return sums


def _use(delta: Delta) -> Use:
    return Use(delta.key, delta.unit_price, delta.tokens)


def _draw_what_fits(book: Book, holder: Holder, taken: Taken) -> bool:
    """Draw everything on the first ACRN, if all usage of the line lies there and fits.

    The order of the calls decides nothing then.
    """
    line, rows = book.lines[holder], book.rows_of(holder)
    sums = _sums(taken.deltas)
    cost = sum(price * tokens for (_, price), tokens in sums.items())
    fits = (
        not line.unfunded_tokens
        and not any(row.consumed_tokens for row in rows[1:])
        and all(tokens >= 0 for tokens in sums.values())
        and sum(sums.values()) <= line.tokens_left.count
        and cost <= calculations.picodollars(rows[0].funds_left)
    )
    if fits:
        _post(book, rows, {(*price, 0, True): n for price, n in sums.items()})
    return fits


def _are_later(taken: Taken, last: Position | None) -> bool:
    """Whether all that is taken comes after everything that is folded."""
    return last is not None and all(
        delta.first > last and not delta.is_correction for delta in taken.deltas
    )


def _draw_in_order(book: Book, holder: Holder, history: History, taken: Taken) -> None:
    """Go on where the last fold has ended."""
    line, rows, last = book.lines[holder], book.rows_of(holder), history.last()
    by_hour: dict[datetime, list[Delta]] = defaultdict(list)
    for delta in taken.deltas:
        by_hour[delta.hour].append(delta)
    hours = [Hour(start, tuple(map(_use, by_hour[start]))) for start in sorted(by_hour)]
    folded = calculations.fold_hours(
        [Hour(each.start, _merged(each.uses)) for each in hours],
        tokens_left=line.tokens_left.count,
        funds_left=[row.funds_left for row in rows],
        kept={},
        calls_of=lambda hour: history.new_calls(hour, last),
    )
    _post(book, rows, folded.tokens)


def _merged(uses: Iterable[Use]) -> tuple[Use, ...]:
    found: dict[Price, Use] = {}
    for use in uses:
        price = calculations.price_of(use)
        before = found[price].tokens if price in found else 0
        found[price] = Use(use.key, use.unit_price, before + use.tokens)
    return tuple(found.values())


def _settle_all(
    book: Book,
    holder: Holder,
    metered: str,
    history: History,
    taken: Taken,
) -> None:
    """Put all usage of the line where it belongs; what is accepted is kept."""
    rows = book.rows_of(holder)
    kept, free = _standing(rows, holder, metered)
    folded = _fold_all(book, holder, history, taken, kept, free)
    wanted = dict(folded.tokens)
    for price, too_much in folded.kept_too_much.items():
        _give_up(kept, free, wanted, price, too_much)
    for spot in sorted(free.keys() | wanted.keys()):
        _settle(book, rows, spot, free.get(spot, []), wanted.get(spot, 0))
    short = sum(max(-row.unaccepted_tokens.count, 0) for row in rows)
    if short:
        message = (
            f"{Tokens(short)} would be taken back that are accepted already. What is "
            "accepted stays."
        )
        raise NotReversible(message, short_by=Tokens(short))


def _standing(
    rows: Sequence[Balance], holder: Holder, metered: str
) -> tuple[dict[Spot, list[Transfer]], dict[Spot, list[Transfer]]]:
    """The postings of usage that are kept, and those that may move, oldest first.

    Kept are the oldest of an ACRN, as many as stand for what is accepted of it or was
    given up, in tokens and in dollars.
    """
    kept: dict[Spot, list[Transfer]] = defaultdict(list)
    free: dict[Spot, list[Transfer]] = defaultdict(list)
    place = {row.pk: at for at, row in enumerate(rows)}
    tokens = [row.accepted_tokens - row.tolerated_tokens for row in rows]
    dollars = [
        row.accepted_dollars
        - row.rounding_dollars
        - row.tolerated_dollars
        + row.given_up_dollars
        for row in rows
    ]
    postings = all_usage_that_stands(holder).filter(note__startswith=metered)
    for each in postings.select_related("debit", "credit"):
        at = place[each.credit.balance_id or 0]
        funded = each.kind == TransferKind.CONSUME
        spot = (*_price(each), at, funded)
        if funded and (tokens[at] > 0 or dollars[at] > 0):
            tokens[at] -= each.tokens
            dollars[at] -= each.dollars
            kept[spot].append(each)
        else:
            free[spot].append(each)
    return kept, free


def _price(posting: Transfer) -> Price:
    amount = calculations.picodollars(Dollars(posting.dollars))
    return posting.note, amount // posting.tokens if posting.tokens else 0


def _fold_all(
    book: Book,
    holder: Holder,
    history: History,
    taken: Taken,
    kept: Mapping[Spot, list[Transfer]],
    free: Mapping[Spot, list[Transfer]],
) -> Folded:
    rows = book.rows_of(holder)
    freed = [
        total_dollars(
            Dollars(each.dollars)
            for spot, postings in free.items()
            for each in postings
            if spot[2:] == (at, True)
        )
        for at in range(len(rows))
    ]
    tokens = sum(each.tokens for spot, all_ in free.items() if spot[3] for each in all_)
    sums: dict[Price, int] = defaultdict(int)
    for spot, postings in kept.items():
        sums[spot[:2]] += sum(each.tokens for each in postings)
    return calculations.fold_hours(
        history.hours(taken.deltas),
        tokens_left=book.lines[holder].tokens_left.count + tokens,
        funds_left=[row.funds_left + freed[at] for at, row in enumerate(rows)],
        kept=sums,
        calls_of=history.calls,
    )


def _give_up(
    kept: dict[Spot, list[Transfer]],
    free: dict[Spot, list[Transfer]],
    wanted: dict[Spot, int],
    price: Price,
    too_much: int,
) -> None:
    """A correction has taken back what was kept: the latest of it goes."""
    own = sorted(
        (
            (each, spot)
            for spot, all_ in kept.items()
            if spot[:2] == price
            for each in all_
        ),
        key=lambda pair: pair[0].pk,
    )
    while too_much and own:
        posting, spot = own.pop()
        kept[spot].remove(posting)
        free[spot].insert(0, posting)
        stays = max(posting.tokens - too_much, 0)
        wanted[spot] = wanted.get(spot, 0) + stays
        too_much -= posting.tokens - stays


def _settle(
    book: Book,
    rows: Sequence[Balance],
    spot: Spot,
    standing: Sequence[Transfer],
    wanted: int,
) -> None:
    """Reverse as few of the latest postings as it takes, and post what is missing."""
    missing = wanted - sum(each.tokens for each in standing)
    left = list(standing)
    while left and missing < 0:
        posting = left.pop()
        _reverse(book, posting, rows[spot[2]], _MOVED)
        missing += posting.tokens
    if missing:
        _post(book, rows, {spot: missing})


_MOVED = "Usage is paid for in the order in which it occurred."


def _post(book: Book, rows: Sequence[Balance], tokens: Mapping[Spot, int]) -> None:
    for (key, price, place, is_funded), count in tokens.items():
        if count:
            kind, debit, credit = _ROUTES[is_funded]
            _post_transfer(
                book,
                kind,
                debit,
                credit,
                on=rows[place],
                dollars=calculations.dollars(price * count),
                tokens=Tokens(count),
                note=key,
            )


def _data(holder: Holder, taken: Taken, written: Sequence[Transfer]) -> dict[str, Any]:
    posted = [each for each in written if each.kind != TransferKind.REVERSE]
    return {
        "holder": {"kind": holder.kind, "id": holder.id},
        "deltas": len(taken.deltas),
        "tokens": sum(delta.tokens for delta in taken.deltas),
        "dollars": total_dollars(delta.dollars for delta in taken.deltas),
        "causes": [
            {"kind": cause.kind, "id": cause.id, "deltas": count}
            for cause, count in sorted(
                taken.causes.items(), key=lambda item: (item[0].kind, item[0].id)
            )
        ],
        "limits_changed": taken.limits_changed,
        "funded": _posted(posted, TransferKind.CONSUME),
        "unfunded": _posted(posted, TransferKind.UNFUNDED),
        "reversed": total_dollars(
            Dollars(each.dollars)
            for each in written
            if each.kind == TransferKind.REVERSE
        ),
    }


def _posted(posted: Iterable[Transfer], kind: str) -> dict[str, Any]:
    own = [each for each in posted if each.kind == kind]
    return {
        "tokens": sum(each.tokens for each in own),
        "dollars": total_dollars(Dollars(each.dollars) for each in own),
    }
