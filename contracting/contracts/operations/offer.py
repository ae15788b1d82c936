"""Offer an award on a quotation to its vendor."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, paperwork, permissions, refusals
from contracting.contracts.acceptance.models import AwardOffer
from contracting.contracts.models import Contract
from contracting.contracts.operations.award import require_signable
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.documents.operations.record import record_approval
from contracting.documents.operations.request import request_document
from contracting.documents.states import Party
from contracting.evaluations.standing.validity import prices_no_longer_good
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation


@transaction.atomic
def offer_award(
    *,
    contract_id: int,
    accept_by: datetime,
    by: Actor,
    at: datetime,
    seen_version: int,
) -> Contract:
    """Sign the Government's offer of an award, which nobody is bound by yet.

    A quotation is not an offer (FAR 13.004(a)): the contract comes into force, and its
    minimum is obligated, when the vendor accepts. The funds stay committed until then.
    Prices that the vendor no longer states to be good are warned about and recorded.

    :param accept_by: the last instant at which the vendor may accept
    :raises NotAllowed: without a warrant for the whole ceiling (R-ROL-01, R-ROL-02), or
        if ``by`` requested it or certified its funds (R-ROL-03)
    :raises AcceptanceIncomplete: for an award on offers, which a signature accepts, or
        an instant that does not lie ahead
    :raises Refusal: whatever :func:`.award.award_contract` refuses, but R-SUB-09
    """
    solicitation_id = Contract.objects.values_list("solicitation_id", flat=True).get(
        pk=contract_id
    )
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    signed_on = accounting_day(at, contract.time_zone)
    require(permissions.can_award_contract(by, contract, signed_on))
    _require_quotations(solicitation)
    require_signable(contract, solicitation, seen_version, at)
    last = accounting_day(accept_by, contract.time_zone)
    if accept_by <= at or last > contract.ordering_end:
        message = (
            "The vendor needs time to accept: name an instant that lies ahead, and "
            "before the ordering period ends."
        )
        raise refusals.AcceptanceIncomplete(message, accept_by=accept_by)
    offer = AwardOffer.objects.create(
        contract=contract,
        accept_by=accept_by,
        signed_by_id=by.own_membership_id,
        offered_at=at,
    )
    contract.move_to(ContractState.OFFERED)
    officer = record_approval(
        action="offer_award",
        party=Party.OFFICER,
        subject=contract.subject,
        version=contract.version,
        content_sha256=contract.content_sha256,
        by=by,
        at=at,
        on=signed_on,
    )
    request_document(
        kind="contract",
        subject=contract.subject,
        title=f"Offer of an award on {solicitation.piid}",
        number=paperwork.OFFERED,
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.offered_sheet(contract, offer, signer=by),
        content_sha256=contract.content_sha256,
        version=contract.version,
        by=by,
        at=at,
        order="quoted_order",
        approvals=[officer],
    )
    _tell(contract, offer, by, at)
    warned = prices_no_longer_good(contract.offer, signed_on)
    record_event(
        events.AWARD_OFFERED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            **paperwork.summary(contract),
            "accept_by": accept_by,
            "warned": [["R-SUB-09", warned]] if warned else [],
        },
    )
    return contract


def _require_quotations(solicitation: Solicitation) -> None:
    if not solicitation.asks_quotations:
        message = "This is an award on offers: sign it, and the offer is accepted."
        raise refusals.AcceptanceIncomplete(message)


def _tell(contract: Contract, offer: AwardOffer, by: Actor, at: datetime) -> None:
    post_notice(
        recipients=[Recipient(organization_id=contract.vendor_id)],
        subject=contract.subject,
        title=f"An award on {contract.solicitation.piid} is offered to you",
        body=(
            "It is the Government's offer, and in force only once your signer has "
            "accepted it. It lapses if nobody accepts."
        ),
        url_path=contract.path,
        due_on=accounting_day(offer.accept_by, contract.time_zone),
        by=by,
        at=at,
    )
