"""Decide which offer is selected, or which several."""

from __future__ import annotations

from collections.abc import Mapping
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
    permissions,
    queries,
)
from contracting.evaluations.calculations import has_words
from contracting.evaluations.discussions.exchanges import (
    require_discussions_ended,
    require_in_range,
)
from contracting.evaluations.models import (
    PriceAnalysis,
    SelectedOffer,
    SelectionDecision,
)
from contracting.evaluations.paperwork import decisions
from contracting.evaluations.refusals import (
    AlreadyDecided,
    ConsensusMissing,
    NotOpened,
    ReasonablenessMissing,
    SelectionUnfit,
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
    selected: Mapping[int, str],
    rationale: str,
    seen_analysis_id: int,
    by: Actor,
    at: datetime,
) -> SelectionDecision:
    """Select an offer, with the authority's own rationale (FAR 15.308).

    Several are selected, each with its reason beside the comparison, where the
    solicitation said that it intends several awards (FAR 16.504(c)).

    :param selected: by the primary key of the submission, why it is selected; one that
        is selected alone may leave that to the rationale
    :param seen_analysis_id: the price analysis that was read
    :raises NotAllowed: unless ``by`` is the designated authority, having declared
    :raises NotOpened: before the offers are open
    :raises AlreadyDecided: if the selection is decided
    :raises SelectionUnfit: for no offer, for more than the solicitation intends awards,
        for two of one vendor, or without a reason for each of several
    :raises ConsensusMissing: until the panel has agreed on every offer and factor
    :raises DiscussionsOpen: until the cutoff of final revisions has passed (R-EVL-04)
    :raises NotInTheRange: for an offer outside the competitive range (R-EVL-04)
    :raises Stale: if the prices were analysed again since
    :raises ReasonablenessMissing: without an analysis that finds the price of each
        selected offer fair and reasonable (R-EVL-07)
    :raises AmendmentNotAcknowledged: if a selected offer neither acknowledges an
        amendment nor is waived it (R-SUB-05)
    :raises FoundNonresponsible: if its vendor was found wanting and holds no
        certificate of competency (R-EVL-09)
    :raises RationaleNotOwn: if it is empty or nothing but the panel's text (R-EVL-06)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_decide_selection(by, solicitation))
    require_discussions_ended(solicitation, at)
    for submission_id in selected:
        require_in_range(submission_id)
    _require_evaluated(solicitation)
    _require_intended(solicitation, selected)
    analysis = _analysis_for(solicitation, selected, seen_analysis_id)
    for words in (rationale, *(selected.values() if len(selected) > 1 else ())):
        queries.require_own_words(solicitation, words)
    decision = SelectionDecision(
        solicitation=solicitation,
        price_analysis=analysis,
        rationale=rationale.strip(),
        decided_by_id=by.own_membership_id,
        decided_at=at,
    )
    decision.save()
    for position, (submission_id, reason) in enumerate(selected.items(), start=1):
        SelectedOffer.objects.create(
            decision=decision,
            position=position,
            submission_id=submission_id,
            reason=reason.strip(),
        )
    content = decisions.decision_content(decision)
    request_document(
        kind="decision",
        subject=decision.subject,
        title=f"Source selection decision on {solicitation.piid}",
        number=f"{solicitation.piid}-SSD",
        agency_id=solicitation.agency_id,
        context=decisions.decision(decision),
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
            "selected": decision.named,
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


def _require_intended(solicitation: Solicitation, selected: Mapping[int, str]) -> None:
    most = solicitation.most_awards
    if not 1 <= len(selected) <= most:
        message = (
            "This solicitation intends a single award; select one offer."
            if most == 1
            else f"This solicitation intends up to {most} awards; select 1 to {most}."
        )
        raise SelectionUnfit(message, most=most)
    chosen = solicitation.submissions.filter(pk__in=selected)
    if chosen.values("vendor_id").distinct().count() < len(selected):
        message = "Several awards go to several vendors; select one offer of each."
        raise SelectionUnfit(message)
    if len(selected) > 1 and not all(has_words(each) for each in selected.values()):
        message = "Say of each selected offer, in your own words, why it is selected."
        raise SelectionUnfit(message)


def _analysis_for(
    solicitation: Solicitation, selected: Mapping[int, str], seen_analysis_id: int
) -> PriceAnalysis:
    analysis = queries.latest_analysis(solicitation)
    if analysis is None:
        message = "First record that the price is fair and reasonable."
        raise ReasonablenessMissing(message)
    if analysis.pk != seen_analysis_id:
        message = "The prices were analysed again since you read them. Read them again."
        raise Stale(message, current=analysis.public_id)
    if not set(selected) <= set(analysis.reasonable_submission_ids):
        message = "The price analysis does not find the price of this offer reasonable."
        raise ReasonablenessMissing(message)
    for offer in OpenedOffer.objects.filter(submission_id__in=selected):
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
