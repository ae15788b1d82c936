"""Endpoints of papers: what is known of one, and its file."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core.api import EndpointView
from contracting.core.permissions import require
from contracting.documents import permissions, queries
from contracting.documents.forms import taken_file
from contracting.documents.operations.cancel_operation import cancel_operation
from contracting.documents.operations.upload import upload_signed_copy
from contracting.documents.serializers import (
    DocumentSerializer,
    OperationSerializer,
    SignedCopySerializer,
    show_copy,
    show_document,
    show_operation,
)

POLL_SECONDS: Final = "2"


class PdfRenderer(BaseRenderer):
    """Lets a client ask for ``application/pdf``; a problem is JSON all the same."""

    media_type = "application/pdf"
    format = "pdf"

    def render(self, data: Any, *_: Any, **__: Any) -> bytes:
        return json.dumps(data, default=str).encode()


class DocumentEndpoint(EndpointView):
    """One paper: its state, its version, the hash of its content and of its file."""

    scope_read = "documents:read"

    @extend_schema(responses=DocumentSerializer)
    def get(self, request: Request, document: str) -> Response:
        """Read one paper."""
        found = queries.get_document_for(self.actor, document)
        return Response(show_document(found))


class DownloadEndpoint(EndpointView):
    """The file of a paper."""

    scope_read = "documents:read"
    renderer_classes = (JSONRenderer, PdfRenderer)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Request, document: str) -> HttpResponse:
        """Download one paper; 409 while it is being prepared."""
        found = queries.get_document_for(self.actor, document)
        rendering = queries.rendering_of(found)
        return HttpResponse(
            queries.read_blob(rendering.blob),
            content_type=queries.served_type(rendering.blob),
            headers=queries.file_headers(found, rendering.blob),
        )


class PdfParser(BaseParser):
    """Takes ``application/pdf``; the body is read as it is."""

    media_type = "application/pdf"

    def parse(self, stream: Any, *_: Any, **__: Any) -> dict[str, Any]:
        return {}


class DownloadForSignatureEndpoint(EndpointView):
    """The file as the key's party may sign it with a key of its own."""

    scope_read = "documents:read"
    renderer_classes = (JSONRenderer, PdfRenderer)

    @extend_schema(
        operation_id="download_for_signature",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, document: str) -> HttpResponse:
        """Download the copy for your signature: one empty field is yours."""
        found = queries.get_document_for(self.actor, document)
        party = queries.party_of(self.actor, found)
        return HttpResponse(
            queries.issued_for(found, party),
            content_type="application/pdf",
            headers=queries.download_headers(f"to-sign-{queries.file_name(found)}"),
        )


class SignedCopiesEndpoint(EndpointView):
    """Copies that a party has signed with a key of its own."""

    scope_read = "documents:read"
    scope_write = "documents:write"
    parser_classes = (PdfParser,)

    @extend_schema(
        operation_id="list_signed_copies",
        summary="List signed copies",
        responses=SignedCopySerializer(many=True),
    )
    def get(self, request: Request, document: str) -> Response:
        found = queries.get_document_for(self.actor, document)
        copies = queries.copies_of(found)
        if self.actor.organization_id not in {found.agency_id, found.vendor_id}:
            copies = copies.none()
        return self.page(request, copies, show_copy)

    @extend_schema(
        operation_id="upload_signed_copy",
        summary="Hand in a signed copy",
        description=(
            "The body is the file of download_for_signature, signed in its one empty "
            "field and changed in nothing else. It is checked by an operation, whose "
            "address is in Location."
        ),
        request={"application/pdf": OpenApiTypes.BINARY},
        responses={202: SignedCopySerializer},
    )
    def post(self, request: Request, document: str) -> Response:
        found = queries.get_document_for(self.actor, document)
        sent = SimpleUploadedFile(f"signed-{queries.file_name(found)}", request.body)

        def work(at: datetime) -> tuple[int, Any, str]:
            require(permissions.can_upload_signed_copy(self.actor, found))
            copy = upload_signed_copy(
                document_id=found.pk,
                file=taken_file(sent, allowed=("pdf",)),
                by=self.actor,
                at=at,
            )
            where = reverse("api:operation", args=[copy.operation.public_id])
            return 202, show_copy(copy), where

        return self.once(request, work)


class OperationEndpoint(EndpointView):
    """Work that takes longer than a request: where it stands, and what came of it."""

    @extend_schema(
        operation_id="get_operation",
        summary="Read an operation",
        responses=OperationSerializer,
        tags=["operations"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        found = queries.get_operation_for(self.actor, public_id)
        response = Response(show_operation(found))
        if found.is_open:
            response["Retry-After"] = POLL_SECONDS
        return response


class CancelOperationEndpoint(EndpointView):
    """Let it end before its next step; what is done stays done."""

    @extend_schema(
        operation_id="cancel_operation",
        summary="Cancel an operation",
        request=None,
        responses={202: OperationSerializer},
        tags=["operations"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        found = queries.get_operation_for(self.actor, public_id)

        def work(at: datetime) -> tuple[int, Any, str]:
            done = cancel_operation(operation_id=found.pk, by=self.actor, at=at)
            return 202, show_operation(done), ""

        return self.once(request, work)
