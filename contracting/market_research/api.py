"""Endpoints of requests for information: read them; answers are read by people."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.states import Scope
from contracting.core import clock
from contracting.core.api import PAGE, EndpointView, instant
from contracting.market_research import queries
from contracting.market_research.models import RequestForInformation
from contracting.market_research.serializers import (
    RfiPageSerializer,
    WholeRfiSerializer,
)


class RfisView(EndpointView):
    """What an agency's key sees is its own; any other key sees what is released."""

    scope_read = Scope.SOLICITATIONS_READ


class ListRfis(RfisView):
    """Requests for information, newest first."""

    @extend_schema(
        operation_id="list_rfis",
        summary="List requests for information",
        tags=["market_research"],
        parameters=PAGE,
        responses=RfiPageSerializer,
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.visible_to(self.actor), _brief)


class ReadRfi(RfisView):
    """One request for information with its questions."""

    @extend_schema(
        operation_id="read_rfi",
        summary="Read a request for information",
        tags=["market_research"],
        responses=WholeRfiSerializer,
    )
    def get(self, request: Request, rfi: str) -> Response:
        return Response(_whole(queries.readable_by(self.actor, rfi)))


def _brief(rfi: RequestForInformation) -> dict[str, Any]:
    return {
        "id": rfi.public_id,
        "number": rfi.number,
        "title": rfi.title,
        "agency": rfi.agency.name,
        "state": rfi.state,
        "is_open": rfi.is_open(clock.now()),
        "version": rfi.version,
        "content_sha256": rfi.content_sha256,
        "released_at": instant(rfi.released_at),
        "due_at": instant(rfi.due_at),
        "time_zone": rfi.time_zone,
    }


def _whole(rfi: RequestForInformation) -> dict[str, Any]:
    return {
        **_brief(rfi),
        "purpose": rfi.purpose,
        "cancel_reason": rfi.cancel_reason,
        "questions": [
            {
                "id": each.public_id,
                "position": each.position,
                "text": each.text,
                "help": each.help,
                "kind": each.kind,
                "options": each.options,
                "unit": each.unit,
                "token_class": each.token_class.code if each.token_class else None,
                "is_required": each.is_required,
            }
            for each in queries.questions_of(rfi)
        ],
    }
