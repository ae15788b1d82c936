"""Save one part of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.proposals import calculations, events, permissions
from contracting.proposals.calculations import SavedPart
from contracting.proposals.models import Draft, DraftPart
from contracting.proposals.operations.begin import begin_draft
from contracting.proposals.queries import key_of, place_of, saved_part
from contracting.proposals.refusals import DraftChanged, DraftTooLarge
from contracting.proposals.states import DraftPartName
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.limits import OfferLimits, limits_of

MOST_BYTES = 1_000_000


@transaction.atomic
def save_draft(
    *,
    solicitation_id: int,
    part: str,
    content: Mapping[str, Any],
    seen_version: int,
    by: Actor,
    at: datetime,
    alternate: int = 0,
) -> DraftPart:
    """Keep one part of the vendor's draft, encrypted, whatever it still lacks.

    The same content twice is one save. Nobody is told, and saves of one person that
    follow each other within minutes are recorded as one event, without the content.

    :param part: ``TECHNICAL``, ``PRICES`` or ``AMENDMENTS``
    :param content: plain values, as the page of the part takes them
    :param seen_version: the version that was changed; 0 before the first save
    :raises NotAllowed: if ``by`` is not a member or signer of a vendor
    :raises DraftClosed: after the deadline
    :raises DraftChanged: if somebody else has saved another content since
    :raises DraftTooLarge: for more than a part may hold
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    place = place_of(solicitation, by.organization_id, alternate)
    Draft.objects.locked().filter(place=place).first()
    require(permissions.can_save_draft(by, solicitation))
    _require_size(content, limits_of(solicitation))
    draft = begin_draft(
        solicitation_id=solicitation.pk, by=by, at=at, alternate=alternate
    )
    key = key_of(draft)
    row = draft.parts.select_related("draft").filter(part=part).first()
    before = saved_part(row, key) if row else None
    if row is not None and before is not None and before.content == dict(content):
        return row
    _require_seen(before, seen_version, part)
    row = row or DraftPart(draft=draft, part=DraftPartName(part), version=0)
    row.version += 1
    row.sealed = calculations.sealed_json(
        {"content": dict(content), "by": by.name, "at": at},
        key=key,
        binding=row.binding,
    )
    row.save()
    if before is None or before.by != by.name or at - before.at > calculations.SITTING:
        record_event(
            events.DRAFT_SAVED,
            subject=draft.subject_of(by.own_organization_id),
            by=by,
            at=at,
        )
    return row


def _require_size(content: Mapping[str, Any], limits: OfferLimits) -> None:
    characters = len(str(content.get("text", "")))
    if characters > limits.characters:
        message = (
            f"The text has {characters:,} characters; at most "
            f"{limits.characters:,} are taken. Nothing was saved. Put a part of it "
            "into a file."
        )
        raise DraftTooLarge(message)
    if len(repr(content).encode()) > MOST_BYTES:
        message = "This is more than a part of a draft may hold. Nothing was saved."
        raise DraftTooLarge(message)


def _require_seen(before: SavedPart | None, seen_version: int, part: str) -> None:
    current = before.version if before else 0
    if before is None or seen_version == current:
        return
    message = (
        f"{before.by} saved version {current} of the {DraftPartName(part).label} while "
        f"you edited version {seen_version}. Nothing is lost, and yours is not saved "
        "yet."
    )
    raise DraftChanged(message, seen=seen_version, current=current)
