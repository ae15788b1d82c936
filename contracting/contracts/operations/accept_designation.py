"""The representative accepts the letter of designation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.models import (
    Contract,
    CorDesignation,
    DesignationAcceptance,
)
from contracting.contracts.queries import designation_of
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.operations.sign import sign_document
from contracting.documents.queries import documents_of
from contracting.documents.states import Party
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def accept_designation(*, contract_id: int, by: Actor, at: datetime) -> CorDesignation:
    """Sign the letter of the contracting officer; it binds from now on (R-ROL-05).

    It is one more signature on the letter of the contracting officer.

    :raises NotAllowed: if ``by`` is no representative, or no letter waits for them
    :raises NoDesignation: if the letter that waited is gone
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_accept_designation(by, contract))
    letter = designation_of(by, contract)
    if letter is None or letter.is_accepted:
        message = "No letter of designation waits for you here."
        raise refusals.NoDesignation(message)
    DesignationAcceptance.objects.create(
        designation=letter, accepted_by_id=by.own_membership_id, accepted_at=at
    )
    _sign_the_letter(letter, by, at)
    post_notice(
        recipients=[
            Recipient(
                organization_id=contract.agency_id, user_id=letter.designated_by.user_id
            )
        ],
        subject=contract.subject,
        title=f"{by.name} accepts the designation for {contract.piid}",
        body=(
            f"From {letter.valid_from} to {letter.valid_to}, certified at "
            f"{letter.get_level_display()} until {letter.certified_until}."
        ),
        url_path=contract.path,
        by=by,
        at=at,
    )
    record_event(
        events.COR_DESIGNATION_ACCEPTED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "membership": letter.membership_id,
            "valid_from": letter.valid_from,
            "valid_to": letter.valid_to,
            "level": letter.level,
        },
    )
    return letter


def _sign_the_letter(letter: CorDesignation, by: Actor, at: datetime) -> None:
    """The representative's signature below that of the contracting officer."""
    paper = documents_of(letter.subject).first()
    if paper is None or not paper.parties:
        return
    sign_document(
        document_id=paper.pk,
        action="accept_designation",
        party=Party.REPRESENTATIVE,
        by=by,
        at=at,
    )
