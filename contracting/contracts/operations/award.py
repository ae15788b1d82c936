"""The contracting officer's signature on the award."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.queries import actor_of
from contracting.audit.operations.record import record_event
from contracting.contracts import (
    calculations,
    events,
    paperwork,
    permissions,
    refusals,
)
from contracting.contracts.acceptance.offers import offer_of
from contracting.contracts.calculations import obligations_of
from contracting.contracts.models import Contract
from contracting.contracts.paperwork import results
from contracting.contracts.queries import require_awardable
from contracting.contracts.queries.guards import (
    require_agreed_no_cost,
    require_certified_funds,
    require_fit,
    require_funds_of_the_year,
    require_no_ban,
    require_not_excluded,
    require_reasonable_price,
    require_single_award,
    require_total_length,
    require_whole_lines,
)
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import IllegalMove
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens
from contracting.documents.models import Approval
from contracting.documents.operations.record import record_approval
from contracting.documents.operations.request import request_document
from contracting.documents.operations.sign import sign_document
from contracting.documents.queries import documents_of
from contracting.documents.states import Party
from contracting.evaluations.operations.keep import keep_registration
from contracting.evaluations.queries import require_acknowledged
from contracting.evaluations.standing.registration import require_registered
from contracting.evaluations.standing.responsibility import require_responsible
from contracting.evaluations.standing.validity import require_valid
from contracting.evaluations.states import Occasion
from contracting.ledger.operations.obligate import obligate_funds
from contracting.ledger.operations.set import set_contract_ceiling
from contracting.ledger.queries import lock_funds
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reference.operations.assign_number import assign_number
from contracting.reference.queries import instrument
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import require_justified
from contracting.solicitations.states import SolicitationState

PURCHASE_ORDER = "P"
"""The type in the number of what was bought in the open (FAR 4.1603(a)(3))."""


@transaction.atomic
def award_contract(
    *, contract_id: int, by: Actor, at: datetime, seen_version: int
) -> Contract:
    """Sign the award: number it, obligate its minimum, print it, tell the awardee.

    The type in its number is that of its kind. An agreement obligates nothing; of a
    definitive contract the funds of its lines are obligated, and usage draws on them.

    Where several offers were selected each is signed for itself. The first signature
    makes the solicitation an awarded one: from then on there is a contract, a synopsis
    and, three days long, a notice to the unsuccessful (FAR 15.503(b)), whether or not
    the others follow on the same day.

    On quotations an award is offered instead: see :func:`.offer.offer_award`.

    :raises NotAccepted: for an award on a quotation (R-SUB-11)
    :raises NotAllowed: without a warrant for the whole ceiling (R-ROL-01, R-ROL-02), or
        if ``by`` requested it or certified its funds (R-ROL-03)
    :raises Stale: if the draft changed since it was read
    :raises AlreadyAwarded: if another contracting officer was first
    :raises NotOpened: if the solicitation is cancelled
    :raises JustificationMissing: for less than full competition without one (R-SOL-09)
    :raises IllegalMove: if the draft was discarded
    :raises FundsNotCertified: unless funds cover the minimum (R-AWD-01)
    :raises LineIncomplete: FAR 4.1005-1 (R-AWD-02)
    :raises IndefiniteQuantityIncomplete: FAR 16.504(a) (R-AWD-03)
    :raises AgreementIncomplete: for an agreement that limits no call (FAR 13.303-3)
    :raises SingleAwardNotDetermined: above the amount for one vendor (R-AWD-04)
    :raises TooLong: if base and options last too long (R-OPT-04)
    :raises RegistrationInactive: for a vendor that was or is not registered (R-SUB-06)
    :raises FoundNonresponsible: for a vendor found wanting, uncertified (R-EVL-09)
    :raises NotResponsible: without a fresh check of the vendor (R-EVL-08)
    :raises Banned: if the vendor or a model is banned, without a waiver (R-AI-01)
    :raises PriceNotReasonable: without a price reasonableness record (R-EVL-07)
    :raises AmendmentNotAcknowledged: if the offer stands on other terms (R-SUB-05)
    :raises OfferExpired: after the last day of the offer, unextended (R-SUB-09)
    :raises PeriodOfAvailabilityEnded: if the funds are not available today (R-FND-03)
    """
    solicitation_id = Contract.objects.values_list("solicitation_id", flat=True).get(
        pk=contract_id
    )
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    signed_on = accounting_day(at, contract.time_zone)
    require(permissions.can_award_contract(by, contract, signed_on))
    _require_offer(solicitation)
    require_signable(contract, solicitation, seen_version, at)
    require_valid(contract.offer, signed_on)
    put_in_force(contract, solicitation, signer=by, on=signed_on, by=by, at=at)
    return contract


def put_in_force(
    contract: Contract,
    solicitation: Solicitation,
    *,
    signer: Actor,
    on: date,
    by: Actor,
    at: datetime,
) -> None:
    """Number the contract, bind its minimum, print it and tell its vendor.

    :param signer: the contracting officer, who on quotations signed before ``by``
    :param on: the day in the contract's zone
    """
    lock_funds(holders=[each.holder for each in obligations_of(contract)])
    kind = instrument(contract.instrument, on)
    type_ = PURCHASE_ORDER if solicitation.in_the_open else kind.piid_type
    contract.piid = assign_number(agency=contract.agency, type=type_, on=on)
    contract.awarded_at = at
    contract.signed_by_id = signer.membership_id
    contract.save(update_fields=["piid", "awarded_at", "signed_by"])
    contract.move_to(ContractState.AWARDED)
    if solicitation.state != SolicitationState.AWARDED:
        solicitation.awarded_at = at
        solicitation.save(update_fields=["awarded_at"])
        solicitation.move_to(SolicitationState.AWARDED)
    _bind(contract, on, by, at)
    keep_registration(
        submission_id=contract.selection.submission_id,
        occasion=Occasion.AWARD,
        by=by,
        at=at,
    )
    approvals = _approvals(contract, on, by, at)
    request_document(
        kind="contract",
        subject=contract.subject,
        title=f"Contract {contract.piid}",
        number=contract.piid,
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.contract_sheet(contract, signer=signer),
        content_sha256=contract.content_sha256,
        version=contract.version,
        by=by,
        at=at,
        order=_order(approvals),
        approvals=approvals,
    )
    _announce(contract, on, by, at)
    _tell(contract, by, at)
    record_event(
        events.CONTRACT_AWARDED,
        subject=contract.subject,
        by=by,
        at=at,
        data=paperwork.summary(contract),
    )


def _approvals(contract: Contract, on: date, by: Actor, at: datetime) -> list[Approval]:
    """Both signatures, the first one first.

    The vendor has signed what is accepted here with its offer; a quotation is no offer,
    so that there the contracting officer has signed first (FAR 13.004).
    """
    of_it: dict[str, Any] = {
        "subject": contract.subject,
        "version": contract.version,
        "content_sha256": contract.content_sha256,
    }
    offered = offer_of(contract.pk)
    if offered is None:
        officer = record_approval(
            action="award_contract", party=Party.OFFICER, by=by, at=at, on=on, **of_it
        )
        return [*_offer_of_vendor(contract), officer]
    first = record_approval(
        action="offer_award",
        party=Party.OFFICER,
        by=actor_of(offered.signed_by),
        at=offered.offered_at,
        is_past=True,
        **of_it,
    )
    accepting: dict[str, Any] = {
        "action": "accept_award",
        "party": Party.VENDOR,
        "by": by,
        "at": at,
    }
    _sign_the_offer(contract, accepting)
    return [first, record_approval(**accepting, **of_it)]


def _order(approvals: list[Approval]) -> str:
    """Which order of signatures these follow."""
    if len(approvals) == 1:
        return "unilateral"
    first = approvals[0].party
    return "bilateral_award" if first == Party.VENDOR else "quoted_order"


def _offer_of_vendor(contract: Contract) -> list[Approval]:
    """Of the last version that the vendor has handed in of what is accepted."""
    selected = contract.offer
    revised = getattr(selected, "revised_offer", None)
    handed_in = revised.revision if revised else selected.version_of_record
    named: Any = handed_in if revised else getattr(handed_in, "attribution", None)
    if handed_in is None or named is None:
        return []
    offer = record_approval(
        action="submit_offer",
        party=Party.VENDOR,
        subject=handed_in.subject,
        version=handed_in.number,
        content_sha256=handed_in.plain_sha256,
        by=actor_of(named.submitted_by),
        at=handed_in.received_at,
        is_past=True,
    )
    return [offer]


def _sign_the_offer(contract: Contract, accepting: dict[str, Any]) -> None:
    """The acceptance on the paper on which the award was offered."""
    papers = documents_of(contract.subject).filter(
        kind="contract", number=paperwork.OFFERED, version=contract.version
    )
    paper = papers.first()
    if paper is not None and paper.parties:
        sign_document(document_id=paper.pk, **accepting)


def _announce(contract: Contract, on: date, by: Actor, at: datetime) -> None:
    """Everybody reads of an award above the amount of a synopsis (FAR 5.301)."""
    if not results.is_synopsized(contract, on):
        return
    context = results.award_synopsis(contract)
    request_document(
        kind="award_synopsis",
        subject=contract.subject,
        title=f"Synopsis of award {contract.piid}",
        number=str(contract.piid),
        agency_id=contract.agency_id,
        is_public=True,
        context=context,
        content_sha256=content_sha256(context),
        version=contract.version,
        by=by,
        at=at,
    )


def _require_offer(solicitation: Solicitation) -> None:
    if solicitation.asks_quotations:
        message = (
            "A quotation is not an offer that a signature could accept. Offer the "
            "award to the vendor: it is in force once the vendor accepts it."
        )
        raise refusals.NotAccepted(message)


def require_signable(
    contract: Contract, solicitation: Solicitation, seen_version: int, at: datetime
) -> None:
    """Everything that stands between a draft and its signature.

    :raises Refusal: the refusals of :func:`award_contract`
    """
    on = accounting_day(at, contract.time_zone)
    if contract.piid:
        message = "Another contracting officer has signed this award already."
        raise refusals.AlreadyAwarded(message, piid=contract.piid)
    require_awardable(solicitation)
    require_justified(solicitation)
    if contract.state != ContractState.DRAFT:
        message = f"This award is {contract.get_state_display()}; it cannot be signed."
        raise IllegalMove(message, state=contract.state)
    contract.require_version(seen_version)
    require_certified_funds(contract)
    require_funds_of_the_year(contract)
    require_whole_lines(contract)
    require_fit(contract, on)
    require_single_award(contract, on)
    if contract.options.exists():
        _start, last = calculations.months_in_all(contract)
        require_total_length(contract, on, last=last)
    require_reasonable_price(contract)
    require_agreed_no_cost(contract)
    require_acknowledged(contract.offer.opened_offer)
    require_responsible(contract.offer)
    require_registered(contract.offer, at)
    require_not_excluded(contract, at)
    require_no_ban(contract, at)


def _bind(contract: Contract, signed_on: date, by: Actor, at: datetime) -> None:
    set_contract_ceiling(
        contract_id=contract.pk,
        stream=contract.stream,
        agency_id=contract.agency_id,
        dollars=Dollars(contract.ceiling_dollars),
        tokens=Tokens(contract.ceiling_tokens),
        because=contract.subject,
        by=by,
        at=at,
    )
    if not contract.takes_orders:
        for post in permissions.POST_SCHEDULE:
            post(contract_id=contract.pk, on=signed_on, by=by, at=at)
        return
    bound = obligations_of(contract)
    if bound:
        obligate_funds(
            obligations=bound,
            because=contract.subject,
            on=signed_on,
            from_commitment=True,
            by=by,
            at=at,
        )


def _tell(contract: Contract, by: Actor, at: datetime) -> None:
    """The awardee is told at once; the others by a verb of its own (R-AWD-05)."""
    post_notice(
        recipients=[Recipient(organization_id=contract.vendor_id)],
        subject=contract.subject,
        title=f"Award of contract {contract.piid}",
        body=_told(contract),
        url_path=contract.path,
        by=by,
        at=at,
    )


def _told(contract: Contract) -> str:
    if contract.solicitation.asks_quotations:
        return (
            f"You accepted the award on {contract.solicitation.piid}: it is in force."
        )
    return f"Your offer on {contract.solicitation.piid} was accepted."
