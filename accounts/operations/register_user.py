"""Register a person, who then can be given roles."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import User
from accounts.refusals import PersonExists
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def register_user(
    *,
    email: str,
    name: str,
    by: Actor,
    at: datetime,
    phone: str = "",
    password: str | None = None,
) -> User:
    """Register a person by e-mail address, which is kept in lower case.

    Without a password nobody can log in until the person sets one by the reset link, so
    that no administrator ever knows it.

    :raises NotAllowed: if ``by`` is no administrator
    :raises PersonExists: if somebody is registered with this address
    """
    require(permissions.can_register_user(by))
    address = email.strip().lower()
    if User.objects.filter(email=address).exists():
        message = f"Somebody is registered as {address} already."
        raise PersonExists(message, email=address)
    user = User.objects.create_user(address, password, name=name, phone=phone)
    record_event(
        events.USER_REGISTERED,
        subject=queries.subject_of(user, by.organization_id),
        by=by,
        at=at,
        data={"email": address, "name": name},
    )
    return user
