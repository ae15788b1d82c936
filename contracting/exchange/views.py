"""Pages of webhooks: which machines are told, and whether they take it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts.states import Role
from accounts.views import ShownOnceView
from contracting.audit.queries import events_of
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.views import OperationView, PageView, VerbView
from contracting.exchange import forms, permissions, queries
from contracting.exchange.models import Webhook
from contracting.exchange.operations.disable import disable_webhook
from contracting.exchange.operations.enable import enable_webhook
from contracting.exchange.operations.probe import probe_webhook
from contracting.exchange.operations.register import register_webhook
from contracting.exchange.operations.replay import replay_webhook
from contracting.exchange.operations.rotate_secret import rotate_webhook_secret
from contracting.exchange.outgoing.signature import unsealed

LIST = "/webhooks/"


class WebhooksPage(PageView):
    """Which machines of ours are told what happens, and do they take it?"""

    template_name = "exchange/webhooks.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        if not self.actor.has_role(
            Role.ADMINISTRATOR, Role.VENDOR_ADMINISTRATOR, Role.AUDITOR
        ):
            message = "Webhooks are for administrators."
            raise NotVisible(message)
        found = queries.webhooks_visible_to(self.actor)
        rows = queries.standings(found, clock.now())
        return {
            "rows": rows,
            "troubled": [
                row for row in rows if row.failed or not row.webhook.is_active
            ],
            "may_register": permissions.can_register_webhook(
                self.actor, self.actor.organization_id
            ),
        }


class WebhookPage(PageView):
    """What was this machine told, and what did it answer?"""

    template_name = "exchange/webhook.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        webhook = queries.get_webhook_for(self.actor, ids["public_id"])
        same = queries.webhooks_visible_to(self.actor).filter(pk=webhook.pk)
        (standing,) = queries.standings(same, clock.now())
        return {
            "webhook": webhook,
            "standing": standing,
            "public_key": _public_key(webhook),
            "told": queries.log_of(webhook),
            "shown": queries.SHOWN,
            "may": permissions.can_probe_webhook(self.actor, webhook),
            "events": events_of(webhook.subject),
        }


def _public_key(webhook: Webhook) -> str:
    try:
        return unsealed(webhook.secrets_sealed).public_text
    except ValueError:
        return ""


class ShowsSecretOnce(ShownOnceView):
    """A verb that makes the secret of a webhook, which is shown once."""

    shown_template = "exchange/webhook_secret.html"


class RegisterWebhook(ShowsSecretOnce):
    """Tell a machine of ours what happens."""

    template_name = "exchange/register_webhook.html"
    form_class = forms.RegisterWebhookForm
    submit_label = "Register the webhook"

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_register_webhook(self.actor, self.actor.organization_id)

    def form_options(self, thing: None) -> dict[str, Any]:
        return {"is_vendor": self.actor.is_vendor}

    def extra(self, thing: None) -> dict[str, Any]:
        return {"cancel_url": LIST}

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        self.made = register_webhook(
            organization_id=by.own_organization_id, **data, by=by, at=at
        )
        path: str = self.made.webhook.path
        return path


class _OfWebhook(VerbView):
    """A verb on one webhook."""

    def thing(self, *_: Any, **ids: Any) -> Webhook:
        return queries.get_webhook_for(self.actor, ids["public_id"])

    def extra(self, thing: Webhook) -> dict[str, Any]:
        return {"webhook": thing, "cancel_url": thing.path}


class RotateWebhookSecret(_OfWebhook, ShowsSecretOnce):
    """Give a webhook another secret."""

    template_name = "exchange/rotate_webhook_secret.html"
    form_class = forms.RotateSecretForm
    submit_label = "Rotate the secret"

    def verdict(self, thing: Webhook) -> Verdict:
        return permissions.can_rotate_webhook_secret(self.actor, thing)

    def perform(
        self, *, thing: Webhook, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        self.made = rotate_webhook_secret(webhook_id=thing.pk, **data, by=by, at=at)
        return thing.path


class _Operation(_OfWebhook, OperationView):
    """A verb on one webhook that leads back to its page."""

    def keys(self, thing: Webhook) -> dict[str, int]:
        return {"webhook_id": thing.pk}


class DisableWebhook(_Operation):
    """Stop sending to a webhook."""

    template_name = "exchange/disable_webhook.html"
    form_class = forms.DisableWebhookForm
    submit_label = "Disable the webhook"
    done_message = "Nothing more is sent to it. What waits is kept."
    can = permissions.can_disable_webhook
    operation = disable_webhook


class EnableWebhook(_Operation):
    """Send to a webhook again."""

    template_name = "exchange/enable_webhook.html"
    submit_label = "Enable the webhook"
    done_message = "It is told again, first of what happened meanwhile."
    can = permissions.can_enable_webhook
    operation = enable_webhook


class ProbeWebhook(_Operation):
    """Send a test to a webhook."""

    template_name = "exchange/probe_webhook.html"
    submit_label = "Send a test"
    done_message = "The test goes out within seconds. Load this page again to see it."
    can = permissions.can_probe_webhook
    operation = probe_webhook


class ReplayWebhook(_Operation):
    """Send messages of a webhook again."""

    template_name = "exchange/replay_webhook.html"
    form_class = forms.ReplayWebhookForm
    submit_label = "Send them again"
    done_message = "They go out again within seconds, with the ids that they had."
    can = permissions.can_replay_webhook
    operation = replay_webhook

    def initial(self, thing: Webhook) -> dict[str, Any]:
        """The last day; or the instant of the message that the address names."""
        now = clock.now().replace(microsecond=0)
        named = self.request.GET.get("message", "")
        one = thing.messages.filter(public_id=named).first()
        if one is None:
            return {"since": now - timedelta(days=1), "until": now}
        return {"since": one.occurred_at, "until": one.occurred_at}
