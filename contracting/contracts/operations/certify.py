"""Certify that funds for the guaranteed minimum are there, and commit them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.calculations import obligations_of
from contracting.contracts.models import (
    Contract,
    ContractFunding,
    ContractLine,
)
from contracting.contracts.queries import require_awardable
from contracting.contracts.queries.guards import require_funds_of_the_year
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.errors import IllegalMove
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.ledger.operations.commit import commit_funds
from contracting.ledger.operations.open import open_balances
from contracting.ledger.queries import lock_funds
from contracting.ledger.states import BalanceLine
from contracting.solicitations.models import Solicitation


@transaction.atomic
def certify_contract_funds(
    *, contract_id: int, by: Actor, at: datetime, seen_version: int
) -> Contract:
    """The funds certifier's word for one exact version (FAR 32.702).

    :raises NotAllowed: if ``by`` is no funds certifier, or requested or drafted it
    :raises Stale: if the draft changed since it was read
    :raises IllegalMove: unless it is a draft
    :raises NotOpened: if the solicitation is cancelled
    :raises AlreadyCertified: if it is done
    :raises SeverableServiceTooLong: if annual funds would bear the minimum of a period
        that begins in another fiscal year (R-FND-04)
    :raises FundsExceeded: if a line of accounting has not enough (R-FND-01)
    """
    solicitation_id = Contract.objects.values_list("solicitation_id", flat=True).get(
        pk=contract_id
    )
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_certify_contract_funds(by, contract))
    if contract.state != ContractState.DRAFT:
        message = "Funds are certified for a draft award."
        raise IllegalMove(message, state=contract.state)
    require_awardable(solicitation)
    contract.require_version(seen_version)
    rows = ContractFunding.objects.filter(line__contract=contract)
    if rows.filter(certified_at__isnull=False).exists():
        message = "The funds of this draft are certified already."
        raise refusals.AlreadyCertified(message)
    require_funds_of_the_year(contract)
    obligations = obligations_of(contract)
    lock_funds(
        holders=[each.holder for each in obligations],
        lines_of_accounting=[each.line_of_accounting_id for each in obligations],
    )
    for line in contract.lines.filter(funding__isnull=False).distinct().order_by("pk"):
        _open(contract, line, by, at)
    commit_funds(obligations=obligations, because=contract.subject, by=by, at=at)
    rows.update(
        certified_by_id=by.membership_id,
        certified_at=at,
        certified_version=contract.version,
    )
    record_event(
        events.CONTRACT_FUNDS_CERTIFIED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "version": contract.version,
            "content_sha256": contract.content_sha256,
            "dollars": total_dollars(Dollars(row.dollars) for row in rows),
        },
    )
    return contract


def _open(contract: Contract, line: ContractLine, by: Actor, at: datetime) -> None:
    """A balance for each ACRN that bears the minimum; tokens are left to the orders."""
    open_balances(
        holder=line.holder,
        contract_id=contract.pk,
        lines=[
            BalanceLine(
                acrn=part.acrn,
                sequence=position,
                line_of_accounting_id=part.line_of_accounting_id,
                ceiling_dollars=Dollars(part.dollars),
                ceiling_tokens=Tokens(0),
            )
            for position, part in enumerate(line.funding.order_by("acrn"), start=1)
        ],
        label=f"{contract.title}, line {line.clin}, guaranteed minimum",
        because=contract.subject,
        by=by,
        at=at,
    )
