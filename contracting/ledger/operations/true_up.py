"""True up the usage of a line: what was posted provisionally becomes what is right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger import calculations, events
from contracting.ledger.calculations import Placed
from contracting.ledger.models import Balance, Transfer
from contracting.ledger.operations.post import (
    Book,
    _lock_book,
    _post_transfer,
    _reverse,
    _write_book,
)
from contracting.ledger.operations.reverse import _require_bounds
from contracting.ledger.queries import all_usage_that_stands
from contracting.ledger.states import AccountKind, Allotted, Holder, TransferKind

_Place = tuple[str, int, bool]
"""The key of usage, the balance it stands on, and whether it is funded."""

_ROUTES = {
    True: (TransferKind.CONSUME, AccountKind.OBLIGATED, AccountKind.CONSUMED),
    False: (TransferKind.UNFUNDED, AccountKind.METER, AccountKind.UNFUNDED),
}


@transaction.atomic
def true_up_usage(
    *,
    holder: Holder,
    metered: str,
    allotted: Sequence[Allotted],
    reason: str,
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[Transfer]:
    """Make the usage that stands on a line exactly what is allotted to it.

    Postings that are right stay. One that is not is reversed, the latest first, and the
    rest is posted again at its right price; twice the same posts nothing. Money that a
    lower price frees, and funds that were added, pay for what was unfunded.

    :param metered: with what the keys of all usage of the line begin; what was drawn on
        its funds under other keys, such as a settlement, is none and stays as it is
    :param allotted: all usage of the line, in the order in which it draws on the funds
    :returns: the transfers that were posted; none where everything was right
    :raises NotReversible: if what is accepted already would no longer stand
    :raises BalanceNotOpen: if no funds were ever opened for the line
    """
    book = _lock_book(because=because, by=by, at=at, holders=[holder])
    rows = book.rows_of(holder)
    standing, beside = _standing(holder, metered)
    wanted = _wanted(book, holder, rows, beside, allotted)
    by_id = {row.pk: row for row in rows}
    for place in sorted(standing.keys() | wanted.keys()):
        _settle(
            book,
            by_id[place[1]],
            place,
            standing.get(place, []),
            wanted.get(place),
            reason,
        )
    if book.lines[holder].limits_changed_at is not None:
        book.lines[holder].limits_changed_at = None
        book.changed.setdefault(book.lines[holder], set()).add("limits_changed_at")
    _require_bounds(book)
    written = _write_book(book)
    if written:
        record_event(
            events.USAGE_TRUED_UP,
            subject=because,
            by=by,
            at=at,
            data={
                "holder": {"kind": holder.kind, "id": holder.id},
                "reversed": total_dollars(_dollars(written, is_reversal=True)),
                "posted": total_dollars(_dollars(written, is_reversal=False)),
                "reason": reason,
            },
        )
    return written


def _dollars(written: Sequence[Transfer], *, is_reversal: bool) -> list[Dollars]:
    return [
        Dollars(each.dollars)
        for each in written
        if (each.kind == TransferKind.REVERSE) is is_reversal
    ]


def _standing(
    holder: Holder, metered: str
) -> tuple[dict[_Place, list[Transfer]], dict[int, Dollars]]:
    """The postings of usage that are not reversed, the oldest first in each place.

    Beside them, by balance, the funds that are drawn on by what is no usage.
    """
    found: dict[_Place, list[Transfer]] = defaultdict(list)
    beside: dict[int, Dollars] = defaultdict(Dollars)
    for each in all_usage_that_stands(holder).select_related("debit", "credit"):
        is_funded, balance = each.kind == TransferKind.CONSUME, each.credit.balance_id
        if each.note.startswith(metered):
            found[each.note, balance or 0, is_funded].append(each)
        elif is_funded:
            beside[balance or 0] += Dollars(each.dollars)
    return found, beside


def _wanted(
    book: Book,
    holder: Holder,
    rows: Sequence[Balance],
    beside: Mapping[int, Dollars],
    allotted: Sequence[Allotted],
) -> dict[_Place, Placed]:
    line = book.lines[holder]
    rooms = [
        Dollars(row.consumed_dollars) - beside.get(row.pk, Dollars()) + row.funds_left
        for row in rows
    ]
    placed = calculations.fold_allotted(
        allotted,
        tokens_left=line.ceiling_tokens - line.tolerated_tokens,
        funds_left=rooms,
        micro_acu_left=line.ceiling_micro_acu,
    )
    return {
        (each.key, rows[each.place].pk, each.is_funded): each
        for each in placed
        if each.tokens or each.micro_acu or each.picodollars
    }


def _settle(
    book: Book,
    row: Balance,
    place: _Place,
    standing: Sequence[Transfer],
    wanted: Placed | None,
    reason: str,
) -> None:
    """Reverse as few of the latest postings as it takes, and post what is missing."""
    tokens = (wanted.tokens if wanted else 0) - sum(each.tokens for each in standing)
    units = (wanted.micro_acu if wanted else 0) - sum(
        each.micro_acu for each in standing
    )
    dollars = calculations.dollars(wanted.picodollars if wanted else 0)
    dollars -= total_dollars(Dollars(each.dollars) for each in standing)
    left = list(standing)
    while left and (tokens < 0 or units < 0 or dollars < Dollars()):
        posting = left.pop()
        _reverse(book, posting, row, reason)
        tokens += posting.tokens
        units += posting.micro_acu
        dollars += Dollars(posting.dollars)
    if tokens or units or dollars:
        kind, debit, credit = _ROUTES[place[2]]
        _post_transfer(
            book,
            kind,
            debit,
            credit,
            on=row,
            dollars=dollars,
            tokens=Tokens(tokens),
            micro_acu=units,
            note=place[0],
        )
