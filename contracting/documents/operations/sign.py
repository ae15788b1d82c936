"""Put an approval in its place on a paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.core.actors import Actor
from contracting.documents import tasks
from contracting.documents.models import Approval, Document, DocumentSignature
from contracting.documents.operations.record import record_approval
from contracting.documents.refusals import OutOfOrder
from contracting.documents.states import DocumentState, Party


@transaction.atomic
def sign_document(
    *, document_id: int, action: str, party: str, by: Actor, at: datetime
) -> DocumentSignature:
    """Sign a paper that was issued with a place for this party.

    The signature is added to the same file by a worker, behind every byte that was
    there; until then the paper as it was can be downloaded. Called by the verb that
    approves, whose event is the record, so that none is written here.

    :param action: the verb that approves
    :raises OutOfOrder: if another party signs first, or all have signed
    """
    document = Document.objects.locked().get(pk=document_id)
    approval = record_approval(
        action=action,
        party=party,
        subject=document.subject,
        version=document.version,
        content_sha256=document.content_sha256,
        by=by,
        at=at,
    )
    (placed,) = place_approvals(document, [approval])
    if document.state == DocumentState.RENDERED:
        document.attempts = 0
        document.save(update_fields=["attempts"])
        document.move_to(DocumentState.REQUESTED)
    transaction.on_commit(
        lambda: tasks.render_document.apply_async((document.pk,), retry=False),
        robust=True,
    )
    return placed


def place_approvals(
    document: Document, approvals: Sequence[Approval]
) -> list[DocumentSignature]:
    """Give each approval the next place of its paper.

    :raises OutOfOrder: for the first whose turn it is not
    """
    made = []
    given = document.signatures.select_related("approval").order_by("place")
    earlier = [each.approval for each in given]
    for place, approval in enumerate(approvals, len(earlier) + 1):
        require_turn(document.parties, place, approval)
        if earlier and approval.approved_at < earlier[-1].approved_at:
            message = "This signature was given before the one that it follows."
            raise OutOfOrder(message, party=approval.party)
        earlier.append(approval)
        made.append(
            DocumentSignature.objects.create(
                document=document, place=place, approval=approval
            )
        )
    return made


def require_turn(parties: Sequence[str], place: int, approval: Approval) -> None:
    """:raises OutOfOrder: unless it is the turn of this party"""
    expected = parties[place - 1] if place <= len(parties) else ""
    if approval.party == expected:
        return
    given = approval.get_party_display()
    message = (
        f"The {Party(expected).label} signs this paper before the {given} does."
        if expected
        else f"Everybody whom this paper names has signed it; the {given} signs "
        "nothing more."
    )
    raise OutOfOrder(message, party=approval.party, expected=expected)
