"""Settle what is left of a line's tokens when its order is closed out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import Tokens
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import ResidualTokens
from contracting.ledger.operations.post import _lock_book
from contracting.ledger.refusals import CeilingExceeded
from contracting.ledger.states import Leftover, Residual


@transaction.atomic
def settle_residual_tokens(
    *,
    contract_id: int,
    disposition: str,
    leftovers: Sequence[Leftover],
    because: Subject,
    by: Actor,
    at: datetime,
) -> list[ResidualTokens]:
    """Keep that tokens expired or were refunded, or move them to another line.

    Tokens that roll over raise the ceiling of the line that takes them; the line they
    come from keeps its figures and is settled for good.

    :param leftovers: by line, what is left and where it goes, each above nothing
    :raises CeilingExceeded: if more would be settled than a line has left
    :raises BalanceNotOpen: if a line has no balance
    """
    holders = {each.holder for each in leftovers}
    holders |= {each.to for each in leftovers if each.to is not None}
    book = _lock_book(because=because, by=by, at=at, holders=holders)
    made = []
    for each in leftovers:
        left = book.lines[each.holder].tokens_left
        if each.tokens > left or each.tokens <= Tokens(0):
            message = f"The line has {left} left; {each.tokens} cannot be settled."
            raise CeilingExceeded(message, short_by=each.tokens - left)
        if each.to is not None:
            line = book.lines[each.to]
            line.ceiling_tokens += each.tokens.count
            line.save(update_fields=["ceiling_tokens"])
        made.append(
            ResidualTokens.objects.create(
                contract_id=contract_id,
                stream=because.stream,
                disposition=Residual(disposition),
                holder_kind=each.holder.kind,
                holder_id=each.holder.id,
                to_holder_kind=each.to.kind if each.to else "",
                to_holder_id=each.to.id if each.to else None,
                tokens=each.tokens.count,
                dollars=each.dollars.amount,
                because_kind=because.kind,
                because_id=because.id,
                settled_by_name=by.name,
                settled_by_user_id=by.user_id,
                settled_at=at,
            )
        )
    record_event(
        events.RESIDUAL_SETTLED,
        subject=because,
        by=by,
        at=at,
        data={
            "disposition": disposition,
            "lines": [
                {
                    "from": str(each.holder),
                    "to": str(each.to) if each.to else "",
                    "tokens": each.tokens,
                    "dollars": each.dollars,
                }
                for each in leftovers
            ],
        },
    )
    return made
