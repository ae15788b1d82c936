"""Accept usage: what was used and funded becomes owed, rounded to the cent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.calculations import spread
from contracting.ledger.models import Balance, Transfer
from contracting.ledger.operations.post import (
    Book,
    _lock_book,
    _post_transfer,
    _write_book,
)
from contracting.ledger.refusals import (
    AcceptanceExceeded,
    AmountNotPositive,
    ObligationExceeded,
)
from contracting.ledger.states import AccountKind, Beyond, Holder, TransferKind

_CENT = Dollars("0.01")
_NOTHING = Beyond()


@transaction.atomic
def accept_usage(
    *,
    holder: Holder,
    acrn: str | None,
    exact: Dollars,
    rounded: Dollars,
    tokens: Tokens,
    beyond: Beyond = _NOTHING,
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[Transfer]:
    """Accept funded usage of one invoice line at its exact and its rounded amount.

    The exact amount moves to accepted; a second transfer rounds each ACRN's part of it
    to the cent. What is accepted beyond our meter's count comes from an account of its
    own and is funded as what was metered (R-REC-03).

    :param acrn: whose usage it is; in order of payment over all when ``None``
    :param exact: of what our meter has counted, as ``tokens`` are
    :param rounded: of ``exact`` and of what is beyond it together
    :raises AcceptanceExceeded: if less was used and funded and is not accepted yet:
        unfunded usage is not payable (R-FND-08)
    :raises ObligationExceeded: if the rounded amount, or what is beyond our meter,
        passes the obligation (R-INV-05)
    :raises AmountNotPositive: if an amount is negative, or there is nothing to accept
    """
    book = _lock_book(because=because, by=by, at=at, holders=[holder])
    rows = book.rows_at(holder, acrn)
    _guard(rows, exact, rounded, tokens, beyond)
    posted = _accept(book, rows, exact, tokens)
    posted = _tolerate(book, rows, posted, beyond)
    _round(book, posted, rounded)
    written = _write_book(book)
    record_event(
        events.USAGE_ACCEPTED,
        subject=because,
        by=by,
        at=at,
        data={
            "holder": {"kind": holder.kind, "id": holder.id},
            "acrn": acrn,
            "exact": exact,
            "rounded": rounded,
            "tokens": tokens,
            **_said(beyond),
        },
    )
    return written


def _said(beyond: Beyond) -> dict[str, Any]:
    if not beyond:
        return {}
    return {"beyond_meter": beyond.exact, "tokens_beyond_meter": beyond.tokens}


def _guard(
    rows: list[Balance],
    exact: Dollars,
    rounded: Dollars,
    tokens: Tokens,
    beyond: Beyond,
) -> None:
    if min(exact, rounded, beyond.exact) < Dollars(0) or min(
        tokens, beyond.tokens
    ) < Tokens(0):
        message = "An acceptance is never negative; a correction reverses it."
        raise AmountNotPositive(message)
    if not exact and not tokens and not beyond:
        message = "There is nothing to accept."
        raise AmountNotPositive(message)
    room = total_dollars(row.unaccepted for row in rows)
    if exact > room:
        message = (
            f"{exact} is more than was used, funded and not accepted yet: {room}. "
            "Unfunded usage is not payable."
        )
        raise AcceptanceExceeded(message, asked=exact, left=room, short_by=exact - room)
    tokens_left = Tokens(sum(row.unaccepted_tokens.count for row in rows))
    if tokens > tokens_left:
        message = (
            f"{tokens} are more than were used, funded and not accepted yet: "
            f"{tokens_left}. Unfunded usage is not payable."
        )
        raise AcceptanceExceeded(
            message, asked=tokens, left=tokens_left, short_by=tokens - tokens_left
        )
    _guard_beyond(rows, beyond)


def _guard_beyond(rows: list[Balance], beyond: Beyond) -> None:
    """What nobody has metered is paid only from funds that are there."""
    funds = total_dollars(row.funds_left for row in rows)
    if beyond.exact > funds:
        message = (
            f"{beyond.exact} is accepted beyond our meter's count; {funds} of the "
            "obligation is left."
        )
        raise ObligationExceeded(message, short_by=beyond.exact - funds)
    left = rows[0].line.tokens_left
    if beyond.tokens > left:
        message = (
            f"{beyond.tokens} are accepted beyond our meter's count; {left} are left "
            "under the token ceiling."
        )
        raise AcceptanceExceeded(
            message, asked=beyond.tokens, left=left, short_by=beyond.tokens - left
        )


def _accept(
    book: Book, rows: list[Balance], exact: Dollars, tokens: Tokens
) -> list[tuple[Balance, Dollars]]:
    """Post each ACRN's part; the rows that took one, in order of payment."""
    parts = spread(exact, [row.unaccepted for row in rows])
    counts = spread(tokens, [row.unaccepted_tokens for row in rows])
    posted = []
    for row, dollars, count in zip(rows, parts, counts, strict=True):
        if dollars or count:
            posted.append((row, dollars))
            _post_transfer(
                book,
                TransferKind.ACCEPT,
                AccountKind.CONSUMED,
                AccountKind.ACCEPTED,
                on=row,
                dollars=dollars,
                tokens=count,
            )
    return posted


