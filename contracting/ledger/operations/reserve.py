"""Take room under a contract's ceiling for an order, or give it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import Invalid
from contracting.core.quantities import Dollars, Tokens
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import ContractBalance
from contracting.ledger.refusals import ContractCeilingExceeded


@transaction.atomic
def reserve_ordered(
    *,
    contract_id: int,
    dollars: Dollars,
    tokens: Tokens,
    because: Subject,
    by: Actor,
    at: datetime,
) -> ContractBalance:
    """Count an order's ceiling against its contract's; a negative amount gives it back.

    :raises ContractCeilingExceeded: if the contract leaves less room, in dollars or in
        tokens (R-TO-02, FAR 16.504(a))
    :raises Invalid: if more is given back than was taken
    """
    locked = ContractBalance.objects.locked()
    balance: ContractBalance = locked.get(contract_id=contract_id)
    _guard(balance, dollars, tokens)
    balance.ordered_dollars += dollars.amount
    balance.ordered_tokens += tokens.count
    balance.save(update_fields=["ordered_dollars", "ordered_tokens"])
    record_event(
        events.ORDERED_RESERVED,
        subject=because,
        by=by,
        at=at,
        data={
            "contract": contract_id,
            "dollars": dollars,
            "tokens": tokens,
            "ordered_dollars": balance.ordered_dollars,
            "ordered_tokens": balance.ordered_tokens,
        },
    )
    return balance


def _guard(balance: ContractBalance, dollars: Dollars, tokens: Tokens) -> None:
    if dollars > balance.dollars_left:
        _refuse(dollars, balance.dollars_left, dollars - balance.dollars_left)
    if tokens > balance.tokens_left:
        _refuse(tokens, balance.tokens_left, tokens - balance.tokens_left)
    if (
        balance.ordered_dollars + dollars.amount < 0
        or balance.ordered_tokens + tokens.count < 0
    ):
        message = "More would be given back than the orders have taken."
        raise Invalid(message)


def _refuse(
    asked: Dollars | Tokens, left: Dollars | Tokens, short_by: Dollars | Tokens
) -> None:
    message = (
        f"The contract leaves {left} under its ceiling and {asked} is asked: "
        f"{short_by} too much."
    )
    raise ContractCeilingExceeded(message, asked=asked, left=left, short_by=short_by)
