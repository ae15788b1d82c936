"""Endpoints of solicitations: read them, and release an approved one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.states import Scope
from contracting.core.api import (
    PAGE,
    EndpointView,
    instant,
    money,
    refuse_unknown_fields,
)
from contracting.solicitations import queries
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.release import release_solicitation
from contracting.solicitations.publishing.limits import limits_of
from contracting.solicitations.serializers import (
    ReleaseSerializer,
    SolicitationPageSerializer,
    WholeSolicitationSerializer,
)

KEY: Final = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="16 to 255 characters; a repeat gets the first reply.",
)


class SolicitationsView(EndpointView):
    """What an agency's key sees is its own; any other key sees what is released."""

    scope_read = Scope.SOLICITATIONS_READ
    scope_write = Scope.SOLICITATIONS_WRITE


class ListSolicitations(SolicitationsView):
    """Solicitations, newest first."""

    @extend_schema(
        operation_id="list_solicitations",
        summary="List solicitations",
        tags=["solicitations"],
        parameters=PAGE,
        responses=SolicitationPageSerializer,
    )
    def get(self, request: Request) -> Response:
        return self.page(request, queries.visible_to(self.actor), _brief)


class ReadSolicitation(SolicitationsView):
    """One solicitation, whole."""

    @extend_schema(
        operation_id="read_solicitation",
        summary="Read a solicitation",
        tags=["solicitations"],
        responses=WholeSolicitationSerializer,
    )
    def get(self, request: Request, solicitation: str) -> Response:
        found = queries.readable_by(self.actor, solicitation)
        return Response(_whole(found))


class ReleaseSolicitation(SolicitationsView):
    """Release a package that people have approved."""

    @extend_schema(
        operation_id="release_solicitation",
        summary="Release an approved solicitation",
        tags=["solicitations"],
        parameters=[KEY],
        request=ReleaseSerializer,
        responses=WholeSolicitationSerializer,
    )
    def post(self, request: Request, solicitation: str) -> Response:
        found = queries.get_solicitation_for(self.actor, solicitation)
        refuse_unknown_fields(request.data, {"version"})
        body = ReleaseSerializer(data=request.data)
        body.is_valid(raise_exception=True)

        def release(at: datetime) -> tuple[int, Any, str]:
            released = release_solicitation(
                solicitation_id=found.pk,
                by=self.actor,
                at=at,
                seen_version=body.validated_data["version"],
            )
            return 200, _whole(released), ""

        return self.once(request, release)


def _brief(solicitation: Solicitation) -> dict[str, Any]:
    return {
        "id": solicitation.public_id,
        "piid": solicitation.piid,
        "kind": solicitation.kind,
        "instrument": solicitation.instrument,
        "title": solicitation.title,
        "agency": solicitation.agency.name,
        "state": solicitation.state,
        "version": solicitation.version,
        "content_sha256": solicitation.content_sha256,
        "released_at": instant(solicitation.released_at),
        "deadline": instant(solicitation.deadline),
        "time_zone": solicitation.time_zone,
    }


def _whole(solicitation: Solicitation) -> dict[str, Any]:
    return {
        **_brief(solicitation),
        "statement_of_objectives": solicitation.statement_of_objectives,
        "late_rule": solicitation.late_rule,
        "naics": solicitation.naics,
        "size_standard": solicitation.size_standard,
        "psc": solicitation.psc,
        "set_aside": solicitation.set_aside,
        "importance": solicitation.importance,
        "ai_terms": solicitation.ai_terms,
        "contact_name": solicitation.contact_name,
        "contact_email": solicitation.contact_email,
        "minimum": money(solicitation.minimum_dollars),
        "maximum": money(solicitation.maximum_dollars),
        "maximum_tokens": solicitation.maximum_tokens,
        "most_awards": solicitation.most_awards,
        "alternates_taken": solicitation.alternates_taken,
        "limits": _limits(solicitation),
        "ordering_start": _day(solicitation.ordering_start),
        "ordering_end": _day(solicitation.ordering_end),
        "workload_sha256": solicitation.workload_sha256,
        "lines": [
            {
                "id": line.public_id,
                "clin": line.clin,
                "slin": line.slin,
                "description": line.description,
                "token_class": line.class_code,
                "tier": line.tier,
                "context_band": line.context_band,
                "boundary": line.boundary,
                "structure": line.structure,
                "quote": line.quote,
                "unit": line.unit,
                "from_tokens": line.from_tokens,
                "counted_over": line.counted_over if line.is_by_volume else None,
                "counted_per": line.counted_per if line.is_by_volume else None,
                "part_months": line.part_months if line.is_by_unit else None,
                "workload_tokens": line.workload_tokens,
                "workload_quantity": int(line.workload_quantity),
                "workload_periods": line.workload_periods,
            }
            for line in queries.lines_of(solicitation)
        ],
        "factors": [
            {
                "id": factor.public_id,
                "position": factor.position,
                "name": factor.name,
                "description": factor.description,
                "is_price": factor.is_price,
            }
            for factor in queries.factors_of(solicitation)
        ],
        "clauses": list(
            solicitation.clauses.order_by("clause__number").values_list(
                "clause__number", flat=True
            )
        ),
        "amendments": [
            {
                "id": amendment.public_id,
                "number": amendment.number,
                "summary": amendment.summary,
                "changes": amendment.changes,
                "issued_at": instant(amendment.issued_at),
                "new_deadline": instant(amendment.new_deadline),
                "version": amendment.version,
            }
            for amendment in queries.amendments_of(solicitation)
        ],
        "questions": [
            {
                "id": answered.public_id,
                "question": answered.question,
                "answer": answered.answer,
                "released_at": instant(answered.released_at),
            }
            for answered in queries.released_answers(solicitation)
        ],
    }


def _limits(solicitation: Solicitation) -> dict[str, Any]:
    limits = limits_of(solicitation)
    return {
        "characters": limits.characters,
        "files": limits.files,
        "bytes": limits.bytes,
        "pages": limits.pages,
        "kinds": list(limits.kinds),
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day is not None else None
