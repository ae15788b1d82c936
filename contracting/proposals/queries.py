"""Reads of drafts: for the people of the vendor whose draft it is, and nobody else."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings

from accounts.models import Membership, Organization
from accounts.queries import known_vendors, members
from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.quantities import Dollars
from contracting.proposals import calculations
from contracting.proposals.calculations import Cell, FileFacts, Grid, SavedPart
from contracting.proposals.models import (
    Draft,
    DraftFile,
    DraftPart,
    DraftUpload,
    SealedDraft,
)
from contracting.proposals.states import DraftPartName, TaskState
from contracting.reference.models import AiModel
from contracting.solicitations.calculations import MOST_ALTERNATES
from contracting.solicitations.models import Amendment, Solicitation, SolicitationLine
from contracting.solicitations.publishing.limits import limits_of
from contracting.solicitations.queries import amendments_of, get_opportunity, lines_of
from contracting.submissions.calculations import is_past
from contracting.submissions.models import Submission, offer_words
from contracting.submissions.queries import own_submissions, submission_of
from contracting.submissions.sealing.keys import decrypt, encrypt, new_key
from contracting.submissions.states import SubmissionState

_LOOKED_BACK: Final = timedelta(days=90)
"""So long the daily deletion of drafts may have been out of order."""


@dataclass(frozen=True, slots=True)
class Task:
    """One part of a draft: how far it is, and what it still lacks, in words."""

    name: str
    label: str
    state: str
    words: str
    is_needed: bool = True

    @property
    def is_ready(self) -> bool:
        return self.state == TaskState.READY


@dataclass(frozen=True, slots=True)
class Workspace:
    """A vendor's draft on one solicitation as one of its people sees it, unsealed."""

    solicitation: Solicitation
    draft: Draft | None
    parts: Mapping[str, SavedPart]
    files: Sequence[FileFacts]
    lines: Sequence[SolicitationLine]
    models: Sequence[AiModel]
    amendments: Sequence[Amendment]
    cells: Sequence[Cell]
    tasks: list[Task]
    submission: Submission | None
    signers: Sequence[Membership]
    now: datetime
    alternate: int = 0

    @property
    def offer_words(self) -> str:
        """What is drafted: ``"offer"`` or ``"alternate 2"``."""
        return offer_words(self.alternate, self.solicitation.response)

    @property
    def draft_label(self) -> str:
        """What pages call it: ``"Our draft"`` or ``"Our draft of alternate 2"``."""
        return draft_label(self.alternate, self.solicitation)

    @property
    def ready(self) -> int:
        """How many of its parts are ready."""
        return sum(task.is_ready for task in self.tasks)

    @property
    def missing(self) -> list[Task]:
        """The parts without which nothing can be submitted."""
        return [task for task in self.tasks if task.is_needed and not task.is_ready]

    @property
    def is_past(self) -> bool:
        """Whether the deadline has passed."""
        return is_past(self.solicitation, self.now)

    @property
    def expires_at(self) -> datetime:
        """When the draft is deleted, if nobody submits or discards it before."""
        deadline = self.solicitation.deadline or self.now
        return deadline + calculations.KEPT_AFTER

    @property
    def left(self) -> str:
        """What is left until the deadline, by the clock of the server."""
        deadline = self.solicitation.deadline or self.now
        return calculations.left_words(deadline - self.now)

    @property
    def is_submitted(self) -> bool:
        """Whether an offer of this vendor is with the Government."""
        sent = (SubmissionState.SUBMITTED, SubmissionState.OPENED)
        return self.submission is not None and self.submission.state in sent

    @property
    def fingerprint(self) -> str:
        """Tells whether it is still what somebody has read."""
        return calculations.fingerprint(self.parts, self.files)

    @property
    def technical(self) -> str:
        """The technical proposal as it was saved last."""
        return str(self.content(DraftPartName.TECHNICAL).get("text", ""))

    @property
    def acknowledged(self) -> list[str]:
        """Amendments that are acknowledged and were issued."""
        said = set(self.content(DraftPartName.AMENDMENTS).get("acknowledged", ()))
        return [each.number for each in self.amendments if each.number in said]

    @property
    def grid(self) -> Grid:
        """The price sheet."""
        return calculations.grid_of(self.cells)

    @property
    def total(self) -> Dollars | None:
        """The evaluated price, once every line is priced."""
        return calculations.total_of(self.cells)

    @property
    def models_by_clin(self) -> dict[str, AiModel | None]:
        """The model that is named for each CLIN, if it may serve it."""
        return {
            clin: next((m for m in fit if m.public_id == named), None)
            for clin, named, fit in self.model_choices
        }

    @property
    def model_choices(self) -> list[tuple[str, str, list[AiModel]]]:
        """Each CLIN with the model named for it and those that may serve it."""
        named = self.content(DraftPartName.PRICES).get("models", {})
        found = []
        for clin in sorted({line.clin for line in self.lines if line.names_a_model}):
            own = [x for x in self.lines if x.clin == clin and x.asks_boundary]
            asked = {line.boundary for line in own}
            fit = [each for each in self.models if asked <= set(each.boundaries)]
            found.append((clin, str(named.get(clin, "")), fit))
        return found

    @property
    def bytes_used(self) -> int:
        """Bytes of all files."""
        return sum(each.size_bytes for each in self.files)

    @property
    def pages_counted(self) -> int:
        """Pages of all files whose pages can be counted."""
        return sum(each.pages or 0 for each in self.files)

    def content(self, part: str) -> Mapping[str, Any]:
        """What was saved of a part; empty if nothing was."""
        saved = self.parts.get(part)
        return saved.content if saved else {}

    def version(self, part: str) -> int:
        """The version of a part; 0 before it is saved for the first time."""
        saved = self.parts.get(part)
        return saved.version if saved else 0


