"""The shape of every API endpoint: problems, cursor pages, idempotent writes."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import IO, Any, ClassVar, Final
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions, status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from contracting.core import clock, doors, json_text
from contracting.core.actors import Actor
from contracting.core.errors import Invalid, NotVisible, Refusal

PROBLEM = "application/problem+json"
MAX_LIMIT = 200
PAGE: Final = [
    OpenApiParameter("cursor", str, description="From the page before."),
    OpenApiParameter("limit", int, description="1 to 200; 50 when left out."),
]
"""What every list takes."""
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


class NotJson(Invalid):
    """The body is not JSON, or not JSON that can be kept."""


class BodyTooLarge(Refusal):
    """The body has more bytes than this door takes at once."""

    code = "too_large"
    status = 413


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """RFC 9457: every error is ``application/problem+json`` with a stable code."""
    request = context.get("request")
    request_id = getattr(getattr(request, "_request", None), "request_id", "")
    if isinstance(error, Http404):
        error = NotVisible("There is nothing here for this key.")
    if isinstance(error, RequestDataTooBig):
        error = BodyTooLarge("The body is larger than this door takes at once.")
    refusal = doors.refusal_of(error)
    set_rollback()
    if refusal is not None:
        body = refusal_body(refusal, request_id)
        headers = doors.retry_headers(refusal)
        return Response(
            body, status=refusal.status, content_type=PROBLEM, headers=headers
        )
    if isinstance(error, exceptions.APIException):
        return _from_drf(error, request_id)
    return None


def refuse_too_large(request: Request | HttpRequest) -> None:
    """Refuse a body before it is read, by what it says of itself or what has come.

    A body that comes in chunks says nothing; the server has put it aside by then, and
    what was put aside is measured.

    :raises BodyTooLarge: with the size and the limit, in bytes
    """
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    said = request.META.get("CONTENT_LENGTH") or "0"
    size = int(said) if said.isdigit() else 0
    stream = getattr(getattr(request, "_request", request), "_stream", None)
    if not size and stream is not None and stream.seekable():
        here = stream.tell()
        size = stream.seek(0, io.SEEK_END)
        stream.seek(here)
    if size > limit:
        message = (
            f"The body has {size:,} bytes; at most {limit:,} are taken at once. "
            "Send it in parts."
        )
        raise BodyTooLarge(message, size=size, limit=limit)


def is_for_machines(request: HttpRequest) -> bool:
    """Whether the address belongs to the API, whose every answer is for a machine."""
    return request.path.startswith(("/api/", "/otlp/"))


def plain_problem(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal that came about before or outside the framework of the API."""
    body = refusal_body(refusal, getattr(request, "request_id", ""))
    headers = doors.retry_headers(refusal)
    return JsonResponse(
        body, status=refusal.status, content_type=PROBLEM, headers=headers
    )


def unforeseen(request: HttpRequest) -> HttpResponse:
    """500: what failed is in the log under the request's id; nothing here can fail."""
    body = _body(
        status_code=500,
        code="internal_error",
        detail="Something failed on our side; whatever it had begun was undone.",
        more={"retryable": False, "request_id": getattr(request, "request_id", "")},
    )
    return JsonResponse(body, status=500, content_type=PROBLEM)


