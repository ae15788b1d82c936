"""The vendor accepts the award that it was offered: the contract is in force."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.queries import actor_of
from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, queries, refusals
from contracting.contracts.acceptance.models import AwardAnswer, AwardOffer
from contracting.contracts.acceptance.offers import offer_of
from contracting.contracts.models import Contract
from contracting.contracts.operations.award import put_in_force
from contracting.contracts.queries import guards
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.evaluations.standing.registration import require_registered
from contracting.evaluations.standing.responsibility import require_responsible
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation


@transaction.atomic
def accept_award(
    *, contract_id: int, by: Actor, at: datetime, seen_version: int
) -> Contract:
    """Accept an award on a quotation; with that it is numbered and binds both.

    What can have changed since the contracting officer signed is asked again: funds,
    ordering period, registration, responsibility and exclusions.

    :raises NotAllowed: unless ``by`` signs for the vendor and did not sign the offer
        (R-SUB-11)
    :raises NotAccepted: if no award is offered (R-SUB-11)
    :raises AwardLapsed: after the instant until which it was offered (R-SUB-11)
    :raises Stale: if it is not the version that was read
    :raises NotOpened: if the solicitation is cancelled
    :raises FundsNotCertified: unless funds cover the minimum (R-AWD-01)
    :raises IndefiniteQuantityIncomplete: if nothing could be ordered (R-AWD-03)
    :raises AgreementIncomplete: if nothing could be called (FAR 13.303-3)
    :raises FoundNonresponsible: for a vendor found wanting, uncertified (R-EVL-09)
    :raises NotResponsible: for a vendor that is excluded by now (R-EVL-08)
    :raises Banned: if the vendor or a model is banned by now (R-AI-01)
    :raises RegistrationInactive: for a vendor that is not registered (R-SUB-06)
    :raises PeriodOfAvailabilityEnded: if the funds are not available today (R-FND-03)
    """
    solicitation_id = Contract.objects.values_list("solicitation_id", flat=True).get(
        pk=contract_id
    )
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_accept_award(by, contract))
    offer = require_offered(contract)
    contract.require_version(seen_version)
    _require_in_time(offer, at)
    on = accounting_day(at, contract.time_zone)
    queries.require_awardable(solicitation)
    guards.require_certified_funds(contract)
    guards.require_fit(contract, on)
    require_responsible(contract.offer)
    queries.require_still_eligible(contract, at)
    guards.require_no_ban(contract, at)
    require_registered(contract.offer, at)

    AwardAnswer.objects.create(
        offer=offer,
        is_accepted=True,
        answered_by_id=by.own_membership_id,
        answered_at=at,
    )
    signer = actor_of(offer.signed_by)
    put_in_force(contract, solicitation, signer=signer, on=on, by=by, at=at)
    post_notice(
        recipients=[Recipient(contract.agency_id, Role.CONTRACTING_OFFICER)],
        subject=contract.subject,
        title=f"{contract.vendor.name} accepted: contract {contract.piid} is in force",
        body="Its minimum is obligated. Tell the others, and report the action.",
        url_path=contract.path,
        by=by,
        at=at,
    )
    record_event(
        events.AWARD_ACCEPTED,
        subject=contract.subject,
        by=by,
        at=at,
        data={"piid": contract.piid, "version": contract.version},
    )
    return contract


def require_offered(contract: Contract) -> AwardOffer:
    """The offer that the vendor may answer.

    :raises NotAccepted: if no award is offered, or it is answered (R-SUB-11)
    """
    offer = offer_of(contract.pk)
    if offer is None or contract.state != ContractState.OFFERED:
        state = contract.get_state_display()
        message = f"There is no offer to answer: this award is {state}."
        raise refusals.NotAccepted(message, state=contract.state)
    return offer


def _require_in_time(offer: AwardOffer, at: datetime) -> None:
    if at > offer.accept_by:
        message = (
            "The time to accept this award is over, and the Government's offer has "
            "lapsed. Ask the contracting officer whether it is offered again."
        )
        raise refusals.AwardLapsed(message, accept_by=offer.accept_by)
