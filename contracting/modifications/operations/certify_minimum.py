"""Certify funds for a higher guaranteed minimum; they wait for the signature."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract, ContractFunding, ContractLine
from contracting.core.actors import Actor
from contracting.core.identifiers import check_acrn
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.operations.commit import commit_funds
from contracting.ledger.operations.obligate import obligate_funds
from contracting.ledger.operations.open import open_balances
from contracting.ledger.operations.release import release_commitment
from contracting.ledger.queries import (
    balances_of,
    lines_of_accounting_of,
    lock_funds,
    require_bona_fide_year,
)
from contracting.ledger.states import BalanceLine, Obligation
from contracting.modifications import calculations, events, permissions
from contracting.modifications.models import ContractModification, MinimumCertification
from contracting.modifications.operations.sign import require_base
from contracting.modifications.queries.minimum import minimum_certified
from contracting.modifications.refusals import AlreadyCertified, TermInvalid
from contracting.orders.refusals import AddedFundsNotCertified


@transaction.atomic
def certify_minimum_funds(
    *,
    modification_id: int,
    clin: str,
    acrn: str,
    line_of_accounting_id: int,
    by: Actor,
    at: datetime,
    seen_version: int,
) -> MinimumCertification:
    """Commit what a guaranteed minimum is raised by (FAR 43.105, R-MOD-03).

    :param clin: the contract line that bears it, with ``acrn`` and line of accounting;
        an ACRN that the line has keeps its line of accounting
    :raises NotAllowed: if ``by`` is no funds certifier, or drafted it (R-ROL-03)
    :raises Stale: if it is not what was read
    :raises BaseMoved: if the contract has been modified since it was drafted
    :raises AlreadyCertified: if the version is certified
    :raises TermInvalid: for a line, ACRN or line of accounting that cannot bear it
    :raises SeverableServiceTooLong: if annual funds are of another year (R-FND-04)
    :raises FundsExceeded: if the line of accounting has not enough (R-FND-01)
    """
    contract_id = ContractModification.objects.values_list(
        "contract_id", flat=True
    ).get(pk=modification_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    modification = ContractModification.objects.locked().get(pk=modification_id)
    modification.contract = contract
    require(permissions.can_certify_minimum_funds(by, modification))
    modification.require_version(seen_version)
    require_base(modification)
    if minimum_certified(modification) is not None:
        message = "The funds of this version are certified already."
        raise AlreadyCertified(message)
    line = _line(contract, clin)
    account = _account(contract, line, acrn, line_of_accounting_id)
    on = max(accounting_day(at, contract.time_zone), contract.ordering_start)
    require_bona_fide_year([account.pk], begins=on, ends=on)
    more = calculations.raised_minimum(modification)
    lock_funds(holders=[line.holder], lines_of_accounting=[account.pk])
    _move_ceiling(modification, line, acrn, account.pk, more, by, at)
    wanted = Obligation(line.holder, acrn, account.pk, more)
    commit_funds(obligations=[wanted], because=modification.subject, by=by, at=at)
    modification.minimum_funds = {
        "clin": clin,
        "acrn": acrn,
        "line_of_accounting": account.public_id,
    }
    modification.save(update_fields=["minimum_funds"])
    certification = MinimumCertification.objects.create(
        modification=modification,
        version=modification.version,
        content_sha256=modification.content_sha256,
        dollars=more.amount,
        clin=clin,
        acrn=acrn,
        line_of_accounting=account,
        certified_by_id=by.own_membership_id,
        certified_at=at,
    )
    record_event(
        events.MINIMUM_FUNDS_CERTIFIED,
        subject=modification.subject,
        by=by,
        at=at,
        data={
            "version": modification.version,
            "content_sha256": modification.content_sha256,
            "dollars": more,
            "clin": clin,
            "acrn": acrn,
            "line_of_accounting": str(account),
        },
    )
    return certification


def require_minimum_certified(modification: ContractModification) -> None:
    """Insist on certified funds where the minimum is raised.

    :raises AddedFundsNotCertified: unless this version has them (R-MOD-03)
    """
    raised = calculations.raised_minimum(modification)
    if raised and minimum_certified(modification) is None:
        message = (
            f"The minimum is raised by {raised}, and no funds certifier has certified "
            "them for this version."
        )
        raise AddedFundsNotCertified(message)


def require_minimum_paid(modification: ContractModification) -> None:
    """Insist on consideration for a higher minimum: nobody gives it for nothing.

    :raises TermInvalid: without it
    """
    if calculations.raised_minimum(modification) and not modification.consideration:
        message = "State the consideration: what the Government gets for a minimum."
        raise TermInvalid(message, term="consideration", pointer="/consideration")


def bind_minimum(
    contract: Contract, modification: ContractModification, by: Actor, at: datetime
) -> None:
    """Obligate what was committed for the higher minimum; a step of the signature."""
    certified = minimum_certified(modification)
    if certified is None:
        require_minimum_certified(modification)
        return
    line = contract.lines.get(clin=certified.clin)
    wanted = _waiting(certified, line)
    lock_funds(
        holders=[line.holder], lines_of_accounting=[wanted.line_of_accounting_id]
    )
    obligate_funds(
        obligations=[wanted],
        because=modification.subject,
        on=accounting_day(at, contract.time_zone),
        from_commitment=True,
        by=by,
        at=at,
    )
    part, _is_new = ContractFunding.objects.get_or_create(
        line=line,
        acrn=certified.acrn,
        defaults={
            "line_of_accounting_id": certified.line_of_accounting_id,
            "dollars": certified.dollars,
            "certified_by_id": certified.certified_by_id,
            "certified_at": certified.certified_at,
            "certified_version": contract.version,
        },
    )
    if not _is_new:
        part.dollars += certified.dollars
        part.save(update_fields=["dollars"])


def release_minimum_funds(
    modification: ContractModification, by: Actor, at: datetime
) -> None:
    """Give back what waits for a draft that is written anew or given up."""
    certified = minimum_certified(modification)
    if certified is None or not modification.minimum_funds:
        return
    line = modification.contract.lines.get(clin=certified.clin)
    wanted = _waiting(certified, line)
    lock_funds(
        holders=[line.holder], lines_of_accounting=[wanted.line_of_accounting_id]
    )
    release_commitment(obligations=[wanted], because=modification.subject, by=by, at=at)
    _move_ceiling(
        modification,
        line,
        certified.acrn,
        certified.line_of_accounting_id,
        -wanted.dollars,
        by,
        at,
    )
    modification.minimum_funds = {}
    modification.save(update_fields=["minimum_funds"])


def _waiting(certified: MinimumCertification, line: ContractLine) -> Obligation:
    return Obligation(
        line.holder,
        certified.acrn,
        certified.line_of_accounting_id,
        Dollars(certified.dollars),
    )


def _line(contract: Contract, clin: str) -> ContractLine:
    line = contract.lines.filter(clin=clin).first()
    if line is None:
        message = f"The contract has no line {clin} to bear it."
        raise TermInvalid(message, pointer="/clin")
    return line


def _account(
    contract: Contract, line: ContractLine, acrn: str, line_of_accounting_id: int
) -> Any:
    check_acrn(acrn)
    offered = lines_of_accounting_of(contract.agency_id)
    account = offered.filter(pk=line_of_accounting_id).first()
    if account is None:
        message = "Choose a line of accounting of the agency."
        raise TermInvalid(message, pointer="/line_of_accounting_id")
    known = {row.acrn: row for row in balances_of(line.holder)}
    row = known.get(acrn)
    if row is not None and row.line_of_accounting_id != account.pk:
        message = f"ACRN {acrn} of line {line.clin} is another line of accounting."
        raise TermInvalid(message, pointer="/acrn")
    return account


def _move_ceiling(
    modification: ContractModification,
    line: ContractLine,
    acrn: str,
    account_id: int,
    dollars: Dollars,
    by: Actor,
    at: datetime,
) -> None:
    """The line may bear so much more, or less, on this ACRN; tokens are the orders'."""
    rows = balances_of(line.holder)
    own = next((row for row in rows if row.acrn == acrn), None)
    places = [row.sequence for row in rows]
    had = Dollars(own.ceiling_dollars) if own is not None else Dollars()
    open_balances(
        holder=line.holder,
        contract_id=modification.contract_id,
        lines=[
            BalanceLine(
                acrn=acrn,
                sequence=own.sequence if own is not None else max([0, *places]) + 1,
                line_of_accounting_id=account_id,
                ceiling_dollars=had + dollars,
                ceiling_tokens=Tokens(0),
            )
        ],
        label=f"{modification.contract.title}, line {line.clin}, guaranteed minimum",
        because=modification.subject,
        by=by,
        at=at,
    )
