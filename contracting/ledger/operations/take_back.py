"""Take back usage that was counted too much, whole or in part."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import Invalid
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import Balance, Transfer
from contracting.ledger.operations.post import (
    Book,
    _lock_book,
    _post_transfer,
    _reverse,
    _write_book,
)
from contracting.ledger.queries import usage_that_stands
from contracting.ledger.refusals import AmountNotPositive, NotReversible
from contracting.ledger.states import Holder, TransferKind


@transaction.atomic
def take_back_usage(
    *,
    holder: Holder,
    key: str,
    unit_price: UnitPrice,
    tokens: Tokens,
    reason: str,
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[Transfer]:
    """Take tokens of one price off a line: what was not funded first, then the latest.

    A posting that is taken back in part is reversed, and the rest of it posted again to
    the same ACRN. Only the outcome is held against the bounds: what is accepted and
    paid of the posting stays as it is.

    :param key: the name under which the usage was posted
    :param tokens: how many are taken back, more than none
    :raises NotReversible: if less usage at this price stands that is not accepted
    :raises BalanceNotOpen: if no funds were ever opened for the line
    :raises AmountNotPositive: if there is nothing to take back
    :raises Invalid: without a reason
    """
    if tokens <= Tokens(0):
        message = "Say how many tokens are taken back."
        raise AmountNotPositive(message)
    if not reason.strip():
        message = "Say why the usage is taken back."
        raise Invalid(message, pointer="/reason")
    book = _lock_book(because=because, by=by, at=at, holders=[holder])
    rows = {row.pk: row for row in book.rows_of(holder)}
    left = tokens.count
    for posting in _standing(holder, key):
        if not left:
            break
        if Dollars(posting.dollars) == unit_price.of(Tokens(posting.tokens)):
            row = rows[posting.credit.balance_id or 0]
            left -= _take(book, row, posting, left, unit_price, reason)
    if left:
        message = (
            f"{tokens} are taken back; {Tokens(left)} of them are accepted already or "
            "were never posted at this price."
        )
        raise NotReversible(message, short_by=Tokens(left))
    written = _write_book(book)
    record_event(
        events.USAGE_TAKEN_BACK,
        subject=because,
        by=by,
        at=at,
        data={
            "holder": {"kind": holder.kind, "id": holder.id},
            "tokens": tokens,
            "dollars": unit_price.of(tokens),
            "reason": reason,
        },
    )
    return written


def _standing(holder: Holder, key: str) -> Iterator[Transfer]:
    rows = usage_that_stands(holder, key).select_related("debit", "credit")
    yield from rows.iterator()


def _take(
    book: Book,
    row: Balance,
    posting: Transfer,
    wanted: int,
    unit_price: UnitPrice,
    reason: str,
) -> int:
    """Reverse a posting as far as it is wanted and free; how many tokens that is."""
    most = min(wanted, posting.tokens)
    if posting.kind == TransferKind.CONSUME:
        most = min(most, row.unaccepted_tokens.count)
        within = unit_price.tokens_within(max(row.unaccepted, Dollars()))
        most = most if within is None else min(most, within.count)
    if most <= 0:
        return 0
    debit, credit = posting.debit.kind, posting.credit.kind
    _reverse(book, posting, row, reason)
    kept = Tokens(posting.tokens - most)
    if kept:
        _post_transfer(
            book,
            posting.kind,
            debit,
            credit,
            on=row,
            dollars=unit_price.of(kept),
            tokens=kept,
            note=posting.note,
        )
    return most