def get_draftable_for(actor: Actor, public_id: str) -> Solicitation:
    """A released solicitation, for the people and the machines of vendors.

    :raises NotVisible: for everybody else: where drafts lie nobody of an agency looks
    """
    if not actor.is_vendor or not (actor.is_person or actor.is_key):
        message = "There is no such draft."
        raise NotVisible(message)
    return get_opportunity(public_id)


def place_of(
    solicitation: Solicitation, vendor_id: int | None, alternate: int = 0
) -> str:
    """Where the draft of a vendor lies: a hash that only ``SEALING_KEY`` makes.

    :param alternate: which alternate is drafted; 0 for the base offer
    """
    named = f"drawdown/v1/draft-place/{solicitation.public_id}/{vendor_id}"
    if alternate:
        named = f"{named}/{alternate}"
    return hmac.new(settings.SEALING_KEY, named.encode(), hashlib.sha256).hexdigest()


def places_of_expired(at: datetime) -> dict[str, int]:
    """Where drafts lie whose time has passed lately, with the vendor of each."""
    latest = at - calculations.KEPT_AFTER
    ended = Solicitation.objects.filter(
        deadline__lte=latest,
        deadline__gt=latest - _LOOKED_BACK,
        released_at__isnull=False,
    )
    vendors = list(known_vendors().values_list("pk", flat=True))
    kept = {
        place
        for model in (Draft, SealedDraft)
        for place in model.objects.values_list("place", flat=True)
    }
    found = {
        place_of(each, vendor, number): vendor
        for each in ended
        for vendor in vendors
        for number in range(MOST_ALTERNATES + 1)
    }
    return {place: vendor for place, vendor in found.items() if place in kept}


def draft_of(
    actor: Actor, solicitation: Solicitation, alternate: int = 0
) -> Draft | None:
    """The draft of the vendor for whom somebody acts, if there is one.

    :param alternate: of which alternate; 0 for the base offer
    """
    place = place_of(solicitation, actor.organization_id, alternate)
    return Draft.objects.filter(place=place).first()


def sealed_draft_of(
    actor: Actor, solicitation: Solicitation, alternate: int = 0
) -> SealedDraft | None:
    """What a browser of the acting vendor has sealed of that draft, if anything."""
    place = place_of(solicitation, actor.organization_id, alternate)
    return SealedDraft.objects.filter(place=place).first()


