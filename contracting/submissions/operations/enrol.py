"""Enrol to open offers: a key pair whose private half only a passphrase gives back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import transaction

from accounts.models import Membership, User
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.submissions import events, permissions
from contracting.submissions.models import OpenerKey
from contracting.submissions.queries import opener_key_of
from contracting.submissions.refusals import PassphraseUnfit
from contracting.submissions.sealing import keys

SHORTEST: Final = 15
"""Characters of a passphrase: it protects without anything beside it."""


@transaction.atomic
def enrol_opener(*, passphrase: str, by: Actor, at: datetime) -> OpenerKey:
    """Make this person's key pair and keep its private half under their passphrase.

    Whoever has enrolled before retires the old key: a box that was sealed to it has
    lost this opener for good. Nobody can bring a lost passphrase back.

    :raises NotAllowed: unless ``by`` is a person of an agency who belongs to no vendor
    :raises PassphraseUnfit: if it is short, of few characters, or the login's password
    """
    Membership.objects.locked().filter(user_id=by.user_id or 0).first()
    require(permissions.can_enrol_opener(by))
    _require_fit(passphrase, User.objects.get(pk=by.own_user_id))
    old = opener_key_of(by.own_user_id)
    if old is not None:
        old.retired_at = at
        old.save(update_fields=["retired_at"])
    locked = keys.lock(
        keys.new_pair(), passphrase, iterations=settings.OPENER_KEY_ITERATIONS
    )
    enrolled = OpenerKey.objects.create(
        user_id=by.own_user_id,
        public_key=locked.public,
        wrapped_private_key=locked.wrapped,
        salt=locked.salt,
        iterations=locked.iterations,
        enrolled_by_id=by.own_membership_id,
        enrolled_at=at,
    )
    record_event(
        events.OPENER_ENROLLED,
        subject=Subject(
            "submissions.opener", enrolled.pk, f"organization:{by.organization_id}"
        ),
        by=by,
        at=at,
        data={
            "fingerprint": enrolled.fingerprint,
            "iterations": enrolled.iterations,
            "retires": None if old is None else old.fingerprint,
        },
    )
    return enrolled


def _require_fit(passphrase: str, person: User) -> None:
    if len(passphrase) < SHORTEST:
        message = f"A passphrase has at least {SHORTEST} characters: take four words."
        raise PassphraseUnfit(message)
    if len(set(passphrase)) < 6:
        message = "A passphrase of so few different characters is guessed. Take words."
        raise PassphraseUnfit(message)
    if check_password(passphrase, person.password):
        message = (
            "This is your login's password, which is typed every day and can be reset "
            "by others. Take a passphrase of its own for opening offers."
        )
        raise PassphraseUnfit(message)
