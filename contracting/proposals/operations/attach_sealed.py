"""Keep a file of a draft that a browser has sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.identifiers import is_public_id
from contracting.core.permissions import require
from contracting.documents.checking.findings import MEGABYTE
from contracting.proposals import calculations, events, permissions
from contracting.proposals.calculations import SealedFile
from contracting.proposals.models import SealedDraft, SealedDraftFile
from contracting.proposals.queries import place_of
from contracting.proposals.refusals import (
    DraftClosed,
    DraftFileUnfit,
    DraftMissing,
    DraftNotSealed,
    DraftTooLarge,
)
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.limits import limits_of
from contracting.submissions.calculations import is_past
from contracting.submissions.sealing.holders import is_wrapped, offer_key_of
from contracting.submissions.sealing.offers import AROUND, STEP_BYTES

MOST_FACTS: Final = 4096


@transaction.atomic
def attach_sealed_file(
    *,
    solicitation_id: int,
    file: SealedFile,
    by: Actor,
    at: datetime,
    alternate: int = 0,
    begun_at: datetime | None = None,
) -> SealedDraftFile:
    """Keep one file beside the sealed draft, as a browser has encrypted it.

    Its name is sealed with it. Whether it is of a kind that is taken, and how many
    pages it has, nobody can tell before the opening; the browser looks for the vendor's
    sake.

    :param begun_at: when its first byte came, of a file that was sent in pieces: up to
        the deadline it is in time to be kept
    :raises NotAllowed: if ``by`` is not a member or signer of a vendor who holds its
        offer key
    :raises DraftClosed: after the deadline
    :raises DraftMissing: before the draft itself was saved
    :raises DraftNotSealed: if it is sealed to another key, or is no sealed file
    :raises DraftFileUnfit: if the name that it is bound to is taken
    :raises DraftTooLarge: for more files or bytes than the solicitation takes
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    place = place_of(solicitation, by.organization_id, alternate)
    draft = SealedDraft.objects.locked().filter(place=place).first()
    require(permissions.can_attach_sealed_file(by, solicitation))
    if is_past(solicitation, begun_at or at):
        message = "The deadline has passed: the draft is no longer changed."
        raise DraftClosed(message, deadline=solicitation.deadline)
    if draft is None:
        message = "Save the sealed draft first; its files are kept beside it."
        raise DraftMissing(message)
    _require_sealed(by, file)
    _require_room(solicitation, draft, file)
    kept = SealedDraftFile.objects.create(
        public_id=file.name,
        draft=draft,
        sealed_facts=file.facts,
        sealed_content=file.sealed,
        wrapped_key=file.wrapped_key,
    )
    record_event(
        events.DRAFT_FILES_ATTACHED,
        subject=draft.subject_of(by.own_organization_id),
        by=by,
        at=at,
    )
    return kept


def _require_sealed(by: Actor, file: SealedFile) -> None:
    own = offer_key_of(by.organization_id)
    if own is None or file.offer_key != own.fingerprint:
        message = (
            "Your browser has sealed the file to an offer key that is not in force: it "
            "was replaced since the page was loaded. Nothing was kept. Load the page "
            "again."
        )
        raise DraftNotSealed(message)
    size = len(file.sealed)
    is_padded = size > AROUND and (size - AROUND) % STEP_BYTES == 0
    has_facts = AROUND < len(file.facts) <= MOST_FACTS + AROUND
    if not is_padded or not has_facts or not is_wrapped(file.wrapped_key):
        message = "What arrived is no sealed file. Nothing was kept."
        raise DraftNotSealed(message)
    is_named = is_public_id(file.name, SealedDraftFile.PREFIX)
    if not is_named or SealedDraftFile.objects.filter(public_id=file.name).exists():
        message = "Its place is taken. Nothing was kept. Load the page again."
        raise DraftFileUnfit(message)


def _require_room(
    solicitation: Solicitation, draft: SealedDraft, file: SealedFile
) -> None:
    limits = limits_of(solicitation)
    count = draft.files.count() + 1
    if count > limits.files:
        message = (
            f"That would be {count} of {limits.files} files. This one was not kept. "
            "Remove one first, or pack several into a ZIP."
        )
        raise DraftTooLarge(message)
    there = draft.files.aggregate(all=Sum(Length("sealed_content")))["all"] or 0
    most = calculations.most_sealed_bytes(limits.bytes, count)
    if there + len(file.sealed) > most:
        message = (
            f"That would be more than {limits.bytes // MEGABYTE} MB in all. This file "
            "was not kept. Remove one first, or make it smaller."
        )
        raise DraftTooLarge(message)
