"""Pages of a draft that is sealed in the browsers of its vendor."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import Refusal
from contracting.core.permissions import Verdict, require
from contracting.core.views import PageView
from contracting.proposals import permissions, queries
from contracting.proposals.forms import SealForm
from contracting.proposals.operations.seal import seal_draft
from contracting.proposals.views import DraftVerb, clock_words, shown
from contracting.solicitations.models import Solicitation
from contracting.submissions.client import copy_facts, key_text, locked_facts
from contracting.submissions.forms import RereadForm
from contracting.submissions.sealing.holders import (
    holder_key_of,
    offer_key_of,
    recorded_fingerprint,
)


class SealDraft(DraftVerb):
    """What do we draft, where nobody but us can read it?"""

    template_name = "proposals/seal_draft.html"
    form_class: ClassVar[type[forms.Form]] = SealForm
    refusal: Refusal | None = None
    version = 0

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_seal_draft(self.actor, thing)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        workspace = self.workspace(thing)
        return {
            **shown(workspace, self.actor),
            "sealed_draft": queries.sealed_draft_of(self.actor, thing, self.alternate),
            "cells": workspace.cells,
            "choices": workspace.model_choices,
            "passphrase_form": RereadForm(files=0),
        }

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Answer the page, which saves by itself; only a script sends it."""
        reply = super().post(request, **ids)
        if self.version:
            words = clock_words(clock.now(), self.thing(**ids).time_zone)
            body = {"message": f"Saved {words}, sealed", "version": self.version}
            return JsonResponse(body)
        message, code = "It was not saved. Load the page again.", "invalid"
        if self.refusal is not None:
            message, code = self.refusal.message, self.refusal.code
        return JsonResponse(
            {"message": message, "code": code}, status=reply.status_code
        )

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        kept = seal_draft(
            solicitation_id=thing.pk,
            content=data["made"],
            seen_version=data["seen_version"],
            by=by,
            at=at,
            alternate=self.alternate,
        )
        self.version = kept.version
        return self.request.path

    def refused(self, thing: Any, refusal: Refusal, at: datetime) -> None:
        self.refusal = refusal


class SealedDraftFacts(PageView):
    """What a browser of the vendor needs to open its sealed draft, and to seal it."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        solicitation = queries.get_draftable_for(self.actor, ids["solicitation"])
        require(permissions.can_seal_draft(self.actor, solicitation))
        number = int(ids.get("alternate", 0))
        kept = queries.sealed_draft_of(self.actor, solicitation, number)
        own, holder = (
            offer_key_of(self.actor.organization_id),
            holder_key_of(self.actor),
        )
        return JsonResponse(
            {
                "place": f"{solicitation.public_id}/{number}",
                "version": kept.version if kept else 0,
                "sealed": _base64(kept.sealed) if kept else "",
                "wrapped": _base64(kept.wrapped_key) if kept else "",
                "offer_key": key_text(own),
                "recorded": recorded_fingerprint(own) if own else "",
                "holder": locked_facts(holder),
                "copies": copy_facts(holder),
            },
            headers={"Cache-Control": "private, no-store"},
        )


def _base64(raw: bytes | memoryview) -> str:
    return base64.b64encode(bytes(raw)).decode()
