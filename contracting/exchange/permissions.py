"""Who says which machines are told what: administrators of the organization."""

from __future__ import annotations

from accounts.permissions import can_administer
from contracting.core.actors import Actor
from contracting.core.permissions import Refused, Verdict
from contracting.exchange.models import Webhook


def can_register_webhook(by: Actor, organization_id: int | None) -> Verdict:
    """An administrator, for their own organization; a person answers for it."""
    if by.is_system:
        return Refused("A person answers for each webhook; the system registers none.")
    return can_administer(by, organization_id, "register a webhook")


def can_rotate_webhook_secret(by: Actor, webhook: Webhook) -> Verdict:
    """An administrator of its organization."""
    return can_administer(by, webhook.organization_id, "rotate its secret")


def can_disable_webhook(by: Actor, webhook: Webhook) -> Verdict:
    """An administrator of its organization, or the machinery when all tries fail."""
    return can_administer(by, webhook.organization_id, "disable a webhook")


def can_enable_webhook(by: Actor, webhook: Webhook) -> Verdict:
    """An administrator of its organization."""
    return can_administer(by, webhook.organization_id, "enable a webhook")


def can_probe_webhook(by: Actor, webhook: Webhook) -> Verdict:
    """An administrator of its organization."""
    return can_administer(by, webhook.organization_id, "send a test")


def can_replay_webhook(by: Actor, webhook: Webhook) -> Verdict:
    """An administrator of its organization."""
    return can_administer(by, webhook.organization_id, "send messages again")
