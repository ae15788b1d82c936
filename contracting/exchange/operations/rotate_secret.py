"""Give a webhook another secret; for a day both sign its messages."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.exchange import events, permissions
from contracting.exchange.models import Webhook
from contracting.exchange.operations.register import WithSecret
from contracting.exchange.outgoing.signature import new_secrets
from contracting.exchange.states import BOTH_SECRETS_FOR


@transaction.atomic
def rotate_webhook_secret(
    *, webhook_id: int, has_leaked: bool, by: Actor, at: datetime
) -> WithSecret:
    """Sign with a new secret and a new key pair from now on.

    :param has_leaked: the former ones sign nothing more from now on, not even for the
        day in which the receiver is changed
    :raises NotAllowed: if ``by`` does not administer the organization
    """
    webhook: Webhook = Webhook.objects.locked().get(pk=webhook_id)
    require(permissions.can_rotate_webhook_secret(by, webhook))
    made, former = new_secrets(), bytes(webhook.secrets_sealed)
    webhook.secrets_sealed = made.sealed()
    webhook.former_sealed = None if has_leaked else former
    webhook.former_until = None if has_leaked else at + BOTH_SECRETS_FOR
    webhook.save(update_fields=["secrets_sealed", "former_sealed", "former_until"])
    record_event(
        events.WEBHOOK_SECRET_ROTATED,
        subject=webhook.subject,
        by=by,
        at=at,
        data={
            "label": webhook.label,
            "public_key": made.public_text,
            "former_until": webhook.former_until,
        },
    )
    return WithSecret(webhook, made.text, made.public_text)
