"""Stop sending to a webhook; what waits for it is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import OrganizationKind, Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.exchange import events, permissions
from contracting.exchange.models import Webhook
from contracting.exchange.refusals import WebhookIncomplete
from contracting.exchange.states import WebhookState
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def disable_webhook(
    *, webhook_id: int, reason: str, by: Actor, at: datetime
) -> Webhook:
    """Send nothing more; its administrators are told, by e-mail too.

    :raises NotAllowed: if ``by`` does not administer the organization
    :raises WebhookIncomplete: without a reason
    :raises IllegalMove: if it is disabled
    """
    webhook: Webhook = Webhook.objects.locked().get(pk=webhook_id)
    require(permissions.can_disable_webhook(by, webhook))
    if not reason.strip():
        message = "Say why nothing is sent to it any more."
        raise WebhookIncomplete(message, pointer="/reason")
    webhook.disabled_because = reason.strip()[:300]
    webhook.save(update_fields=["disabled_because"])
    webhook.move_to(WebhookState.DISABLED)
    organization = webhook.organization
    is_vendor = organization.kind == OrganizationKind.VENDOR
    role = Role.VENDOR_ADMINISTRATOR if is_vendor else Role.ADMINISTRATOR
    post_notice(
        recipients=[Recipient(organization_id=organization.pk, role=role)],
        subject=webhook.subject,
        title=f"Webhook disabled: {webhook.label}",
        body=(
            f"Nothing more is sent to it: {webhook.disabled_because} What happens is "
            "kept, and sent once it is enabled again."
        ),
        url_path=webhook.path,
        by=by,
        at=at,
    )
    record_event(
        events.WEBHOOK_DISABLED,
        subject=webhook.subject,
        by=by,
        at=at,
        data={"label": webhook.label, "reason": webhook.disabled_because},
    )
    return webhook
