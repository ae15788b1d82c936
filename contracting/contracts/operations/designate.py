"""Designate the contracting officer's representative."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import Membership
from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts import events, paperwork, permissions, refusals
from contracting.contracts.models import Contract, CorDesignation
from contracting.contracts.queries import letters_of
from contracting.contracts.states import ContractState, CorLevel
from contracting.core.actors import Actor
from contracting.core.errors import IllegalMove
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.documents.operations.record import record_approval
from contracting.documents.operations.request import request_document
from contracting.documents.states import Party
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def designate_cor(
    *,
    contract_id: int,
    membership_id: int,
    valid_from: date,
    valid_to: date,
    level: str,
    certified_until: date,
    by: Actor,
    at: datetime,
) -> CorDesignation:
    """Sign the letter that names who watches the burn and accepts usage.

    FAR 1.602-2(d). It binds once the representative has accepted it (R-ROL-05). A
    letter that is no longer in force is followed by another.

    :param level: of the representative's certification, by ``CorLevel``
    :param certified_until: its last day
    :raises NotAllowed: if ``by`` holds no warrant of this agency
    :raises IllegalMove: unless the contract is awarded
    :raises AlreadyDesignated: if the person represents on this contract already
    :raises DesignationOutsideContract: if the person is no COR of the agency, the
        dates end before they begin, or no certification covers the first day
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_designate_cor(by, contract, on))
    if contract.state != ContractState.AWARDED:
        message = "A representative is designated for an awarded contract."
        raise IllegalMove(message, state=contract.state)
    membership = Membership.objects.filter(
        pk=membership_id,
        organization_id=contract.agency_id,
        role=Role.COR,
        is_active=True,
    ).first()
    if membership is None or valid_to < valid_from:
        message = "Choose a representative of this agency and dates in order."
        raise refusals.DesignationOutsideContract(message)
    if level not in CorLevel.values or certified_until < valid_from:
        message = (
            "A representative is certified on the first day: give the level and the "
            "last day of the certification."
        )
        raise refusals.DesignationOutsideContract(message, pointer="/certified_until")
    standing = letters_of(contract).filter(membership=membership).first()
    if standing is not None and _stands(standing, on):
        message = f"{membership.user.name} represents you on this contract already."
        raise refusals.AlreadyDesignated(message)
    designation = CorDesignation.objects.create(
        contract=contract,
        membership=membership,
        valid_from=valid_from,
        valid_to=valid_to,
        level=level,
        certified_until=certified_until,
        designated_by_id=by.own_membership_id,
        designated_at=at,
    )
    officer = record_approval(
        action="designate_cor",
        party=Party.OFFICER,
        subject=designation.subject,
        version=contract.version,
        content_sha256=contract.content_sha256,
        by=by,
        at=at,
        on=on,
    )
    request_document(
        kind="designation",
        subject=designation.subject,
        title=f"Designation of {membership.user.name} for {contract.piid}",
        number=f"{contract.piid}-COR{contract.cor_designations.count()}",
        agency_id=contract.agency_id,
        context=paperwork.designation_letter(designation, signer=by.name),
        content_sha256=contract.content_sha256,
        version=contract.version,
        by=by,
        at=at,
        order="designation",
        approvals=[officer],
    )
    post_notice(
        recipients=[
            Recipient(organization_id=contract.agency_id, user_id=membership.user_id)
        ],
        subject=contract.subject,
        title=f"You represent the contracting officer on {contract.piid}",
        body=(
            f"Read and accept the letter. From {valid_from} to {valid_to} you "
            "watch the burn, accept usage and "
            "dispute what does not agree. You cannot change price, quantity or terms "
            "(FAR 1.602-2(d))."
        ),
        url_path=f"{contract.path}/accept_designation",
        by=by,
        at=at,
    )
    record_event(
        events.COR_DESIGNATED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "membership": membership.pk,
            "name": membership.user.name,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "level": level,
            "certified_until": certified_until,
        },
    )
    return designation


def _stands(letter: CorDesignation, on: date) -> bool:
    """Whether it binds, will bind, or still waits for its signature."""
    last = min(letter.valid_to, letter.certified_until or date.min)
    return bool(letter.level) and on <= last
