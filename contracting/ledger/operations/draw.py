"""Draw usage on the funds of lines, in the order given: a step of the roller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import Tokens, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger import calculations, events
from contracting.ledger.models import Balance, Transfer
from contracting.ledger.operations.post import (
    Book,
    _lock_book,
    _post_transfer,
    _write_book,
)
from contracting.ledger.refusals import AmountNotPositive
from contracting.ledger.states import (
    AccountKind,
    Consumed,
    Consumption,
    Holder,
    TransferKind,
)

_Posted = tuple[calculations.Share, str, Transfer | None, Transfer | None]


@transaction.atomic
def draw_usage(
    *,
    by_holder: Mapping[Holder, Sequence[Consumption]],
    because: Subject,
    by: Actor,
    at: datetime,
) -> dict[Holder, list[Consumed]]:
    """Draw usage on the funds of every line it touches.

    The live limit is the tightest of the funds obligated, the token ceiling and the
    dollar ceiling. Up to it usage is funded; beyond it usage has happened all the same:
    it is recorded in full as unfunded, is never refused and never payable (R-FND-08,
    FAR 52.232-22(f)).

    :param by_holder: the entries of each line, folded in the order (occurred at,
        source, event id); entries of one key are drawn one by one and posted together
    :returns: for each key and the ACRNs it draws on, what was funded and what was not
    :raises BalanceNotOpen: if no funds were ever opened for a line
    :raises AmountNotPositive: for a negative count; a correction reverses a transfer
    """
    book = _lock_book(because=because, by=by, at=at, holders=by_holder)
    drawn = _draw_usage(book, by_holder)
    record_event(
        events.USAGE_CONSUMED,
        subject=because,
        by=by,
        at=at,
        data=_usage_data(by_holder, drawn),
    )
    return drawn


def _draw_usage(
    book: Book, by_holder: Mapping[Holder, Sequence[Consumption]]
) -> dict[Holder, list[Consumed]]:
    """Fold the entries of each line, post what comes out, and write the book."""
    _guard(by_holder)
    posted = {
        holder: _draw(book, holder, entries) for holder, entries in by_holder.items()
    }
    _write_book(book)
    return {
        holder: [_consumed(*each) for each in shares]
        for holder, shares in posted.items()
    }


def _usage_data(
    by_holder: Mapping[Holder, Sequence[Consumption]],
    drawn: Mapping[Holder, list[Consumed]],
) -> dict[str, Any]:
    """What an event keeps of a batch: the counts of each line, never its entries."""
    return {
        "lines": [
            {
                "holder": {"kind": holder.kind, "id": holder.id},
                "entries": len(by_holder[holder]),
                "funded_tokens": sum(each.funded_tokens.count for each in consumed),
                "funded_dollars": total_dollars(
                    each.funded_dollars for each in consumed
                ),
                "unfunded_tokens": sum(each.unfunded_tokens.count for each in consumed),
                "unfunded_dollars": total_dollars(
                    each.unfunded_dollars for each in consumed
                ),
            }
            for holder, consumed in drawn.items()
        ]
    }


def _guard(by_holder: Mapping[Holder, Sequence[Consumption]]) -> None:
    for holder, entries in by_holder.items():
        if any(entry.tokens.count < 0 for entry in entries):
            message = (
                f"Usage of {holder} is negative; a correction reverses the transfer "
                "that it corrects."
            )
            raise AmountNotPositive(message)


def _draw(book: Book, holder: Holder, entries: Sequence[Consumption]) -> list[_Posted]:
    rows = book.rows_of(holder)
    shares = calculations.fold_usage(
        entries,
        tokens_left=book.lines[holder].tokens_left.count,
        funds_left=[row.funds_left for row in rows],
        micro_acu_left=book.lines[holder].micro_acu_left,
    )
    return [_post_share(book, rows[share.place], share) for share in shares]


def _post_share(book: Book, row: Balance, share: calculations.Share) -> _Posted:
    funded = unfunded = None
    if share.funded_tokens:
        funded = _post_transfer(
            book,
            TransferKind.CONSUME,
            AccountKind.OBLIGATED,
            AccountKind.CONSUMED,
            on=row,
            dollars=calculations.dollars(share.funded_picodollars),
            tokens=Tokens(share.funded_tokens),
            micro_acu=_units(share.funded_tokens, share.burn, row.line.micro_acu_left),
            note=str(share.key),
        )
    if share.unfunded_tokens:
        unfunded = _post_transfer(
            book,
            TransferKind.UNFUNDED,
            AccountKind.METER,
            AccountKind.UNFUNDED,
            on=row,
            dollars=calculations.dollars(share.unfunded_picodollars),
            tokens=Tokens(share.unfunded_tokens),
            micro_acu=_units(share.unfunded_tokens, share.burn, None),
            note=str(share.key),
        )
    return share, row.acrn, funded, unfunded


def _units(tokens: int, burn: Decimal | None, left: int | None) -> int:
    """Provisional micro-ACU of a posting: the period run posts what is right."""
    if burn is None:
        return 0
    units = calculations.micro_acu(tokens, burn)
    return units if left is None else min(units, left)


def _consumed(
    share: calculations.Share,
    acrn: str,
    funded: Transfer | None,
    unfunded: Transfer | None,
) -> Consumed:
    return Consumed(
        key=share.key,
        acrn=acrn,
        funded_tokens=Tokens(share.funded_tokens),
        funded_dollars=calculations.dollars(share.funded_picodollars),
        unfunded_tokens=Tokens(share.unfunded_tokens),
        unfunded_dollars=calculations.dollars(share.unfunded_picodollars),
        funded_transfer_id=funded.pk if funded else None,
        unfunded_transfer_id=unfunded.pk if unfunded else None,
    )
