"""Middleware: the request's id, its actor, and refusals as pages."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils.functional import SimpleLazyObject
from django.utils.http import escape_leading_slashes

from contracting.core import clock, doors, origin
from contracting.core.api import is_for_machines, plain_problem

_REQUEST_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """One id ties the reply, the log and the audit rows of a request together.

    The id that a client sends is kept if it looks like one; the address is that of the
    connection, or what as many proxies as are ours have written before it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrival = origin.arrival_of(  # type: ignore[attr-defined]
            request.headers.get("X-Request-Began", ""), settings.TRUSTED_PROXIES
        )
        given = request.headers.get("X-Request-Id", "")
        request_id = (
            given if _REQUEST_ID.match(given) else f"req_{secrets.token_hex(8)}"
        )
        request.request_id = request_id  # type: ignore[attr-defined]
        here = origin.Origin(
            door="api" if is_for_machines(request) else "page",
            request_id=request_id,
            ip=origin.address_of(
                request.META.get("REMOTE_ADDR", ""),
                request.headers.get("X-Forwarded-For", ""),
                settings.TRUSTED_PROXIES,
            ),
        )
        with origin.coming_from(here):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        if response.status_code >= 500 or _is_signed_in(request):
            response.setdefault("Cache-Control", "no-store")
        return response


def _is_signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is not None and bool(user.is_authenticated)


class SpellingMiddleware:
    """One address for one page: with a slash at its end or without, as it is listed.

    Whoever reads an address under the other spelling is sent to the right one; nothing
    that is posted is ever sent on.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        path = request.path_info
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        other = path.removesuffix("/") if path.endswith("/") else f"{path}/"
        if is_valid_path(path) or not is_valid_path(other):
            return response
        prefix = request.path.removesuffix(path)
        query = f"?{query}" if (query := request.META.get("QUERY_STRING")) else ""
        address = escape_leading_slashes(f"{prefix}{other}")
        return HttpResponsePermanentRedirect(f"{quote(address)}{query}")


class ActorMiddleware:
    """``request.actor``: the person in the membership chosen at login."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: doors.actor_of(request)
        )
        return self.get_response(request)


class RefusalMiddleware:
    """A refusal that no page has caught becomes a page that says why."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        refusal = doors.refusal_of(exception)
        if refusal is None:
            return None
        if is_for_machines(request):
            return plain_problem(request, refusal)
        if isinstance(refusal, doors.RecordsDown):
            page = HttpResponse(render_to_string("500.html"), status=refusal.status)
            doors.say_when(page, refusal)
            return page
        if refusal.status == 404:
            return render(request, "404.html", status=404)
        context = {
            "refusal": doors.describe(
                refusal, at=clock.now(), request_id=getattr(request, "request_id", "")
            )
        }
        page = render(request, "refusal.html", context, status=refusal.status)
        doors.say_when(page, refusal)
        return page
