"""Endpoints of papers: what is known of one, and its file."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core.api import EndpointView
from contracting.documents import queries
from contracting.documents.operations.cancel_operation import cancel_operation
from contracting.documents.serializers import (
    DocumentSerializer,
    OperationSerializer,
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
