"""Endpoints of submissions: a vendor's machine reads its own receipts, and no more."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core.api import EndpointView
from contracting.submissions import queries
from contracting.submissions.serializers import SubmissionSerializer, show_submission


class SubmissionsEndpoint(EndpointView):
    """The vendor's submissions, newest first."""

    scope_read: ClassVar[str] = "submissions:read"

    @extend_schema(
        operation_id="list_submissions",
        responses=SubmissionSerializer(many=True),
        tags=["submissions"],
    )
    def get(self, request: Request) -> Response:
        found = queries.submissions_visible_to(self.actor)
        rows = found.prefetch_related("versions__sealed_blob")
        return self.page(request, rows, show_submission)


class SubmissionEndpoint(EndpointView):
    """One of the vendor's submissions."""

    scope_read: ClassVar[str] = "submissions:read"

    @extend_schema(
        operation_id="read_submission",
        responses=SubmissionSerializer,
        tags=["submissions"],
    )
    def get(self, request: Request, submission: str, **_ids: Any) -> Response:
        found = queries.get_submission_for(self.actor, submission)
        return Response(show_submission(found))
