"""Pages of a draft that is sealed in the browsers of its vendor."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.models import new_public_id
from contracting.core.permissions import Verdict, require
from contracting.core.views import PageView, ScriptVerbView
from contracting.proposals import permissions, queries
from contracting.proposals.forms import SealedFileForm, SealForm
from contracting.proposals.models import SealedDraftFile
from contracting.proposals.operations.attach_sealed import attach_sealed_file
from contracting.proposals.operations.detach_sealed import detach_sealed_file
from contracting.proposals.operations.seal import seal_draft
from contracting.proposals.views import DraftVerb, clock_words, shown
from contracting.solicitations.models import Solicitation
from contracting.submissions import client
from contracting.submissions.client import copy_facts, key_text, locked_facts
from contracting.submissions.forms import RereadForm
from contracting.submissions.sealing.holders import (
    holder_key_of,
    offer_key_of,
    recorded_fingerprint,
)
from contracting.submissions.sealing.offerors import pseudonym_of
from contracting.submissions.views import FilesView


class SealedVerb(ScriptVerbView, DraftVerb):
    """What the script of the page does to the sealed draft."""

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_seal_draft(self.actor, thing)


class SealDraft(SealedVerb):
    """What do we draft, where nobody but us can read it?"""

    template_name = "proposals/seal_draft.html"
    form_class: ClassVar[type[forms.Form]] = SealForm

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        workspace = self.workspace(thing)
        return {
            **shown(workspace, self.actor),
            "sealed_draft": queries.sealed_draft_of(self.actor, thing, self.alternate),
            "cells": workspace.cells,
            "choices": workspace.model_choices,
            "passphrase_form": RereadForm(files=0),
            "allowed": client.limits(thing),
            "pseudonym": pseudonym_of(thing.public_id, self.actor.own_organization_id),
        }

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
        words = clock_words(clock.now(), thing.time_zone)
        self.answer = {"message": f"Saved {words}, sealed", "version": kept.version}
        return self.request.path


class AttachSealedFile(FilesView, SealedVerb):
    """Which file goes with our sealed draft?"""

    template_name = "proposals/seal_draft.html"
    form_class: ClassVar[type[forms.Form]] = SealedFileForm
    hint = "Attach a smaller one."

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Files are attached on the page of the sealed draft."""
        thing = self.thing(**ids)
        require(self.verdict(thing))
        return redirect("proposals:seal_draft", thing.public_id, self.alternate)

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        attach_sealed_file(
            solicitation_id=thing.pk,
            file=data["file"],
            by=by,
            at=at,
            alternate=self.alternate,
        )
        next_file = new_public_id(SealedDraftFile.PREFIX)
        self.answer = {"message": "Kept, sealed", "next_file": next_file}
        return self.request.path


class DetachSealedFile(SealedVerb):
    """Shall this file go?"""

    template_name = "proposals/seal_draft.html"
    form_class: ClassVar[type[forms.Form]] = forms.Form

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Files are removed on the page of the sealed draft."""
        thing = self.thing(**ids)
        require(self.verdict(thing))
        return redirect("proposals:seal_draft", thing.public_id, self.alternate)

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        detach_sealed_file(
            solicitation_id=thing.pk,
            file=self.kwargs["file"],
            by=by,
            at=at,
            alternate=self.alternate,
        )
        self.answer = {"message": "Removed"}
        return self.request.path


class SealedFileBytes(PageView):
    """The sealed bytes of one file of our draft, for the browser that opens them."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        solicitation = queries.get_draftable_for(self.actor, ids["solicitation"])
        require(permissions.can_seal_draft(self.actor, solicitation))
        number = int(ids.get("alternate", 0))
        kept = queries.sealed_draft_of(self.actor, solicitation, number)
        file = kept and kept.files.filter(public_id=ids["file"]).first()
        if not file:
            message = "There is no such file in our draft."
            raise NotVisible(message, rule="R-ROL-07")
        return HttpResponse(
            bytes(file.sealed_content),
            content_type="application/octet-stream",
            headers={"Cache-Control": "private, no-store"},
        )


class SealedDraftFacts(PageView):
    """What a browser of the vendor needs to open its sealed draft, and to seal it."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        solicitation = queries.get_draftable_for(self.actor, ids["solicitation"])
        require(permissions.can_seal_draft(self.actor, solicitation))
        number = int(ids.get("alternate", 0))
        kept = queries.sealed_draft_of(self.actor, solicitation, number)
        files = kept.files.defer("sealed_content").order_by("pk") if kept else []
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
                "files": [
                    _file_facts(each, solicitation.public_id, number) for each in files
                ],
                "next_file": new_public_id(SealedDraftFile.PREFIX),
                "offer_key": key_text(own),
                "recorded": recorded_fingerprint(own) if own else "",
                "holder": locked_facts(holder),
                "copies": copy_facts(holder),
            },
            headers={"Cache-Control": "private, no-store"},
        )


def _file_facts(
    file: SealedDraftFile, solicitation: str, alternate: int
) -> dict[str, str]:
    return {
        "name": file.public_id,
        "facts": _base64(file.sealed_facts),
        "wrapped": _base64(file.wrapped_key),
        "url": reverse(
            "proposals:sealed_file", args=[solicitation, alternate, file.public_id]
        ),
    }


def _base64(raw: bytes | memoryview) -> str:
    return base64.b64encode(bytes(raw)).decode()
