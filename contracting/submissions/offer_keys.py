"""Pages of the offer key: who of a vendor can read its sealed offers again."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views.decorators.debug import sensitive_post_parameters

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible, Refusal
from contracting.core.permissions import Refused, Verdict
from contracting.core.views import PageView, VerbView
from contracting.documents.checking.names import clean_name
from contracting.documents.queries import read_blob
from contracting.reference.models import AiModel
from contracting.submissions import client, permissions, queries
from contracting.submissions.forms import (
    HoldingForm,
    RereadForm,
    RotationForm,
    SharingForm,
)
from contracting.submissions.models import HolderKey, SubmissionVersion
from contracting.submissions.operations.hold import hold_offer_key
from contracting.submissions.operations.reread import reread_version
from contracting.submissions.operations.rotate import rotate_offer_key
from contracting.submissions.operations.share import share_offer_key
from contracting.submissions.sealing.holders import (
    holder_key_of,
    holders_of,
    offer_key_of,
    waiting_holders,
)


def _people(holders: list[HolderKey]) -> list[tuple[str, str]]:
    return [
        (each.public_id, f"{each.user}, key {each.fingerprint[:12]}")
        for each in holders
    ]


def key_facts(by: Actor) -> dict[str, Any]:
    """Who of the acting vendor holds the offer key, and who waits for it."""
    key = offer_key_of(by.organization_id)
    holders = holders_of(key) if key else []
    return {
        "offer_key": key,
        "holders": holders,
        "waiting": waiting_holders(key) if key else [],
        "own": holder_key_of(by),
        "holds": by.user_id in [each.user_id for each in holders],
    }


class OfferKeyPage(PageView):
    """Who of us can read our sealed offers again?"""

    template_name = "submissions/offer_key.html"

    def context(self, **_ids: Any) -> dict[str, Any]:
        if not self.actor.is_vendor:
            message = "Offer keys are held by people of a vendor."
            raise NotVisible(message)
        return {
            **key_facts(self.actor),
            "may_hold": permissions.can_hold_offer_key(self.actor),
            "may_share": permissions.can_share_offer_key(self.actor),
            "may_rotate": permissions.can_rotate_offer_key(self.actor),
        }


class OfferKeyVerb(VerbView):
    """A page that does one thing to the offer key of the acting vendor."""

    can: ClassVar[Any]

    def verdict(self, thing: None) -> Verdict:
        verdict: Verdict = type(self).can(self.actor)
        return verdict

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Who holds the key and who waits for it, asked once for a page."""
        return key_facts(self.actor)

    def extra(self, thing: None) -> dict[str, Any]:
        return self.facts


@method_decorator(sensitive_post_parameters(), name="dispatch")
class HoldOfferKey(OfferKeyVerb):
    """Choose my passphrase for reading our offers again."""

    template_name = "submissions/hold_offer_key.html"
    form_class: ClassVar[type[forms.Form]] = HoldingForm
    submit_label = "Choose this passphrase"
    done_message = "Your passphrase is chosen. Keep it: nobody can bring it back."
    can = staticmethod(permissions.can_hold_offer_key)

    def extra(self, thing: None) -> dict[str, Any]:
        facts = self.facts
        others = [each for each in facts["holders"] if each != facts["own"]]
        iterations = settings.OPENER_KEY_ITERATIONS
        return {**facts, "others": others, "iterations": iterations}

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        hold_offer_key(
            passphrase=data["passphrase"],
            locked=data["locked"],
            made=data["made"],
            by=by,
            at=at,
        )
        return reverse("submissions:offer_key")


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ShareOfferKey(OfferKeyVerb):
    """Let a colleague read our offers too."""

    template_name = "submissions/share_offer_key.html"
    form_class: ClassVar[type[forms.Form]] = SharingForm
    submit_label = "Share the offer key"
    done_message = "The offer key is shared, and your colleague is told."
    can = staticmethod(permissions.can_share_offer_key)

    def form_options(self, thing: None) -> dict[str, Any]:
        return {"people": _people(self.facts["waiting"])}

    def extra(self, thing: None) -> dict[str, Any]:
        facts = self.facts
        return {
            **facts,
            "locked": client.locked_facts(facts["own"]),
            "copies": client.copy_facts(facts["own"]),
            "public_keys": _public_keys(facts["waiting"]),
        }

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        share_offer_key(
            holder=data["holder"],
            passphrase=data["passphrase"],
            copies=data["copies"],
            by=by,
            at=at,
        )
        return reverse("submissions:offer_key")


