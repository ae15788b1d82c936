"""Close out a contract: its last word, after all of its orders."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.closeout import events, paperwork, permissions, queries
from contracting.closeout.models import CompletionStatement
from contracting.closeout.refusals import CloseOutBlocked, NotPhysicallyComplete
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.periods import accounting_day, days_bounds
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.documents.operations.request import request_document
from contracting.ledger.models import Balance
from contracting.ledger.operations.deobligate import deobligate_funds
from contracting.ledger.queries import balances_of, contract_balance
from contracting.ledger.states import Holder, Obligation


@transaction.atomic
def close_out_contract(
    *, contract_id: int, remarks: str = "", by: Actor, at: datetime
) -> CompletionStatement:
    """Deobligate the guaranteed minimum, which the orders have met, and close the file.

    :raises NotAllowed: if ``by`` holds no warrant of the agency
    :raises NotPhysicallyComplete: before the ordering period has ended (R-CLO-01)
    :raises CloseOutBlocked: while an order is open, or the guaranteed minimum is not
        reached (R-CLO-03)
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_close_out_contract(by, contract, on))
    _guard(contract, at)
    returned = _give_back(contract, by, at)
    balance = contract_balance(contract.pk)
    figures = {
        "ceiling": Dollars(contract.ceiling_dollars),
        "ordered": Dollars(balance.ordered_dollars if balance else 0),
        "paid": queries.paid_on_contract(contract),
        "deobligated": total_dollars(dollars for _, _, dollars in returned),
        "ceiling_tokens": contract.ceiling_tokens,
        "used_tokens": balance.ordered_tokens if balance else 0,
    }
    residual = contract.ceiling_tokens - int(str(figures["used_tokens"]))
    if contract.state == ContractState.AWARDED:
        contract.move_to(ContractState.COMPLETED)
    contract.move_to(ContractState.CLOSED)
    statement = CompletionStatement.objects.create(
        contract=contract,
        figures=plain(figures),
        residual_tokens=residual,
        deobligated_dollars=total_dollars(d for _, _, d in returned).amount,
        remarks=remarks.strip(),
        signed_by_id=by.membership_id,
        signed_at=at,
    )
    request_document(
        kind="completion_statement",
        subject=contract.subject,
        title=f"Completion statement of contract {contract.piid}",
        number=contract.piid or "",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.completion(
            contract,
            number=contract.piid or "",
            title=contract.title,
            balances=returned,
            figures=figures,
            signer=by,
            at=at,
        ),
        content_sha256=content_sha256(figures),
        version=contract.version,
        by=by,
        at=at,
    )
    record_event(
        events.CONTRACT_CLOSED_OUT,
        subject=contract.subject,
        by=by,
        at=at,
        data=figures,
    )
    return statement


def _guard(contract: Contract, at: datetime) -> None:
    bounds = days_bounds(
        contract.ordering_start, contract.ordering_end, contract.time_zone
    )
    if at < bounds.end:
        message = f"Orders may be placed until {contract.ordering_end:%d %b %Y}."
        raise NotPhysicallyComplete(message, ends=bounds.end)
    blockers = queries.blockers_of_contract(contract)
    if blockers:
        message = " ".join(blocker.what for blocker in blockers)
        raise CloseOutBlocked(message, blockers=[b.what for b in blockers])


def _give_back(
    contract: Contract, by: Actor, at: datetime
) -> list[tuple[str, Balance, Dollars]]:
    """Deobligate what the award itself bound: the orders have met the minimum."""
    rows = [
        (line.clin, row)
        for line in contract.lines.order_by("pk")
        for row in balances_of(Holder("contracts.line", line.pk))
        if row.funds_left
    ]
    if not rows:
        return []
    deobligate_funds(
        obligations=[
            Obligation(
                holder=row.holder,
                acrn=row.acrn,
                line_of_accounting_id=row.line_of_accounting_id,
                dollars=row.funds_left,
            )
            for _, row in rows
        ],
        because=contract.subject,
        by=by,
        at=at,
    )
    return [(clin, row, row.funds_left) for clin, row in rows]
