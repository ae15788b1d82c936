"""Attach files to a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.models import new_public_id
from contracting.core.permissions import require
from contracting.documents.checking.findings import MEGABYTE
from contracting.proposals import calculations, events, permissions
from contracting.proposals.calculations import FileFacts
from contracting.proposals.models import Draft, DraftFile
from contracting.proposals.operations.begin import begin_draft
from contracting.proposals.queries import files_of, key_of, place_of
from contracting.proposals.refusals import DraftFileUnfit, DraftTooLarge
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.limits import OfferLimits, limits_of
from contracting.submissions.calculations import PRICES, TECHNICAL, OfferedFile
from contracting.submissions.sealing.keys import encrypt


@dataclass(frozen=True, slots=True)
class CountedFile:
    """A file that was checked, and its pages where they can be counted."""

    file: OfferedFile
    pages: int | None = None


@transaction.atomic
def attach_draft_files(
    *,
    solicitation_id: int,
    files: Sequence[CountedFile],
    by: Actor,
    at: datetime,
    alternate: int = 0,
    begun_at: datetime | None = None,
) -> Draft:
    """Add files to the vendor's draft, encrypted with their names, sizes and hashes.

    A file that is there with the same name and content is not added again.

    :param begun_at: when their first byte came, of what was sent in pieces: up to the
        deadline they are in time to be kept
    :raises NotAllowed: if ``by`` is not a member or signer of a vendor
    :raises DraftClosed: after the deadline
    :raises DraftFileUnfit: for a name that another content has already
    :raises DraftTooLarge: for more files, bytes or pages than the solicitation takes,
        or for a kind of file that it does not take
    """
    solicitation = Solicitation.objects.get(pk=solicitation_id)
    place = place_of(solicitation, by.organization_id, alternate)
    Draft.objects.locked().filter(place=place).first()
    require(permissions.can_attach_draft_files(by, solicitation))
    draft = begin_draft(
        solicitation_id=solicitation.pk,
        by=by,
        at=at,
        alternate=alternate,
        begun_at=begun_at,
    )
    there = files_of(draft)
    known = {(each.name, each.sha256) for each in there}
    new = [each for each in files if (each.file.name, _hash(each.file)) not in known]
    if not new:
        return draft
    _require_room(limits_of(solicitation), there, new)
    key = key_of(draft)
    for each in new:
        _keep(draft, each, key, by)
    record_event(
        events.DRAFT_FILES_ATTACHED,
        subject=draft.subject_of(by.own_organization_id),
        by=by,
        at=at,
    )
    return draft


def _hash(file: OfferedFile) -> str:
    return sha256(file.content).hexdigest()


def _require_room(
    limits: OfferLimits, there: Sequence[FileFacts], new: Sequence[CountedFile]
) -> None:
    taken = {TECHNICAL, PRICES, *(each.name for each in there)}
    for each in new:
        if each.file.name in taken:
            message = (
                f"A part of the draft is called {each.file.name} already. Remove that "
                "one first, or give this one another name."
            )
            raise DraftFileUnfit(message)
        taken.add(each.file.name)
    count = len(there) + len(new)
    if count > limits.files:
        message = (
            f"That would be {count} of {limits.files} files. None of these was kept. "
            "Remove one first, or pack several into a ZIP."
        )
        raise DraftTooLarge(message)
    size = sum(each.size_bytes for each in there)
    size += sum(len(each.file.content) for each in new)
    if size > limits.bytes:
        message = (
            f"That would be {size / MEGABYTE:.1f} of {limits.bytes // MEGABYTE} MB. "
            "None of these was kept. Remove a file first, or make these smaller."
        )
        raise DraftTooLarge(message)
    added = [calculations.sized(_facts(each)) for each in new]
    over = limits.over([*map(calculations.sized, there), *added])
    if over:
        raise DraftTooLarge(f"{' '.join(over)} None of these was kept.")


def _facts(counted: CountedFile) -> FileFacts:
    file = counted.file
    size = len(file.content)
    return FileFacts(
        "", file.name, file.media_type, size, _hash(file), counted.pages, ""
    )


def _keep(draft: Draft, counted: CountedFile, key: bytes, by: Actor) -> None:
    file = counted.file
    row = DraftFile(public_id=new_public_id(DraftFile.PREFIX), draft=draft)
    row.sealed_facts = calculations.sealed_json(
        {
            "name": file.name,
            "media_type": file.media_type,
            "size_bytes": len(file.content),
            "sha256": _hash(file),
            "pages": counted.pages,
            "by": by.name,
        },
        key=key,
        binding=row.facts_binding,
    )
    row.sealed_content = encrypt(file.content, key=key, binding=row.content_binding)
    row.save()
