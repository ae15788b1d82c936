"""How a file comes into a draft in pieces: begun, gone on with, completed.

Only scripts send them; without one the file is attached in one request by the form.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from contracting.core import clock, doors
from contracting.core.actors import Actor
from contracting.core.api import refuse_too_large
from contracting.core.models import new_public_id
from contracting.core.permissions import Verdict, require
from contracting.core.views import PageView, ScriptVerbView
from contracting.proposals import permissions, pieces, queries
from contracting.proposals.forms import SubmitUploadForm, UploadForm
from contracting.proposals.models import DraftUpload, SealedDraftFile
from contracting.proposals.operations.abandon_upload import abandon_upload
from contracting.proposals.operations.append_upload import append_upload
from contracting.proposals.operations.begin_upload import begin_upload
from contracting.proposals.operations.complete_upload import complete_upload
from contracting.proposals.operations.submit_upload import submit_upload
from contracting.proposals.states import UploadKind
from contracting.proposals.views import DraftVerb
from contracting.solicitations.models import Solicitation
from contracting.submissions.queries import amendment_numbers
from contracting.submissions.views import ReceivingVerb, receipt_url


def told(upload: DraftUpload, solicitation: Solicitation, alternate: int) -> Any:
    """What a script has to know of an upload to go on with it."""
    ids = [solicitation.public_id, alternate, upload.public_id]
    return {
        "upload": upload.public_id,
        "size_bytes": upload.size_bytes,
        "offset": upload.offset,
        "piece_bytes": pieces.PIECE_BYTES,
        "is_complete": upload.completed_at is not None,
        "at": reverse("proposals:upload", args=ids),
        "append": reverse("proposals:append_upload", args=ids),
        "complete": reverse("proposals:complete_upload", args=ids),
        "abandon": reverse("proposals:abandon_upload", args=ids),
        "submit": reverse("proposals:submit_upload", args=ids),
    }


class UploadVerb(ScriptVerbView, DraftVerb):
    """What a script does with a file on its way into the draft."""

    template_name = "proposals/attach_draft_files.html"
    form_class: ClassVar[type[forms.Form]] = forms.Form
    not_done = "The file was not sent."

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Files are sent from the pages of the draft."""
        thing = self.thing(**ids)
        require(permissions.can_save_draft(self.actor, thing))
        return redirect("proposals:attach_draft_files", thing.public_id, self.alternate)

    def upload(self, thing: Solicitation) -> DraftUpload:
        """The upload that the address names."""
        return pieces.get_upload_for(
            self.actor, thing, self.kwargs["upload"], self.alternate
        )

    def where(self, thing: Solicitation) -> dict[str, Any]:
        """What every verb of an upload is told of it."""
        return {
            "solicitation_id": thing.pk,
            "upload": self.kwargs["upload"],
            "alternate": self.alternate,
        }


class BeginUpload(UploadVerb):
    """Where does this file begin, or go on?"""

    form_class: ClassVar[type[forms.Form]] = UploadForm

    def verdict(self, thing: Solicitation) -> Verdict:
        sent = self.request.POST
        kind = UploadKind.SEALED_FILE if sent.get("made") else UploadKind.FILE
        if sent.get("is_offer"):
            kind = UploadKind.SEALED_OFFER
        return permissions.can_begin_upload(self.actor, thing, kind=kind)

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        upload = begin_upload(
            solicitation_id=thing.pk,
            file=data["file"],
            by=by,
            at=at,
            alternate=self.alternate,
        )
        self.answer = told(upload, thing, self.alternate)
        return self.request.path


class Upload(PageView):
    """How much of this file is here?"""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        solicitation = queries.get_draftable_for(self.actor, ids["solicitation"])
        require(permissions.can_save_draft(self.actor, solicitation))
        number = int(ids.get("alternate", 0))
        upload = pieces.get_upload_for(self.actor, solicitation, ids["upload"], number)
        return JsonResponse(
            told(upload, solicitation, number),
            headers={"Cache-Control": "private, no-store"},
        )


class AppendUpload(UploadVerb):
    """Does this piece go on where the bytes end?"""

    def put(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Keep the body as the next piece; what is refused says where they end."""
        try:
            thing = self.thing(**ids)
            refuse_too_large(request)
            piece = pieces.piece_of(
                request.body,
                content_range=request.headers.get("Content-Range", ""),
                digest=request.headers.get("Content-Digest", ""),
            )
            upload = append_upload(
                piece=piece, by=self.actor, at=clock.now(), **self.where(thing)
            )
        except Exception as error:
            refusal = doors.refusal_of(error)
            if refusal is None or refusal.status == 404:
                raise
            body = {"message": refusal.message, "code": refusal.code, **refusal.data}
            return JsonResponse(body, status=refusal.status)
        return JsonResponse(told(upload, thing, self.alternate))


class CompleteUpload(UploadVerb):
    """Is this the whole file, and one that may be taken?"""

    def verdict(self, thing: Solicitation) -> Verdict:
        kind = self.upload(thing).of_kind
        return permissions.can_complete_upload(self.actor, thing, kind=kind)

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        digest = self.request.headers.get("Repr-Digest", "")
        upload = complete_upload(
            sha256=pieces.sha256_told(digest), by=by, at=at, **self.where(thing)
        )
        self.answer = {
            **told(upload, thing, self.alternate),
            "file": upload.file,
            "next_file": new_public_id(SealedDraftFile.PREFIX),
        }
        return self.request.path


class AbandonUpload(UploadVerb):
    """Shall what has come of this file go?"""

    def verdict(self, thing: Solicitation) -> Verdict:
        kind = self.upload(thing).of_kind
        return permissions.can_abandon_upload(self.actor, thing, kind=kind)

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        abandon_upload(by=by, at=at, **self.where(thing))
        self.answer = {"message": "Abandoned"}
        return self.request.path


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SubmitUpload(ReceivingVerb):
    """Shall what was sealed elsewhere, and has come in pieces, be our offer?"""

    template_name = "proposals/submit_upload.html"
    form_class: ClassVar[type[forms.Form]] = SubmitUploadForm
    submit_label = "Submit this offer"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """An offer is handed in from the page on which it is written."""
        thing = self.thing(**ids)
        pieces.get_upload_for(self.actor, thing, ids["upload"], self.alternate)
        return redirect(
            "submissions:submit_submission", thing.public_id, self.alternate
        )

    @property
    def alternate(self) -> int:
        """Which alternate is submitted; 0 for the base offer."""
        return int(self.kwargs.get("alternate", 0))

    def thing(self, *_: Any, **ids: Any) -> Solicitation:
        return queries.get_draftable_for(self.actor, ids["solicitation"])

    def solicitation(self, thing: Solicitation) -> Solicitation:
        return thing

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_submit_upload(self.actor, thing)

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return {"numbers": amendment_numbers(thing)}

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        return {"solicitation": thing, "alternate": self.alternate}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        submission = submit_upload(
            solicitation_id=thing.pk,
            upload=self.kwargs["upload"],
            told=data["told"],
            sha256=data["sha256"],
            acknowledged=data["acknowledged"],
            by=by,
            at=at,
            alternate=self.alternate,
        )
        return receipt_url(submission)