class RotateOfferKey(OfferKeyVerb):
    """Replace the offer key, and take somebody off it."""

    template_name = "submissions/rotate_offer_key.html"
    form_class: ClassVar[type[forms.Form]] = RotationForm
    submit_label = "Replace the offer key"
    done_message = (
        "The offer key is replaced. Later versions are sealed to the new one."
    )
    can = staticmethod(permissions.can_rotate_offer_key)

    def form_options(self, thing: None) -> dict[str, Any]:
        holders = self.facts["holders"]
        others = [each for each in holders if each.user_id != self.actor.user_id]
        return {"people": _people(others)}

    def extra(self, thing: None) -> dict[str, Any]:
        facts = self.facts
        return {**facts, "public_keys": _public_keys(facts["holders"])}

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        rotate_offer_key(leaving=data["leaving"], made=data["made"], by=by, at=at)
        return reverse("submissions:offer_key")


@method_decorator(sensitive_post_parameters(), name="dispatch")
class RereadVersion(VerbView):
    """What did we offer?"""

    template_name = "submissions/reread_version.html"
    form_class: ClassVar[type[forms.Form]] = RereadForm
    submit_label = "Read it"

    def thing(self, receipt: str, **_ids: Any) -> SubmissionVersion:
        return queries.get_receipt_for(self.actor, receipt)

    def verdict(self, thing: SubmissionVersion) -> Verdict:
        return permissions.can_reread_version(self.actor, thing)

    def form_options(self, thing: SubmissionVersion) -> dict[str, Any]:
        return {"files": len(thing.files) - 2}

    def extra(self, thing: SubmissionVersion) -> dict[str, Any]:
        return {
            **client.sealed_facts(self.actor, thing),
            "lines": thing.submission.solicitation.lines.order_by("slin"),
            "models": AiModel.objects.order_by("pk"),
        }

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Show it, in answer to the passphrase and nowhere else; nothing is kept."""
        thing = self.thing(**ids)
        form = self.form_class(request.POST, **self.form_options(thing))
        verdict = self.verdict(thing)
        if isinstance(verdict, Refused):
            return self._not_allowed(thing, verdict)
        if not form.is_valid():
            return self._page(thing, form, status=422)
        passphrase, part = form.cleaned_data["passphrase"], form.cleaned_data["part"]
        try:
            offer = reread_version(
                version_id=thing.pk,
                passphrase=passphrase,
                by=self.actor,
                at=clock.now(),
            )
        except Refusal as refusal:
            return self._page(thing, form, status=refusal.status, refusal=refusal)
        if part:
            return _attached(*offer.files[int(part) - 1], int(part))
        context = {"thing": thing, "form": form, **self.extra(thing), "offer": offer}  # noqa: S610
        page = render(request, self.template_name, context)
        page["Cache-Control"] = "private, no-store"
        return page


def _attached(name: str, content: bytes, number: int) -> HttpResponse:
    shown = clean_name(name) or f"File {number}"
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": content_disposition_header(
                as_attachment=True, filename=shown
            )
            or "",
            "Cache-Control": "private, no-store",
        },
    )


class SealedBytes(PageView):
    """Our own sealed bytes, for the browser that opens them."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        version = queries.get_receipt_for(self.actor, ids["receipt"])
        return HttpResponse(
            read_blob(version.sealed_blob),
            content_type="application/octet-stream",
            headers={"Cache-Control": "private, no-store"},
        )


def _public_keys(holders: list[HolderKey]) -> list[tuple[str, str]]:
    return [(each.public_id, client.key_text(each)) for each in holders]
