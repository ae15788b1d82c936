"""Endpoints of archives and of public copies: ask for evidence, and fetch either."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.states import Scope
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.api import PAGE, EndpointView
from contracting.core.errors import NotVisible
from contracting.documents.queries import attachment_headers
from contracting.documents.states import DocumentKind
from contracting.evidence import queries
from contracting.evidence.operations.build import build_pack
from contracting.evidence.operations.hand_over import hand_over_archive
from contracting.evidence.queries.papers import public_copies
from contracting.evidence.serializers import (
    ArchiveSerializer,
    PackRequestSerializer,
    PublicCopySerializer,
    read_pack_request,
    show_archive,
    show_public_copy,
)


class EvidenceEndpoint(EndpointView):
    """The evidence packs that the key's organization has asked for of a contract."""

    scope_read = Scope.DOCUMENTS_READ
    scope_write = Scope.DOCUMENTS_READ

    @extend_schema(
        operation_id="list_evidence",
        summary="List archives of a contract",
        parameters=PAGE,
        responses=ArchiveSerializer(many=True),
        tags=["evidence"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        contract = get_contract_for(self.actor, public_id)
        return self.page(
            request, queries.archives_of(contract, self.actor), show_archive
        )

    @extend_schema(
        operation_id="build_pack",
        summary="Ask for the evidence of a contract",
        description="The answer is 202 with the archive; its operation says how far it "
        "is. A machine is given no source selection information.",
        request=PackRequestSerializer,
        responses={202: ArchiveSerializer},
        tags=["evidence"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        contract = get_contract_for(self.actor, public_id)
        asked = read_pack_request(request.data)

        def work(at: datetime) -> tuple[int, Any, str]:
            archive = build_pack(contract_id=contract.pk, **asked, by=self.actor, at=at)
            return 202, show_archive(archive), f"/api/v1{archive.path}"

        return self.once(request, work)


class ArchiveEndpoint(EndpointView):
    """One archive: whether it is whole, its hash, and where its file is."""

    scope_read = Scope.DOCUMENTS_READ

    @extend_schema(
        operation_id="get_archive",
        summary="Read an archive",
        responses=ArchiveSerializer,
        tags=["evidence"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        return Response(show_archive(queries.get_archive_for(self.actor, public_id)))


class DownloadArchiveEndpoint(EndpointView):
    """The ZIP of an archive; 409 while it is not whole."""

    scope_read = Scope.DOCUMENTS_READ

    @extend_schema(
        operation_id="download_archive",
        summary="Download an archive",
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
        tags=["evidence"],
    )
    def get(self, request: Request, public_id: str) -> HttpResponse:
        archive = queries.get_archive_for(self.actor, public_id)
        made, whole = hand_over_archive(
            archive_id=archive.pk, by=self.actor, at=clock.now()
        )
        return HttpResponse(
            whole,
            content_type="application/zip",
            headers=attachment_headers(queries.zip_name(archive), made.blob),
        )


class ReleaseCopiesEndpoint(EndpointView):
    """The copies that everybody reads: those released, and posted justifications.

    A person releases a copy, having read what is cut; a machine lists and fetches them.
    """

    scope_read = Scope.DOCUMENTS_READ

    @extend_schema(
        operation_id="list_release_copies",
        summary="List public copies of papers",
        description="Copies with parts withheld, and justifications as they were "
        "posted (FAR 6.305, 5 U.S.C. 552). What was withheld is told to a key of the "
        "agency that may read the paper; a person releases a copy.",
        parameters=[
            *PAGE,
            OpenApiParameter(
                "kind", str, enum=DocumentKind.values, description="Of one kind alone."
            ),
            OpenApiParameter(
                "number", str, description="Of one number alone, such as a PIID."
            ),
        ],
        responses=PublicCopySerializer(many=True),
        tags=["documents"],
    )
    def get(self, request: Request) -> Response:
        found = public_copies(self.actor)
        for name in ("kind", "number"):
            asked = request.query_params.get(name)
            if asked is not None:
                found = found.filter(**{name: asked})
        return self.page(
            request, found, lambda each: show_public_copy(each, self.actor)
        )


class ReleaseCopyEndpoint(EndpointView):
    """One copy that everybody reads."""

    scope_read = Scope.DOCUMENTS_READ

    @extend_schema(
        operation_id="get_release_copy",
        summary="Read about a public copy of a paper",
        responses=PublicCopySerializer,
        tags=["documents"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        found = public_copies(self.actor).filter(public_id=public_id).first()
        if found is None:
            message = "There is no such copy."
            raise NotVisible(message)
        return Response(show_public_copy(found, self.actor))
