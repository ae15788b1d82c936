"""Endpoints by which a gateway proves that it is complete; whose its keys are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.core import clock
from contracting.core.api import EndpointView, instant, refuse_unknown_fields
from contracting.core.errors import Invalid, NotVisible
from contracting.metering import queries
from contracting.metering.adapters.fields import EARLIEST
from contracting.metering.models import KeyMapping
from contracting.metering.operations.record_control_total import record_control_total
from contracting.metering.operations.record_heartbeat import record_heartbeat
from contracting.metering.queries.terms import mappings_of
from contracting.metering.refusals import BadControl


class HeartbeatSerializer(serializers.Serializer[object]):
    """A source is there, and has sent every call completed before the watermark."""

    source = serializers.CharField()  # type: ignore[assignment]
    watermark = serializers.CharField()
    last_seq = serializers.IntegerField(required=False, allow_null=True)


class ControlTotalSerializer(serializers.Serializer[object]):
    """What a source counted on a UTC day, in total."""

    source = serializers.CharField()  # type: ignore[assignment]
    day = serializers.CharField()
    calls = serializers.IntegerField()
    tokens = serializers.DictField(child=serializers.IntegerField())


class KeyMappingSerializer(serializers.Serializer[object]):
    """Whose a key of a gateway is, from an instant until another."""

    id = serializers.CharField()
    key_ref = serializers.CharField()
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    order = serializers.CharField()
    line = serializers.CharField(allow_null=True)
    project = serializers.CharField()
    starts_at = serializers.CharField()
    ends_at = serializers.CharField(allow_null=True)


class HeartbeatEndpoint(EndpointView):
    """The gateway says that it is there, and up to when it has sent everything."""

    scope_write = "usage:write"

    @extend_schema(
        operation_id="record_heartbeat",
        summary="Send a heartbeat of a source",
        request=HeartbeatSerializer,
        responses={201: HeartbeatSerializer},
        tags=["usage"],
    )
    def post(self, request: Request) -> Response:
        body = _object(request)
        refuse_unknown_fields(body, {"source", "watermark", "last_seq"})
        source = queries.get_source_for(self.actor, code=_text(body, "source"))
        made = record_heartbeat(
            source_id=source.pk,
            watermark=_instant(body, "watermark"),
            last_seq=None
            if body.get("last_seq") is None
            else _count(body["last_seq"], "/last_seq"),
            by=self.actor,
            at=clock.now(),
        )
        answer = {
            "source": source.code,
            "watermark": instant(made.watermark),
            "last_seq": made.last_seq,
        }
        return Response(answer, status=201)


class ControlTotalEndpoint(EndpointView):
    """The gateway says what it counted on a day."""

    scope_write = "usage:write"

    @extend_schema(
        operation_id="record_control_total",
        summary="State the control total of a day",
        request=ControlTotalSerializer,
        responses={201: ControlTotalSerializer},
        tags=["usage"],
    )
    def post(self, request: Request) -> Response:
        body = _object(request)
        refuse_unknown_fields(body, {"source", "day", "calls", "tokens"})
        source = queries.get_source_for(self.actor, code=_text(body, "source"))
        tokens = body.get("tokens", {})
        if not isinstance(tokens, dict):
            message = "tokens is an object of counts by class."
            raise BadControl(message, pointer="/tokens")
        made = record_control_total(
            source_id=source.pk,
            day=_day(body, "day"),
            calls=_count(body.get("calls"), "/calls"),
            tokens={
                str(name): _count(n, f"/tokens/{name}") for name, n in tokens.items()
            },
            by=self.actor,
            at=clock.now(),
        )
        answer = {
            "source": source.code,
            "day": made.day.isoformat(),
            "calls": made.calls,
            "tokens": made.tokens,
        }
        return Response(answer, status=201)


class KeysEndpoint(EndpointView):
    """Whose the keys of the agency's gateways are."""

    scope_read = "usage:read"

    @extend_schema(
        operation_id="list_key_mappings",
        summary="List whose keys are",
        responses=KeyMappingSerializer(many=True),
        tags=["usage"],
    )
    def get(self, request: Request) -> Response:
        if not self.actor.is_agency:
            message = "Keys are the agency's."
            raise NotVisible(message)
        rows = mappings_of(self.actor.own_organization_id)
        return self.page(request, rows, key_row)


def key_row(row: KeyMapping) -> dict[str, Any]:
    """A mapping as the API writes it."""
    return {
        "id": row.public_id,
        "key_ref": row.key_ref,
        "source": row.source.code if row.source else None,
        "order": row.order.public_id,
        "line": row.order_line.public_id if row.order_line else None,
        "project": row.project,
        "starts_at": instant(row.in_force.lower),
        "ends_at": instant(row.in_force.upper),
    }


def _object(request: Request) -> dict[str, Any]:
    """The body; what is no object is refused by its fields."""
    return request.data if isinstance(request.data, dict) else {}


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        message = f"Name the {name}."
        raise Invalid(message, pointer=f"/{name}")
    return value


def _instant(body: dict[str, Any], name: str) -> datetime:
    try:
        value = datetime.fromisoformat(_text(body, name))
        known = value.tzinfo is not None and value.astimezone(UTC) >= EARLIEST
    except (ValueError, OverflowError):
        known = False
    if not known:
        message = "An instant is written as in RFC 3339, with its zone."
        raise BadControl(message, pointer=f"/{name}")
    return value


def _day(body: dict[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(_text(body, name))
    except ValueError as error:
        message = "A day is written as 2026-04-20."
        raise BadControl(message, pointer=f"/{name}") from error


def _count(value: Any, pointer: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
        message = "A count is a whole number."
        raise BadControl(message, pointer=pointer)
    return value
