"""Endpoints of papers: what is known of one, and its file."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core.api import EndpointView
from contracting.documents import queries
from contracting.documents.serializers import DocumentSerializer, show_document


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
