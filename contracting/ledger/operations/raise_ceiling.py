"""Raise or lower what a line may carry, by modification."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, Tokens
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import Balance
from contracting.ledger.operations.post import _lock_book
from contracting.ledger.refusals import CeilingExceeded
from contracting.ledger.states import Holder


@transaction.atomic
def raise_ceiling(
    *,
    holder: Holder,
    acrn: str | None = None,
    dollars: Dollars,
    tokens: Tokens,
    micro_acu: int = 0,
    because: Subject,
    by: Actor,
    at: datetime,
) -> Balance:
    """Change the ceilings of a line by ``dollars`` and ``tokens``, up or down.

    :param micro_acu: of a pool, what its ceiling changes by in millionths of a unit
    :param acrn: whose part of the dollar ceiling changes; the first in order of payment
        when not named
    :raises CeilingExceeded: if a ceiling would fall below what is bound or used already
    :raises BalanceNotOpen: if the line has no such ACRN
    """
    book = _lock_book(because=because, by=by, at=at, holders=[holder])
    row = book.rows_at(holder, acrn)[0]
    _guard(row, dollars, tokens)
    _guard_pool(row, micro_acu)
    _change(row, dollars, tokens, micro_acu, at)
    record_event(
        events.CEILING_RAISED,
        subject=because,
        by=by,
        at=at,
        data={
            "holder": {"kind": holder.kind, "id": holder.id},
            "acrn": row.acrn,
            "dollars": dollars,
            "tokens": tokens,
            "ceiling_dollars": row.ceiling_dollars,
            "ceiling_tokens": row.line.ceiling_tokens,
            **({"ceiling_micro_acu": row.line.ceiling_micro_acu} if micro_acu else {}),
        },
    )
    return row


def _guard(row: Balance, dollars: Dollars, tokens: Tokens) -> None:
    if row.ceiling_left + dollars < Dollars(0):
        message = (
            f"ACRN {row.acrn} has {row.ceiling_left} of its ceiling not bound; it "
            f"cannot be lowered by {-dollars}."
        )
        raise CeilingExceeded(message, short_by=-(row.ceiling_left + dollars))
    left = row.line.tokens_left
    if left + tokens < Tokens(0):
        message = f"The line has {left} not used; it cannot be lowered by {-tokens}."
        raise CeilingExceeded(message, short_by=-(left + tokens))


def _guard_pool(row: Balance, micro_acu: int) -> None:
    left = row.line.micro_acu_left
    if not micro_acu:
        return
    if left is None:
        message = "The line is no pool: it has no ceiling in units (ACU)."
        raise CeilingExceeded(message)
    if left + micro_acu < 0:
        unused = Decimal(left).scaleb(-6).normalize()
        message = (
            f"{unused:,f} ACU of the pool are not burnt; it cannot be lowered by "
            f"{Decimal(-micro_acu).scaleb(-6).normalize():,f}."
        )
        raise CeilingExceeded(message, short_by=-(left + micro_acu))


def _change(
    row: Balance, dollars: Dollars, tokens: Tokens, micro_acu: int, at: datetime
) -> None:
    row.ceiling_dollars += dollars.amount
    row.save(update_fields=["ceiling_dollars"])
    line = row.line
    line.ceiling_tokens += tokens.count
    if micro_acu and line.ceiling_micro_acu is not None:
        line.ceiling_micro_acu += micro_acu
    if (tokens or micro_acu) and line.unfunded_tokens:
        line.limits_changed_at = at  # the roller decides again what is funded
    line.save(
        update_fields=["ceiling_tokens", "ceiling_micro_acu", "limits_changed_at"]
    )
