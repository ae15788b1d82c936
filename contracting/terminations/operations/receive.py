"""The vendor confirms that a letter arrived."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.terminations import events, permissions
from contracting.terminations.models import Letter, LetterReceipt


@transaction.atomic
def receive_letter(*, letter_id: int, by: Actor, at: datetime) -> LetterReceipt:
    """Confirm it once; the letter has its effect whether or not anybody does.

    :raises NotAllowed: unless ``by`` is of the vendor and the first to confirm it
    """
    letter = _lock_letter(letter_id)
    require(permissions.can_receive_letter(by, letter))
    receipt = LetterReceipt.objects.create(
        letter=letter, received_by_id=by.own_membership_id, received_at=at
    )
    record_event(
        events.LETTER_RECEIVED,
        subject=letter.subject,
        by=by,
        at=at,
        data={"kind": letter.kind, "about": letter.about},
    )
    return receipt


def _lock_letter(letter_id: int) -> Letter:
    """Lock the contract of a letter; letters themselves never change."""
    contract_id = Letter.objects.values_list("contract_id", flat=True).get(pk=letter_id)
    Contract.objects.locked().get(pk=contract_id)
    return Letter.objects.select_related("contract", "order").get(pk=letter_id)
