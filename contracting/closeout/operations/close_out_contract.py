"""Close out a contract: its last word, after all of its orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.closeout import events, paperwork, permissions, queries
from contracting.closeout.models import CompletionStatement
from contracting.closeout.operations.close_out_order import (
    _clock_data,
    _deobligate,
    _refuse_if_blocked,
    print_checklist,
)
from contracting.closeout.queries.seen import seen_of_contract
from contracting.closeout.refusals import AlreadyClosedOut
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.errors import Stale
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.documents.operations.request import request_document
from contracting.ledger.queries import contract_balance, lock_funds
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def close_out_contract(
    *,
    contract_id: int,
    remarks: str = "",
    seen_sha256: str | None = None,
    by: Actor,
    at: datetime,
) -> CompletionStatement:
    """Deobligate the guaranteed minimum, which the orders have met, and close the file.

    FAR 4.804-5, 16.504(a)(1).

    :param seen_sha256: the figures that were read, by ``seen_of_contract``;
        every page sends it
    :raises NotAllowed: if ``by`` holds no warrant of the agency
    :raises AlreadyClosedOut: if its completion statement is signed already
    :raises NotPhysicallyComplete: before the ordering period has ended (R-CLO-01)
    :raises CloseOutBlocked: while an order is open, or the guaranteed minimum is
        neither reached nor given up by the vendor (R-CLO-03)
    :raises Stale: if they have changed since they were read
    """
    contract = (
        Contract.objects.locked().select_related("agency", "vendor").get(pk=contract_id)
    )
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_close_out_contract(by, contract, on))
    if contract.state == ContractState.CLOSED:
        message = f"Contract {contract.piid} is closed out already."
        raise AlreadyClosedOut(message)
    _refuse_if_blocked(queries.blockers_of_contract(contract, at))
    held = queries.balances_of_contract(contract)
    lock_funds(holders={each.balance.holder for each in held})
    _guard_seen(contract, seen_sha256)
    returned = _deobligate(held, contract.subject, by, at)
    figures = _figures(contract, returned)
    if contract.state == ContractState.AWARDED:
        contract.move_to(ContractState.COMPLETED)
    contract.move_to(ContractState.CLOSED)
    statement = CompletionStatement.objects.create(
        contract=contract,
        figures=plain(figures),
        residual_tokens=figures["residual_tokens"].count,
        deobligated_dollars=figures["deobligated"].amount,
        remarks=remarks.strip(),
        signed_by_id=by.own_membership_id,
        signed_at=at,
    )
    rows = queries.balances_of_contract(contract)
    request_document(
        kind="completion_statement",
        subject=contract.subject,
        title=f"Completion statement of contract {contract.piid}",
        number=contract.piid or "",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.completion(statement, rows, returned, figures, signer=by),
        content_sha256=content_sha256(figures),
        version=contract.version,
        by=by,
        at=at,
    )
    print_checklist(statement, by, at)
    post_notice(
        recipients=[Recipient(organization_id=contract.vendor_id)],
        subject=contract.subject,
        title=f"Contract {contract.piid} is closed out",
        body=f"Paid in all: {figures['paid']}. Nothing is owed.",
        url_path=statement.path,
        by=by,
        at=at,
    )
    record_event(
        events.CONTRACT_CLOSED_OUT,
        subject=contract.subject,
        by=by,
        at=at,
        data={**figures, **_clock_data(queries.clock_of_contract(contract), on)},
    )
    return statement


def _guard_seen(contract: Contract, seen: str | None) -> None:
    current = seen_of_contract(contract)
    if seen is not None and seen != current:
        message = (
            "The figures of this contract have changed since you read them. Load the "
            "page again and look at them once more; nothing was signed."
        )
        raise Stale(message, seen=seen, current=current)


def _figures(contract: Contract, returned: dict[int, Dollars]) -> dict[str, Any]:
    """What the contract allowed, what its orders used of it, and what is given back."""
    balance = contract_balance(contract.pk)
    used = Dollars(balance.ordered_dollars if balance else 0)
    tokens = Tokens(balance.ordered_tokens if balance else 0)
    ceiling = Dollars(contract.ceiling_dollars)
    ceiling_tokens = Tokens(contract.ceiling_tokens)
    figures: dict[str, Any] = {
        "ceiling": ceiling,
        "minimum": Dollars(contract.minimum_dollars),
        "used": used,
        "paid": queries.paid_on_contract(contract),
        "residual": ceiling - used,
        "deobligated": total_dollars(returned.values()),
        "ceiling_tokens": ceiling_tokens,
        "used_tokens": tokens,
        "residual_tokens": ceiling_tokens - tokens,
    }
    given_up = queries.minimum_owed(contract)
    if given_up:
        figures["given_up"] = given_up
    return figures
