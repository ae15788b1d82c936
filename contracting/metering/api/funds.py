"""Endpoints of funds control inside Django, for whoever cannot reach the gate.

They take what the gate takes and answer what it answers, one request at a time. The id
of a reservation is its idempotency key: no header is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from contracting.core.api import PROBLEM, EndpointView
from contracting.metering import queries
from contracting.metering.gate import bodies, work
from contracting.metering.gate.bodies import read_body


class FundsEndpoint(EndpointView):
    """One request to the gate: a subclass says which body it reads and what it does."""

    scope_write = "usage:write"
    body: ClassVar[type[msgspec.Struct]]

    def answer(
        self,
        request: Request,
        does: Callable[[Hashable, Sequence[Any]], Sequence[work.Answer]],
    ) -> HttpResponse:
        """What the gate's own worker answers."""
        asked = read_body(bodies.decoder_of(self.body), request.body)
        source = queries.get_source_for(self.actor, code=asked.source)
        (answer,) = does(work.Caller(self.actor, source.pk), [asked])
        return answered(answer)


def answered(answer: work.Answer) -> HttpResponse:
    """What the gate's worker has answered, as Django sends it."""
    kind = PROBLEM if answer.is_problem else "application/json"
    response = HttpResponse(answer.body, status=answer.status, content_type=kind)
    if answer.retry:
        response["Retry-After"] = "1"
    return response


class AuthorizeUsageEndpoint(FundsEndpoint):
    """Room for calls before they are made."""

    body = bodies.Authorize

    @extend_schema(
        operation_id="authorize_usage",
        summary="Reserve the worst case of a call before it is made",
        description=(
            "409 with the limit that leaves too little, or with why nobody can tell; "
            "503 while the records cannot be reached. Only 200 lets a call be made. "
            "The id of the reservation is its idempotency key; the event that settles "
            "the call has the same id."
        ),
        request={"application/json": bodies.schema_of(bodies.Authorize)},
        responses={200: bodies.schema_of(bodies.Granted)},
        tags=["funds"],
    )
    def post(self, request: Request) -> HttpResponse:
        return self.answer(request, work.authorize)


class SettleUsageEndpoint(FundsEndpoint):
    """What a call has used."""

    body = bodies.Settle

    @extend_schema(
        operation_id="settle_usage",
        summary="Settle a reserved call with its usage event",
        description=(
            "The event is received as any other and counts in full, above the "
            "reserve and after the lease too. Without an event the reserve is held at "
            "the worst case until its usage is known or somebody decides."
        ),
        request={"application/json": bodies.schema_of(bodies.Settle)},
        responses={200: bodies.schema_of(bodies.SettledCall)},
        tags=["funds"],
    )
    def post(self, request: Request) -> HttpResponse:
        return self.answer(request, work.settle)


class ReleaseReservationEndpoint(FundsEndpoint):
    """A call that is not made."""

    body = bodies.Release

    @extend_schema(
        operation_id="release_reservation",
        summary="Give back what was reserved for a call that is not made",
        request={"application/json": bodies.schema_of(bodies.Release)},
        responses={200: bodies.schema_of(bodies.ReleasedCalls)},
        tags=["funds"],
    )
    def post(self, request: Request) -> HttpResponse:
        return self.answer(request, work.release)


class FenceGatewayEndpoint(FundsEndpoint):
    """A gateway that begins anew."""

    body = bodies.Fence

    @extend_schema(
        operation_id="fence_gateway",
        summary="Open the next epoch of a gateway; its former self gets nothing more",
        request={"application/json": bodies.schema_of(bodies.Fence)},
        responses={200: bodies.schema_of(bodies.Fenced)},
        tags=["funds"],
    )
    def post(self, request: Request) -> HttpResponse:
        return self.answer(request, work.fence)