def new_draft_key(draft: Draft | DraftUpload) -> bytes:
    """A random key for a draft, as it is kept: encrypted with ``SEALING_KEY``."""
    return encrypt(new_key(), key=settings.SEALING_KEY, binding=draft.key_binding)


def key_of(draft: Draft | DraftUpload) -> bytes:
    """The key of a draft, or of a file on its way into one."""
    wrapped = bytes(draft.wrapped_key)
    return decrypt(wrapped, key=settings.SEALING_KEY, binding=draft.key_binding)


def saved_parts(draft: Draft | None) -> dict[str, SavedPart]:
    """The parts of a draft by name, decrypted."""
    if draft is None:
        return {}
    key = key_of(draft)
    return {row.part: saved_part(row, key) for row in draft.parts.order_by("pk")}


def saved_part(row: DraftPart, key: bytes) -> SavedPart:
    """One part, decrypted."""
    plain = calculations.unsealed_json(bytes(row.sealed), key=key, binding=row.binding)
    return SavedPart(
        content=plain["content"],
        version=row.version,
        by=plain["by"],
        at=datetime.fromisoformat(plain["at"]),
    )


def files_of(draft: Draft | None) -> list[FileFacts]:
    """The files of a draft without their content, first one first."""
    if draft is None:
        return []
    key = key_of(draft)
    rows = draft.files.defer("sealed_content").select_related("draft").order_by("pk")
    return [_facts(row, key) for row in rows]


def _facts(row: DraftFile, key: bytes) -> FileFacts:
    plain = calculations.unsealed_json(
        bytes(row.sealed_facts), key=key, binding=row.facts_binding
    )
    return FileFacts(public_id=row.public_id, **plain)


def get_draft_file_for(
    actor: Actor, solicitation: Solicitation, public_id: str, alternate: int = 0
) -> FileFacts:
    """A file of the vendor's own draft.

    :raises NotVisible: for everybody else, and if it is gone
    """
    for each in files_of(draft_of(actor, solicitation, alternate)):
        if each.public_id == public_id:
            return each
    message = "There is no such file in your draft."
    raise NotVisible(message)


def content_of(row: DraftFile, key: bytes) -> bytes:
    """The content of one file, decrypted."""
    return decrypt(bytes(row.sealed_content), key=key, binding=row.content_binding)


def drafted(actor: Actor, solicitation: Solicitation) -> list[int]:
    """The numbers under which the acting vendor has drafts; 0 is the base offer."""
    places = {
        place_of(solicitation, actor.organization_id, number): number
        for number in range(MOST_ALTERNATES + 1)
    }
    found = Draft.objects.filter(place__in=places).values_list("place", flat=True)
    return sorted(places[place] for place in found)


def draft_label(alternate: int, solicitation: Solicitation) -> str:
    """What a draft is called: ``"Our draft"`` or ``"Our draft of alternate 2"``."""
    if not alternate:
        return "Our draft"
    return f"Our draft of {offer_words(alternate, solicitation.response)}"


def next_to_draft(actor: Actor, solicitation: Solicitation) -> int:
    """The next alternate that is neither drafted nor handed in; 0 if none is taken."""
    there = {each.alternate for each in own_submissions(actor, solicitation)}
    there.update(drafted(actor, solicitation))
    free = range(1, solicitation.alternates_taken + 1)
    return next((number for number in free if number not in there), 0)


def workspace_of(
    actor: Actor, solicitation: Solicitation, now: datetime, alternate: int = 0
) -> Workspace:
    """The draft of the vendor for whom somebody acts, begun or not.

    :param alternate: of which alternate; 0 for the base offer
    """
    draft = draft_of(actor, solicitation, alternate)
    parts, files = saved_parts(draft), files_of(draft)
    lines = list(lines_of(solicitation))
    prices = (
        parts[DraftPartName.PRICES].content if DraftPartName.PRICES in parts else {}
    )
    amendments = list(amendments_of(solicitation))
    models = AiModel.objects.in_force(now.date()).order_by("provider", "snapshot")
    workspace = Workspace(
        solicitation=solicitation,
        draft=draft,
        parts=parts,
        files=files,
        lines=lines,
        models=list(models),
        amendments=amendments,
        cells=calculations.cells_of(lines, prices),
        tasks=[],
        submission=submission_of(actor, solicitation, alternate),
        signers=list(members(actor.organization_id or 0, Role.VENDOR_SIGNER)),
        now=now,
        alternate=alternate,
    )
    workspace.tasks.extend(_tasks(workspace, actor))
    return workspace


