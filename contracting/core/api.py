"""The shape of every API endpoint: problems, cursor pages, idempotent writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from contracting.core import clock, doors
from contracting.core.actors import Actor
from contracting.core.errors import Invalid, NotVisible, Refusal

PROBLEM = "application/problem+json"
MAX_LIMIT = 200
CURSOR_SECONDS = 24 * 3600


class BadCursor(Refusal):
    """The cursor is not ours, is older than a day or belongs to another list."""

    code = "bad_cursor"
    status = 400


class KeyRequired(Refusal):
    """A write without an ``Idempotency-Key`` header."""

    code = "idempotency_key_required"
    status = 400


class UnknownField(Invalid):
    """The body has a field that this endpoint does not know."""

    code = "unknown_field"


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """RFC 9457: every error is ``application/problem+json`` with a stable code."""
    request = context.get("request")
    request_id = getattr(getattr(request, "_request", None), "request_id", "")
    if isinstance(error, Http404):
        error = NotVisible("There is nothing here for this key.")
    refusal = doors.refusal_of(error)
    set_rollback()
    if refusal is not None:
        words = doors.describe(refusal, at=clock.now(), request_id=request_id)
        return _problem(
            status_code=refusal.status,
            code=refusal.code,
            title=refusal.code.replace("_", " "),
            detail=refusal.message,
            more={
                key: words[key]
                for key in ("rule", "sentence", "citation", "lift", "data")
                if words[key]
            }
            | {"retryable": refusal.retryable, "request_id": request_id},
        )
    if isinstance(error, exceptions.APIException):
        return _from_drf(error, request_id)
    return None


def _from_drf(error: exceptions.APIException, request_id: str) -> Response:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    wait = getattr(error, "wait", None)
    if wait:
        headers["Retry-After"] = f"{int(wait)}"
    code = error.default_code
    detail = error.detail
    more: dict[str, Any] = {"request_id": request_id, "retryable": bool(wait)}
    status_code = error.status_code
    if isinstance(error, exceptions.ValidationError):
        status_code, code = 422, "invalid"
        more["errors"] = list(_pointers(detail, ""))
        detail = exceptions.ErrorDetail("The body breaks the schema.")
    response = _problem(
        status_code=status_code,
        code=code,
        title=code.replace("_", " "),
        detail=str(detail),
        more=more,
    )
    for name, value in headers.items():
        response[name] = value
    return response


def _pointers(detail: Any, pointer: str) -> Any:
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _pointers(value, f"{pointer}/{key}")
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            step = f"{pointer}/{index}" if isinstance(value, dict | list) else pointer
            yield from _pointers(value, step)
    else:
        code = getattr(detail, "code", "invalid")
        yield {"pointer": pointer, "code": code, "message": str(detail)}


def _problem(
    *, status_code: int, code: str, title: str, detail: str, more: dict[str, Any]
) -> Response:
    body = {
        "type": f"/api/v1/problems#{code}",
        "title": title,
        "status": status_code,
        "detail": detail,
        "code": code,
        **more,
    }
    return Response(body, status=status_code, content_type=PROBLEM)


class EndpointView(APIView):
    """An endpoint for a machine: a key with a scope, and nothing else.

    Subclasses set ``scope_read`` or ``scope_write`` to the scope that a key must have.
    """

    scope_read: ClassVar[str] = ""
    scope_write: ClassVar[str] = ""

    @property
    def actor(self) -> Actor:
        actor = self.request.auth
        if not isinstance(actor, Actor):
            raise exceptions.NotAuthenticated
        return actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        reading = request.method in {"GET", "HEAD", "OPTIONS"}
        needed = self.scope_read if reading else self.scope_write
        actor = request.auth
        if not isinstance(actor, Actor):
            raise exceptions.NotAuthenticated
        if needed and needed not in actor.scopes:
            message = f"This key lacks the scope {needed}."
            raise exceptions.PermissionDenied(message)

    def once(
        self, request: Request, work: Callable[[datetime], tuple[int, Any, str]]
    ) -> Response:
        """Do ``work`` at most once per Idempotency-Key and keep its reply.

        ``work`` receives the instant and returns status, body and location.

        :raises KeyRequired: without the header
        """
        key = request.headers.get("Idempotency-Key", "").strip().strip('"')
        if not 16 <= len(key) <= 255:
            message = "Send an Idempotency-Key header of 16 to 255 characters."
            raise KeyRequired(message)
        scope = f"{request.method} {request.path}"
        mark = doors.fingerprint(scope, request.body)
        store, by, at = doors.idempotency(), self.actor, clock.now()
        with transaction.atomic():
            stored = store.claim(by=by, scope=scope, key=key, fingerprint=mark, at=at)
            if stored is not None:
                response = Response(stored.body, status=stored.status)
                response["Idempotent-Replayed"] = "true"
                if stored.location:
                    response["Location"] = stored.location
                return response
            code, body, location = work(at)
            body = json.loads(json.dumps(body))
            store.complete(
                by=by, scope=scope, key=key, status=code, body=body, location=location
            )
        response = Response(body, status=code)
        if location:
            response["Location"] = location
        return response

    def page(
        self,
        request: Request,
        queryset: QuerySet[Any],
        show: Callable[[Any], dict[str, Any]],
    ) -> Response:
        """One cursor page, newest first: keyset on the primary key, no COUNT."""
        limit = _limit(request)
        principal = f"{self.actor.key_id}:{request.path}"
        after = _read_cursor(request.query_params.get("cursor", ""), principal)
        rows = queryset.order_by("-pk")
        if after is not None:
            rows = rows.filter(pk__lt=after)
        found = list(rows[: limit + 1])
        more = len(found) > limit
        found = found[:limit]
        following = _write_cursor(found[-1].pk, principal) if more else None
        body = {
            "data": [show(row) for row in found],
            "page": {"next": following, "has_more": more},
        }
        response = Response(body, status=status.HTTP_200_OK)
        if following:
            response["Link"] = f'<{request.path}?cursor={following}>; rel="next"'
        return response


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", "50")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_LIMIT:
        message = f"limit is a whole number from 1 to {MAX_LIMIT}"
        raise BadCursor(message)
    return int(text)


def _write_cursor(pk: int, principal: str) -> str:
    return signing.dumps([pk, principal], salt="cursor", compress=False)


def _read_cursor(text: str, principal: str) -> int | None:
    if not text:
        return None
    try:
        pk, owner = signing.loads(text, salt="cursor", max_age=CURSOR_SECONDS)
    except (signing.BadSignature, ValueError, TypeError) as error:
        message = "This cursor is not ours or is older than a day; start again."
        raise BadCursor(message) from error
    if owner != principal:
        message = "This cursor belongs to another list or another key."
        raise BadCursor(message)
    return int(pk)


def refuse_unknown_fields(body: Any, known: set[str]) -> None:
    """A typing mistake in a field name is an error, never dropped in silence.

    :raises UnknownField: naming the first unknown field
    """
    if not isinstance(body, dict):
        message = "The body is a JSON object."
        raise Invalid(message)
    for name in body:
        if name not in known:
            message = f"Unknown field {name!r}."
            raise UnknownField(message, pointer=f"/{name}")


def instant(value: datetime | None) -> str | None:
    """RFC 3339 in UTC with ``Z`` and microseconds."""
    if value is None:
        return None
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def money(value: Any) -> dict[str, str]:
    """An amount as the API writes it; the currency is always USD."""
    return {"amount": format(value, "f"), "currency": "USD"}
