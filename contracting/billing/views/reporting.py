"""Pages about reports: what a restatement changes, and who signs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from contracting.billing import forms, permissions, queries
from contracting.billing.models import SigningKey
from contracting.billing.operations.register_signing_key import register_signing_key
from contracting.billing.operations.revoke_signing_key import revoke_signing_key
from contracting.billing.queries.revisions import ROWS_SHOWN, revision_of
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView


class UsageReportChangesPage(PageView):
    """What does a restatement change, in rows, tokens and dollars?"""

    template_name = "billing/usage_report_changes.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        report = queries.get_report_for(self.actor, ids["public_id"])
        revision = revision_of(report)
        if revision is None:
            message = "This report corrects no other one."
            raise NotVisible(message)
        return {
            "report": report,
            "zone": report.order.contract.time_zone,
            "revision": revision,
            "counts": revision.counts,
            "rows": revision.changes[:ROWS_SHOWN],
        }


class SigningKeysPage(PageView):
    """With which keys does our organization sign its reports?"""

    template_name = "billing/signing_keys.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        keys = queries.signing_keys_visible_to(self.actor).order_by("-pk")
        return {
            "keys": keys,
            "in_force": keys.filter(revoked_at__isnull=True).count(),
            "may_register": permissions.can_register_signing_key(
                self.actor, self.actor.organization_id or 0
            ),
        }


class RegisterSigningKey(VerbView):
    """A vendor registers a public key."""

    template_name = "billing/register_signing_key.html"
    form_class = forms.RegisterSigningKeyForm
    submit_label = "Register the key"
    done_message = "The key is registered. Reports may be signed with it."

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_register_signing_key(
            self.actor, self.actor.organization_id or 0
        )

    def extra(self, thing: None) -> dict[str, Any]:
        return {"cancel_url": reverse("billing:signing_keys")}

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        register_signing_key(
            vendor_id=by.organization_id or 0,
            label=data["label"],
            public_key=data["public_key"],
            by=by,
            at=at,
        )
        return reverse("billing:signing_keys")


class RevokeSigningKey(VerbView):
    """A vendor takes a key out of force."""

    template_name = "billing/revoke_signing_key.html"
    submit_label = "Revoke the key"
    done_message = "The key is revoked."

    def thing(self, *_: Any, **ids: Any) -> SigningKey:
        return queries.get_signing_key_for(self.actor, ids["public_id"])

    def verdict(self, thing: SigningKey) -> Verdict:
        return permissions.can_register_signing_key(self.actor, thing.vendor_id)

    def extra(self, thing: SigningKey) -> dict[str, Any]:
        return {"key": thing, "cancel_url": reverse("billing:signing_keys")}

    def perform(
        self, *, thing: SigningKey, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        revoke_signing_key(key_id=thing.pk, by=by, at=at)
        return reverse("billing:signing_keys")
