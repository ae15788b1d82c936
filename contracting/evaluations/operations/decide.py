"""Decide which offer is selected."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import Stale
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.evaluations import (
    events,
    paperwork,
    permissions,
    queries,
)
from contracting.evaluations.discussions.exchanges import (
    require_discussions_ended,
    require_in_range,
)
from contracting.evaluations.models import PriceAnalysis, SelectionDecision
from contracting.evaluations.refusals import (
    AlreadyDecided,
    ConsensusMissing,
    NotOpened,
    ReasonablenessMissing,
)
from contracting.evaluations.standing.responsibility import require_responsible
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions.models import OpenedOffer


@transaction.atomic
def decide_selection(
    *,
    solicitation_id: int,
    submission_id: int,
    rationale: str,
    seen_analysis_id: int,
    by: Actor,
    at: datetime,
) -> SelectionDecision:
    """Select an offer, with the authority's own rationale (FAR 15.308).

    :param seen_analysis_id: the price analysis that was read
    :raises NotAllowed: unless ``by`` is the designated authority, having declared
    :raises NotOpened: before the offers are open
    :raises AlreadyDecided: if the selection is decided
    :raises ConsensusMissing: until the panel has agreed on every offer and factor
    :raises DiscussionsOpen: until the cutoff of final revisions has passed (R-EVL-04)
    :raises NotInTheRange: for an offer outside the competitive range (R-EVL-04)
    :raises Stale: if the prices were analysed again since
    :raises ReasonablenessMissing: without an analysis that finds the price of the
        selected offer fair and reasonable (R-EVL-07)
    :raises AmendmentNotAcknowledged: if the selected offer neither acknowledges an
        amendment nor is waived it (R-SUB-05)
    :raises FoundNonresponsible: if its vendor was found wanting and holds no
        certificate of competency (R-EVL-09)
    :raises RationaleNotOwn: if it is empty or nothing but the panel's text (R-EVL-06)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_decide_selection(by, solicitation))
    require_discussions_ended(solicitation, at)
    require_in_range(submission_id)
    _require_evaluated(solicitation)
    analysis = _analysis_for(solicitation, submission_id, seen_analysis_id)
    queries.require_own_words(solicitation, rationale)
    decision = SelectionDecision(
        solicitation=solicitation,
        selected_id=submission_id,
        price_analysis=analysis,
        rationale=rationale.strip(),
        decided_by_id=by.own_membership_id,
        decided_at=at,
    )
    decision.save()
    content = paperwork.decision_content(decision)
    request_document(
        kind="decision",
        subject=decision.subject,
        title=f"Source selection decision on {solicitation.piid}",
        number=decision.public_id,
        agency_id=solicitation.agency_id,
        context=paperwork.decision(decision),
        content_sha256=content_sha256(content),
        version=1,
        by=by,
        at=at,
    )
    _tell_the_office(solicitation, decision, by, at)
    record_event(
        events.SELECTION_DECIDED,
        subject=decision.subject,
        by=by,
        at=at,
        data={
            "decision": decision.public_id,
            "analysis": analysis.public_id,
            "content_sha256": content_sha256(content),
        },
    )
    return decision


def _require_evaluated(solicitation: Solicitation) -> None:
    if queries.decision_of(solicitation) is not None:
        message = "The selection is decided already."
        raise AlreadyDecided(message)
    if solicitation.state != SolicitationState.OPENED:
        message = "The selection is decided once the offers are open."
        raise NotOpened(message, state=solicitation.state)
    missing = [
        f"{offer.submission.called}: {factor.name}"
        for offer, factor in queries.missing_consensus(solicitation)
    ]
    if missing:
        message = f"The panel has yet to agree on {'; '.join(missing)}."
        raise ConsensusMissing(message, missing=missing)


def _analysis_for(
    solicitation: Solicitation, submission_id: int, seen_analysis_id: int
) -> PriceAnalysis:
    analysis = queries.latest_analysis(solicitation)
    if analysis is None:
        message = "First record that the price is fair and reasonable."
        raise ReasonablenessMissing(message)
    if analysis.pk != seen_analysis_id:
        message = "The prices were analysed again since you read them. Read them again."
        raise Stale(message, current=analysis.public_id)
    if submission_id not in analysis.reasonable_submission_ids:
        message = "The price analysis does not find the price of this offer reasonable."
        raise ReasonablenessMissing(message)
    offer = OpenedOffer.objects.get(submission_id=submission_id)
    queries.require_acknowledged(offer)
    require_responsible(offer.submission)
    return analysis


def _tell_the_office(
    solicitation: Solicitation, decision: SelectionDecision, by: Actor, at: datetime
) -> None:
    roles = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    post_notice(
        recipients=[Recipient(solicitation.agency_id, role) for role in roles],
        subject=decision.subject,
        title=f"The selection on {solicitation.piid} is decided",
        body="The award can be drafted.",
        url_path=f"/decisions/{decision.public_id}",
        by=by,
        at=at,
    )
