"""Submit a draft as an offer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.proposals import events, permissions
from contracting.proposals.models import Draft
from contracting.proposals.pieces import came
from contracting.proposals.queries import (
    Workspace,
    content_of,
    key_of,
    place_of,
    workspace_of,
)
from contracting.proposals.refusals import (
    DraftChanged,
    DraftIncomplete,
    DraftMissing,
)
from contracting.solicitations.models import Solicitation
from contracting.submissions.calculations import Offer, OfferedFile, OfferedPrice
from contracting.submissions.models import Submission
from contracting.submissions.operations.replace import replace_submission
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.queries import hold_receiving
from contracting.submissions.states import SubmissionState


@transaction.atomic
def submit_draft(
    *, solicitation_id: int, seen: str, by: Actor, at: datetime, alternate: int = 0
) -> Submission:
    """Hand in the draft as it was read, and delete it.

    The draft could be read with a key of the site, the offer cannot: what was sealed is
    kept nowhere else. An offer that was handed in before is replaced. After the
    deadline it is received as late, as any offer. Where a file of it was sent in
    pieces, the receipt says when the first of them began to come.

    :param seen: the fingerprint of the draft whose answers were checked
    :raises NotAllowed: if ``by`` is not a signer of the vendor
    :raises DraftMissing: if there is no draft
    :raises DraftChanged: if anybody has changed it since it was checked
    :raises DraftIncomplete: if a part is missing or has to be changed
    :raises AlternateNotTaken: for an alternate that is not taken, or that skips a
        number (R-SUB-10)
    :raises DeadlinePassed: if an offer is here, and none replaces it any more
    """
    hold_receiving(solicitation_id)
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    place = place_of(solicitation, by.organization_id, alternate)
    draft = Draft.objects.locked().filter(place=place).first()
    require(permissions.can_submit_draft(by, solicitation))
    if draft is None:
        message = "There is no draft to submit: it was submitted, or discarded."
        raise DraftMissing(message)
    workspace = workspace_of(by, solicitation, at, alternate)
    _require_seen(workspace, seen)
    _require_whole(workspace)
    offer = _offer(workspace, draft)
    names = [each.public_id for each in workspace.files]
    times = came(draft, names, solicitation.deadline)
    mine = workspace.submission
    if mine is not None and mine.state == SubmissionState.SUBMITTED:
        submission = replace_submission(
            submission_id=mine.pk,
            offer=offer,
            acknowledged=workspace.acknowledged,
            by=by,
            at=at,
            first_byte_at=times.first_byte_at,
        )
    else:
        submission = submit_submission(
            solicitation_id=solicitation.pk,
            offer=offer,
            acknowledged=workspace.acknowledged,
            by=by,
            at=at,
            alternate=alternate,
            begun_at=times.begun_at,
            first_byte_at=times.first_byte_at,
        )
    draft.erase()
    # In the vendor's own stream, this instant would tell whose offer arrived at it.
    record_event(
        events.DRAFT_SUBMITTED,
        subject=submission.subject,
        by=submission.recorded(by),
        at=at,
    )
    return submission


def _require_seen(workspace: Workspace, seen: str) -> None:
    if seen != workspace.fingerprint:
        message = (
            "The draft has changed since you checked its answers. Nothing was "
            "submitted. Check them again, then submit."
        )
        raise DraftChanged(message)


def _require_whole(workspace: Workspace) -> None:
    if workspace.missing:
        lacks = " ".join(f"{task.label}: {task.words}" for task in workspace.missing)
        message = f"The draft is not complete, and nothing was submitted. {lacks}"
        raise DraftIncomplete(
            message, missing=[task.name for task in workspace.missing]
        )


def _offer(workspace: Workspace, draft: Draft) -> Offer:
    key = key_of(draft)
    models = workspace.models_by_clin
    serving = {clin: model.pk for clin, model in models.items() if model is not None}
    prices = [
        OfferedPrice(cell.line.pk, serving.get(cell.line.clin), cell.price)
        for cell in workspace.cells
        if cell.price is not None
        and (cell.line.clin in serving or not cell.line.names_a_model)
    ]
    names = {each.public_id: each for each in workspace.files}
    rows = draft.files.select_related("draft").order_by("pk")
    files = [
        OfferedFile(
            names[row.public_id].name,
            names[row.public_id].media_type,
            content_of(row, key),
        )
        for row in rows
    ]
    return Offer(technical=workspace.technical, prices=prices, files=files)
