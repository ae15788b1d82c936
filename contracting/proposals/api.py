"""Endpoints of drafts: a vendor's machine sends a file in pieces, and no more.

No Idempotency-Key is asked for: the same file begun again is the same upload, a piece
that is here changes nothing, and completing twice attaches once. A key that was kept
would tell that there is a draft.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core import clock
from contracting.core.api import (
    EndpointView,
    StreamParser,
    instant,
    refuse_too_large,
    refuse_unknown_fields,
)
from contracting.core.errors import Invalid
from contracting.core.permissions import require
from contracting.proposals import permissions, pieces, queries
from contracting.proposals.models import DraftUpload
from contracting.proposals.operations.abandon_upload import abandon_upload
from contracting.proposals.operations.append_upload import append_upload
from contracting.proposals.operations.begin_upload import begin_upload
from contracting.proposals.operations.complete_upload import complete_upload
from contracting.proposals.pieces import ToSend
from contracting.proposals.states import UploadKind
from contracting.solicitations.calculations import MOST_ALTERNATES

ALTERNATE: Final = OpenApiParameter(
    "alternate", int, description="Of which alternate; the base offer when left out."
)
RANGE: Final = OpenApiParameter(
    "Content-Range",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="bytes FIRST-LAST/WHOLE (RFC 9110); FIRST is the offset.",
)
CONTENT_DIGEST: Final = OpenApiParameter(
    "Content-Digest",
    str,
    OpenApiParameter.HEADER,
    description="sha-256=:BASE64: of the piece (RFC 9530).",
)
REPR_DIGEST: Final = OpenApiParameter(
    "Repr-Digest",
    str,
    OpenApiParameter.HEADER,
    description=(
        "sha-256=:BASE64: of the whole file (RFC 9530); needed if none was said when "
        "it was begun."
    ),
)


class FileSerializer(serializers.Serializer[Any]):
    """A file that is to be sent: its name, its size, and its hash if it is known."""

    name = serializers.CharField(max_length=255)
    size_bytes = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}\Z", required=False)


class DraftUploadSerializer(serializers.Serializer[Any]):
    """A file on its way into a draft, or come into it."""

    id = serializers.CharField()
    size_bytes = serializers.IntegerField()
    offset = serializers.IntegerField()
    most_piece_bytes = serializers.IntegerField()
    begun_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)


def show_upload(upload: DraftUpload) -> dict[str, Any]:
    """An upload as plain JSON values; ``offset`` is where the next piece begins."""
    return {
        "id": upload.public_id,
        "size_bytes": upload.size_bytes,
        "offset": upload.offset,
        "most_piece_bytes": pieces.MOST_PIECE_BYTES,
        "begun_at": instant(upload.begun_at),
        "completed_at": instant(upload.completed_at),
    }


class UploadEndpointView(EndpointView):
    """An endpoint of the draft of the key's vendor, in server mode."""

    scope_read: ClassVar[str] = "drafts:write"
    scope_write: ClassVar[str] = "drafts:write"

    @property
    def alternate(self) -> int:
        """Of which alternate the draft is; 0 for the base offer.

        :raises Invalid: if it is no number that an alternate has
        """
        said = self.request.query_params.get("alternate", "0")
        known = [str(number) for number in range(MOST_ALTERNATES + 1)]
        if said not in known:
            message = f"alternate is a whole number from 1 to {MOST_ALTERNATES}."
            raise Invalid(message)
        return int(said)

    def where(self, ids: dict[str, Any]) -> dict[str, Any]:
        """What every verb of an upload is told of it."""
        found = queries.get_draftable_for(self.actor, ids["solicitation"])
        told = {
            "solicitation_id": found.pk,
            "alternate": self.alternate,
            "by": self.actor,
            "at": clock.now(),
        }
        return told | ({"upload": ids["upload"]} if "upload" in ids else {})


class BeginUploadEndpoint(UploadEndpointView):
    """Files on their way into a draft."""

    @extend_schema(
        operation_id="begin_upload",
        summary="Begin to send a file to a draft",
        description=(
            "The file is sealed on this site when the offer is submitted, as whatever "
            "a draft of server mode holds. The same file begun again is the same "
            "upload, with what has come of it. No Idempotency-Key is asked for."
        ),
        parameters=[ALTERNATE],
        request=FileSerializer,
        responses={201: DraftUploadSerializer},
        tags=["drafts"],
    )
    def post(self, request: Request, **ids: Any) -> Response:
        where = self.where(ids)
        refuse_unknown_fields(request.data, {"name", "size_bytes", "sha256"})
        told = FileSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        upload = begin_upload(file=ToSend(**told.validated_data), **where)
        response = Response(show_upload(upload), status=201)
        query = f"?alternate={self.alternate}" if self.alternate else ""
        response["Location"] = f"{request.path}/{upload.public_id}{query}"
        return response


class UploadEndpoint(UploadEndpointView):
    """One file on its way into a draft."""

    parser_classes = (StreamParser,)

    @extend_schema(
        operation_id="read_upload",
        summary="Ask how much of a file has come",
        parameters=[ALTERNATE],
        responses=DraftUploadSerializer,
        tags=["drafts"],
    )
    def get(self, request: Request, **ids: Any) -> Response:
        found = queries.get_draftable_for(self.actor, ids["solicitation"])
        require(permissions.can_begin_upload(self.actor, found, kind=UploadKind.FILE))
        upload = pieces.get_upload_for(self.actor, found, ids["upload"], self.alternate)
        return Response(show_upload(upload))

    @extend_schema(
        operation_id="append_upload",
        summary="Send the next piece of a file",
        description=(
            "422 upload_damaged for another hash or size than was said, 409 "
            "upload_misplaced for a piece that does not begin where the bytes end; "
            "data.offset says where they do. A piece that is here changes nothing."
        ),
        parameters=[ALTERNATE, RANGE, CONTENT_DIGEST],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=DraftUploadSerializer,
        tags=["drafts"],
    )
    def put(self, request: Request, **ids: Any) -> Response:
        refuse_too_large(request)
        piece = pieces.piece_of(
            request.body,
            content_range=request.headers.get("Content-Range", ""),
            digest=request.headers.get("Content-Digest", ""),
        )
        return Response(show_upload(append_upload(piece=piece, **self.where(ids))))


class CompleteUploadEndpoint(UploadEndpointView):
    """A file that has come into a draft."""

    parser_classes = (StreamParser,)

    @extend_schema(
        operation_id="complete_upload",
        summary="Put a file into the draft once all of it has come",
        description="It is checked as a file that comes at once; 422 if it is unfit.",
        parameters=[ALTERNATE, REPR_DIGEST],
        request=None,
        responses=DraftUploadSerializer,
        tags=["drafts"],
    )
    def post(self, request: Request, **ids: Any) -> Response:
        digest = request.headers.get("Repr-Digest", "")
        sha256 = pieces.sha256_told(digest)
        return Response(show_upload(complete_upload(sha256=sha256, **self.where(ids))))


class AbandonUploadEndpoint(UploadEndpointView):
    """A file that is given up."""

    parser_classes = (StreamParser,)

    @extend_schema(
        operation_id="abandon_upload",
        summary="Delete what has come of a file",
        parameters=[ALTERNATE],
        request=None,
        responses={204: None},
        tags=["drafts"],
    )
    def post(self, request: Request, **ids: Any) -> Response:
        abandon_upload(**self.where(ids))
        return Response(status=204)
