"""Pages of papers: its state, its hash, and the file itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from contracting.audit.operations.log import log_reading
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict, require
from contracting.core.views import OperationView, PageView, VerbView
from contracting.documents import permissions, queries, rendering
from contracting.documents.forms import SignedCopyForm
from contracting.documents.models import Document, Operation, Rendering, SignedCopy
from contracting.documents.operations.cancel_operation import cancel_operation
from contracting.documents.operations.render import MAX_ATTEMPTS
from contracting.documents.operations.retry import retry_document
from contracting.documents.operations.upload import upload_signed_copy
from contracting.documents.refusals import NotReady
from contracting.documents.states import DocumentKind, DocumentState

WATCH_SECONDS: Final = "5"


def pdf_response(document: Document, rendering: Rendering) -> HttpResponse:
    """The file as it was stored, after its hash was checked.

    :raises Damaged: if the stored bytes are not those that were hashed
    """
    return HttpResponse(
        queries.read_blob(rendering.blob),
        content_type=queries.served_type(rendering.blob),
        headers=queries.file_headers(document, rendering.blob),
    )


class WatchedPage(PageView):
    """A page of something that is under way: it reloads only for who asked it to.

    Scripts look by themselves. Without them the page says how to look again, and
    ``?watch=1``, a link on it, looks every five seconds until another link ends that
    (WCAG 2.2.1 and 2.2.2: no page reloads by itself).
    """

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        context = self.context(**ids)
        watching = bool(request.GET.get("watch")) and context["is_under_way"]
        page = render(request, self.template_name, {**context, "watching": watching})
        if watching:
            page["Refresh"] = WATCH_SECONDS
        return page


class DraftView(PageView):
    """Hands out what is not issued yet as it would be printed, and keeps nothing.

    The press runs in a process of its own; the file says on every page that it is a
    draft.
    """

    def sheet(self, **ids: Any) -> rendering.Sheet:
        """The draft that is asked for.

        :raises NotVisible: to those who may not see what it is a draft of
        :raises Http404: once there is no draft of it any more
        """
        raise NotImplementedError

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        return draft_response(self.sheet(**ids), next(iter(ids.values())))


def draft_response(sheet: rendering.Sheet, name: str) -> HttpResponse:
    """The print of a draft, kept nowhere, as a file ``draft-…``.

    :raises NotReady: where the libraries of the press are missing
    """
    try:
        pdf = rendering.render_apart(sheet)
    except rendering.LibrariesMissing as missing:
        raise NotReady(str(missing)) from missing
    headers = queries.download_headers(f"draft-{name}.pdf")
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


class PaperPage(PageView):
    """Open to everybody for a public paper; for all others one must sign in."""

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if request.user.is_authenticated or not queries.is_public(kwargs["document"]):
            return super().dispatch(request, *args, **kwargs)
        return View.dispatch(self, request, *args, **kwargs)

    def log(self, document: Document, how: str) -> None:
        """Write down who reads a paper with source selection information.

        A copy of one that was released has none any more.
        """
        if document.kind == DocumentKind.DECISION and not document.is_release_copy:
            log_reading(
                subject=document.as_subject,
                what=self.request.path,
                how=how,
                by=self.actor,
                at=clock.now(),
            )


class DocumentPage(WatchedPage, PaperPage):
    """Is the paper ready, and is it the one that was decided on?"""

    template_name = "documents/document.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        document = queries.get_document_for(self.actor, ids["document"])
        self.log(document, "read")
        return {
            "document": document,
            "rendering": document.rendering,
            "file_name": queries.file_name(document),
            "may_retry": permissions.can_retry_document(self.actor, document),
            "is_under_way": document.state == DocumentState.REQUESTED,
            "is_printing": queries.is_being_printed(document, clock.now()),
            "most_attempts": MAX_ATTEMPTS,
            "signatures": queries.signatures_of(document),
            "may_upload": permissions.can_upload_signed_copy(self.actor, document),
            "copies": _copies_for(self.actor, document),
        }


class DownloadDocument(PaperPage):
    """The file."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        document = queries.get_document_for(self.actor, ids["document"])
        response = pdf_response(document, queries.rendering_of(document))
        self.log(document, "download")
        return response


class DownloadForSignature(PaperPage):
    """The file as this party may sign it with a key of its own."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        document = queries.get_document_for(self.actor, ids["document"])
        require(permissions.can_upload_signed_copy(self.actor, document))
        party = queries.party_of(self.actor, document)
        name = f"to-sign-{queries.file_name(document)}"
        return HttpResponse(
            queries.issued_for(document, party),
            content_type="application/pdf",
            headers=queries.download_headers(name),
        )


class DownloadSignedCopy(PaperPage):
    """The copy as it was handed in, once its check has not refused it."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        document = queries.get_document_for(self.actor, ids["document"])
        copy = queries.get_copy_for(self.actor, document, ids["copy"])
        return HttpResponse(
            queries.read_blob(copy.blob),
            content_type="application/pdf",
            headers=queries.attachment_headers(copy.name, copy.blob),
        )


class UploadSignedCopy(VerbView):
    """Whose signature with a key of their own is on a copy of this paper?"""

    template_name = "documents/upload_signed_copy.html"
    form_class = SignedCopyForm
    submit_label = "Hand in the signed copy"
    done_message = "The copy is here and is being checked. That takes a few seconds."

    def thing(self, **ids: Any) -> Document:
        return queries.get_document_for(self.actor, ids["document"])

    def verdict(self, thing: Document) -> Verdict:
        return permissions.can_upload_signed_copy(self.actor, thing)

    def extra(self, thing: Document) -> dict[str, Any]:
        return {"document": thing, "copies": _copies_for(self.actor, thing)}

    def perform(
        self, *, thing: Document, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        upload_signed_copy(document_id=thing.pk, file=data["file"], by=by, at=at)
        return reverse("documents:document", args=[thing.public_id])


def _copies_for(actor: Actor, document: Document) -> list[SignedCopy]:
    """Both parties see the signed copies; whoever else may read the paper does not."""
    if actor.organization_id not in {document.agency_id, document.vendor_id}:
        return []
    return list(queries.copies_of(document))


class RetryDocument(VerbView):
    """Shall a paper that failed be printed after all?"""

    template_name = "documents/retry_document.html"
    submit_label = "Request the paper again"
    done_message = "The paper is requested again."

    def thing(self, **ids: Any) -> Document:
        return queries.get_document_for(self.actor, ids["document"])

    def verdict(self, thing: Document) -> Verdict:
        return permissions.can_retry_document(self.actor, thing)

    def claimant(self, thing: Document) -> Actor:
        return queries.recorded_as(self.actor, thing)

    def perform(
        self, *, thing: Document, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        document = retry_document(document_id=thing.pk, by=by, at=at)
        return reverse("documents:document", args=[document.public_id])


class OperationPage(WatchedPage):
    """How far is it, and what came of it?"""

    template_name = "documents/operation.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        operation = queries.get_operation_for(self.actor, ids["public_id"])
        return {
            "operation": operation,
            "is_under_way": operation.is_open,
            "may_cancel": permissions.can_cancel_operation(self.actor, operation),
        }


class CancelOperationView(OperationView):
    """Shall it stop before its next step?"""

    template_name = "documents/cancel_operation.html"
    submit_label = "Stop it"
    done_message = "It stops before its next step."
    can = permissions.can_cancel_operation
    operation = cancel_operation

    def thing(self, **ids: Any) -> Operation:
        return queries.get_operation_for(self.actor, ids["public_id"])

    def keys(self, thing: Operation) -> dict[str, int]:
        return {"operation_id": thing.pk}