def parts_ready(
    actor: Actor, solicitation: Solicitation, now: datetime, alternate: int = 0
) -> str:
    """How far the vendor's draft is: ``"3 of 5 parts ready."``; empty without one."""
    if draft_of(actor, solicitation, alternate) is None:
        return ""
    workspace = workspace_of(actor, solicitation, now, alternate)
    return f"{workspace.ready} of {len(workspace.tasks)} parts ready."


def _tasks(workspace: Workspace, actor: Actor) -> list[Task]:
    return [
        _technical(workspace),
        _prices(workspace),
        _files(workspace),
        _amendments(workspace),
        _registration(Organization.objects.get(pk=actor.own_organization_id)),
    ]


def _technical(workspace: Workspace) -> Task:
    name, label = "technical", "Technical proposal"
    if not workspace.technical.strip():
        state = TaskState.NOT_STARTED
        return Task(name, label, state, "Nothing is written yet.")
    characters = len(workspace.technical)
    limits = limits_of(workspace.solicitation)
    if over := limits.over([], characters=characters):
        return Task(name, label, TaskState.NEEDS_CHANGES, " ".join(over))
    words = f"{characters:,} of {limits.characters:,} characters."
    return Task(name, label, TaskState.READY, words)


def _prices(workspace: Workspace) -> Task:
    name, label = "prices", "Token price sheet"
    typed = [cell for cell in workspace.cells if cell.text]
    unnamed = [clin for clin, model in workspace.models_by_clin.items() if not model]
    wrong = [cell for cell in typed if cell.problem]
    if not typed and DraftPartName.PRICES not in workspace.parts:
        words = f"{len(workspace.cells)} lines to price."
        return Task(name, label, TaskState.NOT_STARTED, words)
    if wrong:
        named = ", ".join(cell.line.slin for cell in wrong)
        state = TaskState.NEEDS_CHANGES
        return Task(name, label, state, f"Look at the price of {named}.")
    words = f"{len(typed)} of {len(workspace.cells)} lines are priced."
    if unnamed:
        words += f" Choose a model for CLIN {', '.join(unnamed)}."
    is_whole = len(typed) == len(workspace.cells) and not unnamed
    return Task(
        name, label, TaskState.READY if is_whole else TaskState.IN_PROGRESS, words
    )


def _files(workspace: Workspace) -> Task:
    name, label, count = "files", "Files", len(workspace.files)
    words = f"{count} file{'s' if count != 1 else ''} attached."
    if not count:
        words = "None attached; an offer may go without."
    sized = [calculations.sized(each) for each in workspace.files]
    if over := limits_of(workspace.solicitation).over(sized):
        return Task(name, label, TaskState.NEEDS_CHANGES, " ".join(over))
    return Task(name, label, TaskState.READY, words)


def _amendments(workspace: Workspace) -> Task:
    name, label = "amendments", "Amendments"
    if not workspace.amendments:
        return Task(name, label, TaskState.READY, "None was issued.")
    said = workspace.acknowledged
    left = [each.number for each in workspace.amendments if each.number not in said]
    if not left:
        return Task(name, label, TaskState.READY, "Each is acknowledged.")
    state = TaskState.NEEDS_CHANGES if said else TaskState.NOT_STARTED
    return Task(name, label, state, f"Acknowledge {', '.join(left)} (R-SUB-05).")


def _registration(vendor: Organization) -> Task:
    name, label = "registration", "Registration"
    if vendor.is_registered:
        words = f"Active under UEI {vendor.uei}."
        return Task(name, label, TaskState.READY, words, is_needed=False)
    words = (
        "Not active in the System for Award Management. It is asked for at submission "
        "and at award (FAR 52.204-7)."
    )
    return Task(name, label, TaskState.NEEDS_CHANGES, words, is_needed=False)
