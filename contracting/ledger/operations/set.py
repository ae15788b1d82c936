"""Set what a contract allows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars, Tokens
from contracting.core.subjects import Subject
from contracting.ledger import events
from contracting.ledger.models import ContractBalance
from contracting.ledger.refusals import ContractCeilingExceeded


@transaction.atomic
def set_contract_ceiling(
    *,
    contract_id: int,
    stream: str,
    agency_id: int,
    dollars: Dollars,
    tokens: Tokens,
    because: Subject,
    by: Actor,
    at: datetime,
) -> ContractBalance:
    """Set the contract's maximum in dollars and tokens, at award or by modification.

    :raises ContractCeilingExceeded: if its orders have taken more already (R-TO-02)
    """
    balance: ContractBalance = ContractBalance.objects.locked().get_or_create(
        contract_id=contract_id, defaults={"stream": stream, "agency_id": agency_id}
    )[0]
    _guard(balance, dollars, tokens)
    before = {
        "ceiling_dollars": balance.ceiling_dollars,
        "ceiling_tokens": balance.ceiling_tokens,
    }
    balance.ceiling_dollars = dollars.amount
    balance.ceiling_tokens = tokens.count
    balance.save(update_fields=["ceiling_dollars", "ceiling_tokens"])
    record_event(
        events.CONTRACT_CEILING_SET,
        subject=because,
        by=by,
        at=at,
        data={
            "contract": contract_id,
            "before": before,
            "after": {"ceiling_dollars": dollars, "ceiling_tokens": tokens},
        },
    )
    return balance


def _guard(balance: ContractBalance, dollars: Dollars, tokens: Tokens) -> None:
    ordered_dollars = Dollars(balance.ordered_dollars)
    ordered_tokens = Tokens(balance.ordered_tokens)
    if dollars < ordered_dollars:
        message = (
            f"The orders of this contract have taken {ordered_dollars} already; its "
            f"ceiling cannot become {dollars}."
        )
        short: Dollars | Tokens = ordered_dollars - dollars
    elif tokens < ordered_tokens:
        message = (
            f"The orders of this contract have taken {ordered_tokens} already; its "
            f"ceiling cannot become {tokens}."
        )
        short = ordered_tokens - tokens
    else:
        return
    raise ContractCeilingExceeded(message, short_by=short)
