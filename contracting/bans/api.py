"""The deny list, for the agency's gateways."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from accounts.states import Scope
from contracting.bans import queries
from contracting.bans.serializers import DenyListSerializer
from contracting.core import clock
from contracting.core.api import EndpointView
from contracting.core.errors import NotVisible


class DenyListEndpoint(EndpointView):
    """What a gateway of the agency turns away: vendors, models, orders (R-AI-01)."""

    scope_read = Scope.ORDERS_READ

    @extend_schema(
        operation_id="read_deny_list",
        summary="Read what gateways turn away",
        description="Ask with If-None-Match: while the list is the same, the answer is "
        "304 and has no body.",
        responses=DenyListSerializer,
        tags=["bans"],
    )
    def get(self, request: Request) -> Response:
        if not self.actor.is_agency:
            message = "The deny list is the agency's."
            raise NotVisible(message)
        agency = Organization.objects.get(pk=self.actor.own_organization_id)
        listed = queries.deny_list(agency, clock.now())
        etag = f'"{listed["sha256"]}"'
        known = request.headers.get("If-None-Match", "")
        is_known = etag in {
            each.strip().removeprefix("W/") for each in known.split(",")
        }
        answer = Response(status=304) if is_known else Response(listed)
        answer["ETag"] = etag
        answer["Cache-Control"] = "private, no-cache"
        return answer
