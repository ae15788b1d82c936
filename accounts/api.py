"""How a machine shows its key.

The framework imports this module while it builds its base view, so it defines no
endpoint itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils.crypto import constant_time_compare
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiKey
from accounts.queries import actor_of_key
from contracting.core import clock, origin
from contracting.core.actors import Actor

SCHEME: Final = "Bearer"
REFUSED: Final = (
    "This key is unknown, revoked or expired, or is not used from a network that its "
    "administrator named."
)
NOBODY: Final = hashlib.sha256(b"no key has this lookup").hexdigest()
NOTE_USE_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Machine:
    """Who is signed in, as the framework sees it: enough to count its requests."""

    pk: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False
    is_staff: bool = False


class BearerKey(BaseAuthentication):
    """``Authorization: Bearer ddk_<lookup>_<secret>``; the one way in for a machine."""

    def authenticate(self, request: Request) -> tuple[Machine, Actor] | None:
        """The machine and its actor, or ``None`` without the header.

        :raises AuthenticationFailed: for a key that is wrong, revoked or expired, or
            bound to other networks; the answer does not say which
        """
        header = request.headers.get("Authorization", "")
        if header.partition(" ")[0].lower() != SCHEME.lower():
            return None
        actor = actor_of_bearer(header, clock.now(), address=origin.current().ip)
        if actor is None:
            raise AuthenticationFailed(REFUSED)
        return Machine(pk=f"key-{actor.key_id}"), actor

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="api"'


class BearerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes the key."""

    target_class = "accounts.api.BearerKey"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "ddk_…"}


def actor_of_bearer(header: str, at: datetime, *, address: str) -> Actor | None:
    """The machine whose key this header shows.

    :param address: where the request came from, as far as it can be believed
    :returns: ``None`` if the key is not in force, or not from there
    """
    scheme, _, text = header.partition(" ")
    if scheme.lower() != SCHEME.lower():
        return None
    key = _key_of(text.strip())
    if key is None or not key.is_in_force(at) or not key.may_come_from(address):
        return None
    _note_use(key, at)
    return actor_of_key(key)


def _key_of(text: str) -> ApiKey | None:
    """The key of that text; an unknown lookup takes as long as a wrong secret."""
    parts = text.split("_", 2)
    prefix, lookup, secret = parts if len(parts) == 3 else ("", "", text)
    found = (
        ApiKey.objects.filter(lookup=lookup[:16]).select_related("organization").first()
    )
    shown = hashlib.sha256(secret.encode()).hexdigest()
    stored = found.secret_sha256 if found is not None else NOBODY
    is_right = constant_time_compare(shown, stored)
    return found if is_right and prefix == "ddk" else None


def _note_use(key: ApiKey, at: datetime) -> None:
    """Keep when the key was last used, written at most once a minute."""
    if key.last_used_at is not None and at - key.last_used_at < NOTE_USE_EVERY:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - NOTE_USE_EVERY)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=at)