def _tolerate(
    book: Book,
    rows: list[Balance],
    posted: list[tuple[Balance, Dollars]],
    beyond: Beyond,
) -> list[tuple[Balance, Dollars]]:
    """Post what is beyond our meter; the rows with their parts of both together."""
    if not beyond:
        return posted
    parts = spread(beyond.exact, [row.funds_left for row in rows])
    last = max((n for n, part in enumerate(parts) if part), default=0)
    whole = {row.pk: dollars for row, dollars in posted}
    for place, (row, dollars) in enumerate(zip(rows, parts, strict=True)):
        tokens = beyond.tokens if place == last else Tokens(0)
        if not dollars and not tokens:
            continue
        _post_transfer(
            book,
            TransferKind.TOLERATE,
            AccountKind.TOLERATED,
            AccountKind.ACCEPTED,
            on=row,
            dollars=dollars,
            tokens=tokens,
        )
        whole[row.pk] = whole.get(row.pk, Dollars(0)) + dollars
    return [(row, whole[row.pk]) for row in rows if row.pk in whole]


def _round(book: Book, posted: list[tuple[Balance, Dollars]], rounded: Dollars) -> None:
    """Round each ACRN's part, because a voucher pays whole cents from each."""
    for (row, part), cents in zip(posted, _in_cents(posted, rounded), strict=True):
        difference = cents - part
        if not difference:
            continue
        up = difference > Dollars(0)
        if up and difference > row.funds_left:
            message = (
                "Rounded to the cent, the amount passes the obligation of ACRN "
                f"{row.acrn} by {difference - row.funds_left}."
            )
            raise ObligationExceeded(message, short_by=difference - row.funds_left)
        _post_transfer(
            book,
            TransferKind.ROUND,
            AccountKind.ROUNDING if up else AccountKind.ACCEPTED,
            AccountKind.ACCEPTED if up else AccountKind.ROUNDING,
            on=row,
            dollars=difference if up else -difference,
        )


def _in_cents(posted: list[tuple[Balance, Dollars]], rounded: Dollars) -> list[Dollars]:
    """The parts in whole cents, which sum to the rounded amount.

    What is accepted up to and with an ACRN is rounded, so that no part is further than
    a cent from its exact amount. A cent that an ACRN has no funds for is the next
    one's; one that the last has no funds for is an earlier one's.
    """
    cents, taken, exact = [], Dollars(0), Dollars(0)
    for row, part in posted[:-1]:
        exact += part
        mine = min(exact.to_cents(), rounded) - taken
        if mine - part > row.funds_left:
            mine -= _CENT
        cents.append(mine)
        taken += mine
    last, rest = posted[-1], rounded - taken
    for place, (row, part) in enumerate(posted[:-1]):
        if rest - last[1] <= last[0].funds_left:
            break
        if cents[place] + _CENT - part <= row.funds_left:
            cents[place] += _CENT
            rest -= _CENT
    return [*cents, rest]
