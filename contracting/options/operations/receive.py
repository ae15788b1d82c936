"""The vendor confirms that a notice of intent arrived."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.options import events, permissions
from contracting.options.models import IntentReceipt, OptionIntent
from contracting.options.operations.give import _lock_option


@transaction.atomic
def receive_option_intent(*, intent_id: int, by: Actor, at: datetime) -> IntentReceipt:
    """Keep that it arrived, when and by whom; it has its effect without this, too.

    :raises NotAllowed: unless ``by`` is of the vendor, or if it was confirmed before
    """
    found = OptionIntent.objects.get(pk=intent_id)
    option = _lock_option(found.option_id)
    intent = OptionIntent.objects.get(pk=intent_id)
    intent.option = option
    require(permissions.can_receive_option_intent(by, intent))
    receipt = IntentReceipt.objects.create(
        intent=intent, received_by_id=by.own_membership_id, received_at=at
    )
    record_event(
        events.INTENT_RECEIVED,
        subject=option.subject,
        by=by,
        at=at,
        data={"option": option.number},
    )
    return receipt
