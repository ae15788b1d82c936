"""The contracting office makes a justification public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.determinations import events, paperwork, permissions
from contracting.determinations.models import Determination, Posting
from contracting.determinations.refusals import DeterminationIncomplete
from contracting.determinations.states import VERSION
from contracting.documents.operations.request import request_document
from contracting.documents.paperwork.redaction import Withheld, found_in, redacted


@transaction.atomic
def post_determination(
    *,
    determination_id: int,
    place: str,
    posted_on: date,
    withheld: Sequence[Withheld] = (),
    by: Actor,
    at: datetime,
) -> Posting:
    """Record where and since when everybody reads a justification (FAR 6.305).

    From then on its words stand on the public page of what it is about, and its public
    copy is printed. What is withheld stands on neither (FAR 6.305(e), 24.202).

    :param posted_on: not after the agency's day of ``at``
    :param withheld: passages as they stand in it, each with its exemption
    :raises NotAllowed: if ``by`` is not of the contracting office, or it is no approved
        justification, or it was posted before
    :raises DeterminationIncomplete: without a place, for a day that is yet to come, or
        for a passage without an exemption, or that is not in it
    """
    determination: Determination = (
        Determination.objects.locked().select_related("agency").get(pk=determination_id)
    )
    require(permissions.can_post_determination(by, determination))
    if not place.strip():
        message = "Say where it was posted: the id of the notice, or its address."
        raise DeterminationIncomplete(message, missing="place")
    if posted_on > determination.agency.local_day(at):
        message = "The day of posting is yet to come. Record it once it is posted."
        raise DeterminationIncomplete(message, missing="posted_on")
    _require_there(determination, withheld)
    posting = Posting.objects.create(
        determination=determination,
        place=place.strip(),
        withheld=[[each.passage.strip(), each.basis.strip()] for each in withheld],
        posted_on=posted_on,
        posted_by_id=by.own_membership_id,
        posted_at=at,
    )
    _print_public_copy(determination, posting.place, withheld, by, at)
    record_event(
        events.DETERMINATION_POSTED,
        subject=determination.subject,
        by=by,
        at=at,
        data={
            "kind": determination.kind,
            "place": posting.place,
            "on": posted_on,
            "withheld": [each.basis.strip() for each in withheld],
        },
    )
    return posting


def _require_there(determination: Determination, withheld: Sequence[Withheld]) -> None:
    content = paperwork.in_words(determination)
    for each in withheld:
        if not each.is_long_enough or not each.basis.strip():
            message = (
                "Each passage that is withheld has two letters or more, and names its "
                "exemption, such as (b)(4)."
            )
            raise DeterminationIncomplete(message, missing="withheld")
        if not found_in(content, each):
            message = f"This passage is not in the justification: {each.passage}"
            raise DeterminationIncomplete(message, missing="withheld")


def _print_public_copy(
    determination: Determination,
    place: str,
    withheld: Sequence[Withheld],
    by: Actor,
    at: datetime,
) -> None:
    context = paperwork.released(determination, withheld=withheld, place=place)
    title = f"Public copy: {paperwork.title_of(determination)}"[:240]
    request_document(
        kind="justification",
        subject=determination.subject,
        title=redacted(title, withheld),
        number=determination.name,
        agency_id=determination.agency_id,
        is_public=True,
        context=context,
        content_sha256=content_sha256(context),
        version=VERSION,
        by=by,
        at=at,
    )
