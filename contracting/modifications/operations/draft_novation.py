"""Propose that another vendor succeeds to a contract, as the three have agreed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from accounts.states import OrganizationKind, Role
from contracting.audit.operations.record import record_event
from contracting.bans.queries import require_not_banned
from contracting.contracts.models import Contract
from contracting.contracts.queries import (
    not_registered_because,
    not_responsible_because,
)
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.modifications import calculations, events, permissions
from contracting.modifications.models import ContractModification, Novation
from contracting.modifications.operations.draft import (
    _ask_vendor,
    _record,
    put_proposal,
)
from contracting.modifications.queries import is_sha256
from contracting.modifications.queries.novations import assumption_of, half_signed
from contracting.modifications.refusals import (
    HalfSigned,
    NotAssumed,
    NovationIncomplete,
    TermInvalid,
)
from contracting.modifications.states import (
    ModificationKind,
    NovationDraft,
    Proposal,
)
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def draft_novation(
    *,
    contract_id: int,
    proposal: Proposal,
    novation: NovationDraft,
    by: Actor,
    at: datetime,
) -> ContractModification:
    """Draft the modification that recognizes a successor in interest (FAR 42.1204).

    The transferor signs first, then the successor, then the contracting officer. Once
    they have, the contract and its orders are the successor's: its people and keys
    report, invoice and sign. What the transferor has invoiced stays its own.

    :param proposal: of the kind ``NOVATION``; it changes nothing else
    :raises NotAllowed: if ``by`` is not of the contracting office (R-MOD-06)
    :raises NovationIncomplete: for a successor that is none, a transfer to come, or
        without a paper, its hash or a finding, and for one that is excluded
        or excluded, or not checked today (R-EVL-08)
    :raises Banned: for one that is banned, without a waiver (R-AI-01)
    :raises TermInvalid: if it would change more than who holds the contract
    :raises Refusal: whatever drafting any modification refuses
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_draft_novation(by, contract))
    _require_alone(proposal)
    modification = ContractModification(
        contract=contract,
        drafted_by_id=by.own_membership_id,
        successor=_successor(contract, novation),
    )
    put_proposal(modification, proposal, at)
    _require_whole(modification, novation, at)
    made = Novation.objects.create(
        modification=modification,
        transferor_id=contract.vendor_id,
        transferred_on=novation.transferred_on,
        **{
            name: getattr(novation, name).strip()
            for name in calculations.NOVATION_NAMES
        },
    )
    _require_fit(modification, at)
    modification.content_sha256 = content_sha256(
        calculations.modification_content(modification)
    )
    modification.save(update_fields=["content_sha256"])
    _ask_vendor(modification, by, at)
    _ask_successor(modification, by, at)
    record_event(
        events.NOVATION_DRAFTED,
        subject=modification.subject,
        by=by,
        at=at,
        data={
            **_record(modification),
            "transferor": made.transferor.public_id,
            "successor": str(modification.successor),
            "transferred_on": made.transferred_on,
            "instrument_sha256": made.instrument_sha256,
            "agreement_sha256": made.agreement_sha256,
        },
    )
    return modification


def _require_alone(proposal: Proposal) -> None:
    more = (
        *("terms", "line_ceilings", "new_lines", "rates", "unit_rates"),
        *("new_options", "exercises"),
    )
    if proposal.kind != ModificationKind.NOVATION or any(
        getattr(proposal, name) for name in more
    ):
        message = (
            "A novation changes nothing but who holds the contract. What else the "
            "parties agree to is a modification of its own."
        )
        raise TermInvalid(message, term="kind")


def _successor(contract: Contract, novation: NovationDraft) -> Organization:
    found = Organization.objects.filter(
        pk=novation.successor_id, kind=OrganizationKind.VENDOR
    ).first()
    if found is None or found.pk == contract.vendor_id:
        message = (
            "Name the vendor that takes the contract over: another than the one that "
            "holds it. A vendor that only changes its name stays the same vendor."
        )
        raise NovationIncomplete(message, pointer="/successor")
    return found


def _require_whole(
    modification: ContractModification, novation: NovationDraft, at: datetime
) -> None:
    """What FAR 42.1204(e) and (f) ask the parties to hand in, and the finding on it."""
    on = accounting_day(at, modification.contract.time_zone)
    days = {
        "transferred_on": novation.transferred_on,
        "effective_on": modification.effective_on,
    }
    for name, day in days.items():
        if day > on:
            message = (
                "The Government recognizes a successor once the assets have gone over, "
                f"not before: {day} is still to come."
            )
            raise NovationIncomplete(message, pointer=f"/{name}")
    missing = [
        name
        for name in calculations.NOVATION_NAMES
        if not getattr(novation, name).strip()
        or (name.endswith("_sha256") and not is_sha256(getattr(novation, name).strip()))
    ]
    if missing:
        message = f"{_ASKED[missing[0]]} (FAR 42.1204)."
        raise NovationIncomplete(message, pointer=f"/{missing[0]}")


_ASKED = {
    "instrument": "Name the instrument by which the assets went over",
    "instrument_sha256": "Give the SHA-256 of the instrument's file",
    "agreement": "Say where the agreement of the three parties is filed",
    "agreement_sha256": "Give the SHA-256 of the agreement's file",
    "capability": "Find in words that the successor can perform and is responsible",
    "guarantee": "Say how the transferor guarantees the successor's performance",
}


def _require_fit(modification: ContractModification, at: datetime) -> None:
    """The successor is neither excluded nor banned, by a check of the day."""
    contract, successor = modification.contract, modification.successor
    assert successor is not None  # noqa: S101 (typing: a constraint says so)
    because = not_responsible_because(contract, at, successor=successor)
    if because:
        raise NovationIncomplete(because, rule="R-EVL-08", pointer="/successor")
    because = not_registered_because(contract, successor, at)
    if because:
        raise NovationIncomplete(because, rule="R-SUB-06", pointer="/successor")
    require_not_banned(
        contract.agency,
        vendor_id=successor.pk,
        models=[],
        subjects=[modification.subject, contract.subject],
        at=at,
    )


def require_novatable(modification: ContractModification, at: datetime) -> None:
    """Insist, at the officer's signature, on what must hold of a novation.

    :raises NotAssumed: unless the successor has signed what stands (R-MOD-02)
    :raises HalfSigned: while the transferor's signature waits on something else
    :raises Refusal: the refusals of :func:`draft_novation`
    """
    if assumption_of(modification) is None:
        message = "The successor assumes the contract by its own signature first."
        raise NotAssumed(message)
    waiting = list(half_signed(modification))
    if waiting:
        message = (
            f"The transferor has signed {', '.join(waiting)}, which you have not. Sign "
            "or discard it first: what it signed is not the successor's word."
        )
        raise HalfSigned(message, waiting=waiting)
    _require_fit(modification, at)


def _ask_successor(modification: ContractModification, by: Actor, at: datetime) -> None:
    contract = modification.contract
    post_notice(
        recipients=[Recipient(modification.successor_id, Role.VENDOR_SIGNER)],
        subject=modification.subject,
        title=f"To sign: a novation of contract {contract.piid} to you",
        body=f"After {contract.vendor.name} has signed. {modification.description}",
        url_path=modification.path,
        by=by,
        at=at,
    )