def refusal_body(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """The refusal in the fields of RFC 9457, with the rule's words if it has any."""
    # Only a rule needs the clock, which cannot be read while the database is down.
    at = clock.now() if refusal.rule else None
    words = doors.describe(refusal, at=at, request_id=request_id)
    more = {
        key: words[key]
        for key in ("rule", "sentence", "citation", "lift", "data")
        if words[key]
    }
    return _body(
        status_code=refusal.status,
        code=refusal.code,
        detail=refusal.message,
        more=more | {"retryable": refusal.retryable, "request_id": request_id},
    )


def _from_drf(error: exceptions.APIException, request_id: str) -> Response:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    wait = getattr(error, "wait", None)
    if wait:
        headers["Retry-After"] = f"{math.ceil(wait)}"
    code = error.default_code
    detail = error.detail
    more: dict[str, Any] = {"request_id": request_id, "retryable": bool(wait)}
    status_code = error.status_code
    if isinstance(error, exceptions.ValidationError):
        status_code, code = 422, "invalid"
        more["errors"] = list(_pointers(detail, ""))
        detail = exceptions.ErrorDetail("The body breaks the schema.")
    body = _body(status_code=status_code, code=code, detail=str(detail), more=more)
    response = Response(body, status=status_code, content_type=PROBLEM)
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


def _body(
    *, status_code: int, code: str, detail: str, more: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": f"/api/v1/problems#{code}",
        "title": code.replace("_", " "),
        "status": status_code,
        "detail": detail,
        "code": code,
        **more,
    }


def read_json(raw: bytes) -> Any:
    """The JSON body of a request.

    :raises NotJson: saying what is wrong with it
    """
    try:
        return json_text.read_json(raw)
    except json_text.BadJson as error:
        raise NotJson(str(error)) from error


class JsonParser(BaseParser):
    """JSON for ``request.data``, read as every other body is."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        # ``body`` holds the site's limit and stays readable for the idempotency key.
        return read_json(parser_context["request"].body if parser_context else b"")


class StreamParser(BaseParser):
    """Leaves the body in its stream: the door unpacks it within its own limits."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, IO[Any]]:
        return {"stream": stream}


class EndpointView(APIView):
    """An endpoint for a machine: a key with a scope, and nothing else.

    Subclasses set ``scope_read`` or ``scope_write`` to the scope that a key must have.
    """

    parser_classes: Sequence[type[BaseParser]] = (JsonParser,)
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
        refuse_too_large(request)
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
        """One cursor page, newest first: keyset on the primary key, no COUNT.

        A cursor is bound to the key, the address and the filters it was made with; the
        links repeat the filters.
        """
        limit = _limit(request)
        asked = _filters(request)
        bound_to = [self.actor.key_id, request.path, *asked]
        cursor = _read_cursor(request.query_params.get("cursor", ""), bound_to)
        found, earlier, later = _rows_of(queryset, cursor, limit)
        ends = {
            "next": (_NEXT, found[-1].pk) if later else None,
            "prev": (_PREV, found[0].pk) if earlier and found else None,
        }
        cursors = {
            name: _write_cursor(*end, bound_to) if end else None
            for name, end in ends.items()
        }
        body = {
            "data": [show(row) for row in found],
            "page": {**cursors, "has_more": later},
        }
        response = Response(body, status=status.HTTP_200_OK)
        links = [
            f'<{request.path}?{_query(asked, limit, text)}>; rel="{name}"'
            for name, text in cursors.items()
            if text
        ]
        if links:
            response["Link"] = ", ".join(links)
        return response


_NEXT, _PREV = "next", "prev"


def _rows_of(
    queryset: QuerySet[Any], cursor: tuple[str, int] | None, limit: int
) -> tuple[list[Any], bool, bool]:
    """The rows of a page, and whether there are any before and after them."""
    if cursor is None:
        found = list(queryset.order_by("-pk")[: limit + 1])
        return found[:limit], False, len(found) > limit
    direction, pk = cursor
    if direction == _NEXT:
        found = list(queryset.filter(pk__lt=pk).order_by("-pk")[: limit + 1])
        return found[:limit], True, len(found) > limit
    found = list(queryset.filter(pk__gt=pk).order_by("pk")[: limit + 1])
    return found[:limit][::-1], len(found) > limit, bool(found)


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", "50")
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_LIMIT))
    if not is_number or not 1 <= int(text) <= MAX_LIMIT:
        message = f"limit is a whole number from 1 to {MAX_LIMIT}"
        raise BadCursor(message)
    return int(text)


def _filters(request: Request) -> list[list[str]]:
    """What the list is narrowed by, in one order whatever the order it came in."""
    return sorted(
        [name, value]
        for name, values in request.query_params.lists()
        if name not in {"cursor", "limit"}
        for value in values
    )


def _query(asked: list[list[str]], limit: int, cursor: str) -> str:
    pairs = [(name, value) for name, value in asked]
    return urlencode([*pairs, ("limit", str(limit)), ("cursor", cursor)])


def _write_cursor(direction: str, pk: int, bound_to: list[Any]) -> str:
    mark = doors.fingerprint(json.dumps(bound_to))
    return signing.dumps([direction, pk, mark], salt="cursor", compress=False)


def _read_cursor(text: str, bound_to: list[Any]) -> tuple[str, int] | None:
    """Where the page begins, or ``None`` for the first page.

    :raises BadCursor: if it is not ours, too old, or of another list, key or filter
    """
    if not text:
        return None
    try:
        found = signing.loads(text, salt="cursor", max_age=CURSOR_SECONDS)
        direction, pk, mark = found
    except (signing.BadSignature, ValueError, TypeError) as error:
        message = "This cursor is not ours or is older than a day; start again."
        raise BadCursor(message) from error
    if mark != doors.fingerprint(json.dumps(bound_to)):
        message = (
            "This cursor belongs to another list, another key or other filters: send "
            "it with the filters of the page it came with."
        )
        raise BadCursor(message)
    return direction, int(pk)


def refuse_unknown_fields(body: Any, known: set[str], *, at: str = "") -> None:
    """A typing mistake in a field name is an error, never dropped in silence.

    :param at: the JSON pointer of a part of the body
    :raises UnknownField: naming the first unknown field
    """
    if not isinstance(body, dict):
        message = "The body is a JSON object."
        raise Invalid(message)
    for name in body:
        if name not in known:
            message = f"Unknown field {name!r}."
            raise UnknownField(message, pointer=f"{at}/{name}")


def instant(value: datetime | None) -> str | None:
    """RFC 3339 in UTC with ``Z`` and microseconds."""
    if value is None:
        return None
    in_utc = value.astimezone(UTC).replace(tzinfo=None)
    return f"{in_utc.isoformat(timespec='microseconds')}Z"


def money(value: Any) -> dict[str, str]:
    """An amount as the API writes it; the currency is always USD."""
    return {"amount": format(value, "f"), "currency": "USD"}
