"""Keep a draft that a browser has sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.proposals import calculations, events, permissions
from contracting.proposals.calculations import SealedContent
from contracting.proposals.models import SealedDraft
from contracting.proposals.queries import place_of
from contracting.proposals.refusals import (
    DraftChanged,
    DraftClosed,
    DraftNotSealed,
    DraftTooLarge,
)
from contracting.solicitations.models import Solicitation
from contracting.submissions.calculations import is_past, require_numbered
from contracting.submissions.sealing.holders import is_wrapped, offer_key_of
from contracting.submissions.sealing.offers import AROUND, STEP_BYTES

MOST_BYTES: Final = 2_000_000


@transaction.atomic
def seal_draft(
    *,
    solicitation_id: int,
    content: SealedContent,
    seen_version: int,
    by: Actor,
    at: datetime,
    alternate: int = 0,
) -> SealedDraft:
    """Keep text and prices as a browser has encrypted them, with a key for the vendor.

    Whoever of the vendor holds its offer key opens them again, in a browser; this site
    cannot, and checks what can be told from outside. Saves that follow each other
    within minutes are recorded as one event.

    :param content: the sealed bytes, their key encrypted to the offer key in force, and
        the version that they are bound to
    :param seen_version: the version that was changed; 0 before the first save
    :raises NotAllowed: if ``by`` is not a member or signer of a vendor who holds its
        offer key
    :raises DraftClosed: after the deadline
    :raises AlternateNotTaken: for an alternate beyond those that are taken (R-SUB-10)
    :raises DraftChanged: if somebody else has saved since
    :raises DraftNotSealed: if it is sealed to another key, or is no sealed draft
    :raises DraftTooLarge: for more than a draft may hold
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    place = place_of(solicitation, by.organization_id, alternate)
    row = SealedDraft.objects.locked().filter(place=place).first()
    require(permissions.can_seal_draft(by, solicitation))
    if is_past(solicitation, at):
        message = (
            "The deadline has passed: the draft is no longer changed, and this was not "
            "saved. What was saved before is still here."
        )
        raise DraftClosed(message, deadline=solicitation.deadline)
    require_numbered(solicitation, alternate)
    row = row or SealedDraft(place=place, version=0)
    _require_seen(row, seen_version, content)
    _require_sealed(by, content)
    is_new, before = not row.version, row.saved_at
    row.version += 1
    row.sealed, row.wrapped_key = content.sealed, content.wrapped_key
    row.saved_at = at
    row.save()
    if is_new or before is None or at - before > calculations.SITTING:
        record_event(
            events.DRAFT_BEGUN if is_new else events.DRAFT_SAVED,
            subject=row.subject_of(by.own_organization_id),
            by=by,
            at=at,
        )
    return row


def _require_seen(row: SealedDraft, seen_version: int, content: SealedContent) -> None:
    if (seen_version, content.version) == (row.version, row.version + 1):
        return
    message = (
        f"Somebody of us has saved version {row.version} while you edited version "
        f"{seen_version}, and yours is not saved. Copy what you need from this page, "
        "then load it again and open theirs."
    )
    raise DraftChanged(message, seen=seen_version, current=row.version)


def _require_sealed(by: Actor, content: SealedContent) -> None:
    own = offer_key_of(by.organization_id)
    if own is None or content.offer_key != own.fingerprint:
        message = (
            "Your browser has sealed the draft to an offer key that is not in force: "
            "it was replaced since the page was loaded. Nothing was saved. Copy what "
            "you need, and load the page again."
        )
        raise DraftNotSealed(message)
    size = len(content.sealed)
    if size > MOST_BYTES:
        message = "This is more than a draft may hold. Nothing was saved."
        raise DraftTooLarge(message)
    is_padded = size > AROUND and (size - AROUND) % STEP_BYTES == 0
    if not is_padded or not is_wrapped(content.wrapped_key):
        message = "What arrived is no sealed draft. Nothing was saved."
        raise DraftNotSealed(message)
