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
from contracting.submissions.refusals import KeyUnfit, PassphraseUnfit
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.keys import LockedKey
from contracting.submissions.sealing.offers import AROUND
from contracting.submissions.sealing.openers import opener_key_of
from contracting.submissions.states import SealingMode

SHORTEST: Final = 15
"""Characters of a passphrase: it protects without anything beside it."""
MOST_ITERATIONS: Final = 10_000_000
LOCKED_BYTES: Final = keys.KEY_BYTES + AROUND


@transaction.atomic
def enrol_opener(
    *,
    passphrase: str = "",
    locked: LockedKey | None = None,
    by: Actor,
    at: datetime,
) -> OpenerKey:
    """Make this person's key pair and keep its private half under their passphrase.

    A browser makes the pair itself and hands it in locked: then the passphrase is not
    known here, and whether it is a good one cannot be told.

    Whoever has enrolled before retires the old key: a box that was sealed to it has
    lost this opener for good. Nobody can bring a lost passphrase back.

    :raises NotAllowed: unless ``by`` is a person of an agency who belongs to no vendor
    :param locked: the pair as a browser has made and locked it, in place of a
        passphrase
    :raises PassphraseUnfit: if it is short, of few characters, or the login's password
    :raises KeyUnfit: if what was locked is no key, or locked too weakly
    """
    Membership.objects.locked().filter(user_id=by.user_id or 0).first()
    require(permissions.can_enrol_opener(by))
    mode = SealingMode.SERVER if locked is None else SealingMode.CLIENT
    if locked is None:
        require_fit(passphrase, User.objects.get(pk=by.own_user_id))
        locked = keys.lock(
            keys.new_pair(), passphrase, iterations=settings.OPENER_KEY_ITERATIONS
        )
    require_locked(locked)
    _require_new(locked)
    old = opener_key_of(by.own_user_id)
    if old is not None:
        old.retired_at = at
        old.save(update_fields=["retired_at"])
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
            "mode": mode,
            "retires": None if old is None else old.fingerprint,
        },
    )
    return enrolled


def require_locked(locked: LockedKey) -> None:
    """What can be told of a locked key from outside.

    :raises KeyUnfit: if it is no key, or locked too weakly
    """
    is_key = keys.is_point(locked.public) and len(locked.wrapped) == LOCKED_BYTES
    if not is_key or len(locked.salt) != keys.SALT_BYTES:
        message = "What your browser has made is no locked key. Load the page again."
        raise KeyUnfit(message)
    least = settings.OPENER_KEY_ITERATIONS
    if not least <= locked.iterations <= MOST_ITERATIONS:
        message = (
            f"A passphrase is stretched {least:,} to {MOST_ITERATIONS:,} times here, "
            f"and this one {locked.iterations:,} times. Load the page again."
        )
        raise KeyUnfit(message)


def _require_new(locked: LockedKey) -> None:
    if OpenerKey.objects.filter(public_key=locked.public).exists():
        message = "This key is enrolled already. Load the page again for a new one."
        raise KeyUnfit(message)


def require_fit(passphrase: str, person: User) -> None:
    """A passphrase of its own, which cannot be guessed.

    :raises PassphraseUnfit: if it is short, of few characters, or the login's password
    """
    if len(passphrase) < SHORTEST:
        message = f"A passphrase has at least {SHORTEST} characters: take four words."
        raise PassphraseUnfit(message)
    if len(set(passphrase)) < 6:
        message = "A passphrase of so few different characters is guessed. Take words."
        raise PassphraseUnfit(message)
    if check_password(passphrase, person.password):
        message = (
            "This is your login's password, which is typed every day and can be reset "
            "by others. Take a passphrase of its own for offers."
        )
        raise PassphraseUnfit(message)
