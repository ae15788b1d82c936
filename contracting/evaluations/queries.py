"""Reads of an evaluation: source selection information, for few eyes (FAR 3.104)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership
from accounts.queries import members
from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.evaluations.calculations import (
    has_words,
    own_words,
    unmet_amendments,
)
from contracting.evaluations.models import (
    AmendmentWaiver,
    ConflictResolution,
    ConsensusRating,
    Declaration,
    DissentNote,
    PanelMember,
    PriceAnalysis,
    PriceRelease,
    Rating,
    RatingLock,
    SelectionDecision,
)
from contracting.evaluations.refusals import (
    AlreadyDecided,
    NotAPublishedFactor,
    NotOpened,
    RationaleNotOwn,
)
from contracting.evaluations.states import PanelRole, Standing
from contracting.solicitations.models import (
    Amendment,
    EvaluationFactor,
    Solicitation,
)
from contracting.solicitations.queries import factors_of
from contracting.solicitations.states import SolicitationState
from contracting.submissions.models import OpenedOffer, Submission
from contracting.submissions.queries import offers_of
from contracting.submissions.refusals import AmendmentNotAcknowledged

_OFFICE = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST, Role.AUDITOR)


def evaluations_visible_to(actor: Actor) -> QuerySet[Solicitation]:
    """Released solicitations that the actor works on, audits or is designated for."""
    found = Solicitation.objects.filter(
        agency_id=actor.organization_id, released_at__isnull=False
    ).select_related("agency")
    if not actor.is_person or not actor.is_agency:
        return found.none()
    if not actor.has_role(*_OFFICE):
        found = found.filter(panel__membership_id=actor.own_membership_id)
    return found.order_by("-pk")


def get_evaluation_for(actor: Actor, public_id: str) -> Solicitation:
    """The solicitation whose offers are evaluated.

    :raises NotVisible: for whoever is neither of the office nor designated
    """
    found = evaluations_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such evaluation."
        raise NotVisible(message)
    return found


def get_offer_for(actor: Actor, public_id: str) -> OpenedOffer:
    """An opened offer of an evaluation that the actor sees.

    :raises NotVisible: for whoever does not, and for an offer that is still sealed
    """
    found = (
        OpenedOffer.objects.filter(
            submission__public_id=public_id,
            submission__solicitation__in=evaluations_visible_to(actor),
        )
        .select_related("submission__solicitation__agency", "submission__vendor")
        .first()
    )
    if found is None:
        message = "There is no such offer."
        raise NotVisible(message)
    return found


def get_factor(offer: OpenedOffer, public_id: str) -> EvaluationFactor:
    """A published factor of the offer's solicitation.

    :raises NotVisible: if there is none
    """
    factors = factors_of(offer.submission.solicitation)
    found = factors.filter(public_id=public_id).first()
    if found is None:
        message = "There is no such factor."
        raise NotVisible(message)
    return found


def get_decision_for(actor: Actor, public_id: str) -> SelectionDecision:
    """The decision of an evaluation that the actor sees.

    :raises NotVisible: for everybody else
    """
    found = (
        SelectionDecision.objects.filter(
            public_id=public_id, solicitation__in=evaluations_visible_to(actor)
        )
        .select_related(
            "solicitation__agency",
            "price_analysis",
            "decided_by__user",
        )
        .first()
    )
    if found is None:
        message = "There is no such decision."
        raise NotVisible(message)
    return found


def panel_of(solicitation: Solicitation) -> QuerySet[PanelMember]:
    """Who is designated, the source selection authority last."""
    return (
        solicitation.panel.select_related("membership__user", "designated_by__user")
        .prefetch_related("declarations__resolution")
        .order_by("role", "pk")
    )


def panel_member_of(actor: Actor, solicitation: Solicitation) -> PanelMember | None:
    """The acting person's own designation."""
    if actor.membership_id is None:
        return None
    return panel_of(solicitation).filter(membership_id=actor.membership_id).first()


def standing_of(member: PanelMember) -> Standing:
    """Whether a member of the panel may read the offers, and if not, why.

    A conflict is never undone by declaring again: it is for the officer to decide.
    """
    declarations = list(member.declarations.order_by("pk"))
    if not declarations:
        return Standing.NOT_DECLARED
    for each in declarations:
        resolution = resolution_of(each)
        if each.has_conflict and resolution is None:
            return Standing.PENDING
        if resolution is not None and not resolution.is_admitted:
            return Standing.EXCLUDED
    named = declarations[-1].parties
    if named is None or set(parties_of(member.solicitation)) <= set(named):
        return Standing.OPEN
    return Standing.INCOMPLETE


def resolution_of(declaration: Declaration) -> ConflictResolution | None:
    """What was decided about a declared conflict."""
    return ConflictResolution.objects.filter(declaration=declaration).first()


def conflict_of(member: PanelMember) -> Declaration | None:
    """The conflict that a member declared and nobody has decided on."""
    found = member.declarations.filter(has_conflict=True, resolution__isnull=True)
    return found.order_by("pk").first()


def parties_of(solicitation: Solicitation) -> list[str]:
    """The opened submissions, by public id: those whom a declaration names."""
    return [offer.submission.public_id for offer in offers_of(solicitation)]


def get_member(solicitation: Solicitation, public_id: str) -> PanelMember:
    """A member of the panel by the public id of their membership.

    :raises NotVisible: if there is none
    """
    found = panel_of(solicitation).filter(membership__public_id=public_id).first()
    if found is None:
        message = "There is no such member of the panel."
        raise NotVisible(message)
    return found


def declared_evaluators(solicitation: Solicitation) -> QuerySet[PanelMember]:
    """The evaluators who have declared: those who read, rate and agree."""
    open_conflict = Q(has_conflict=True) & (
        Q(resolution__isnull=True) | Q(resolution__is_admitted=False)
    )
    own = Declaration.objects.filter(panel_member=OuterRef("pk"))
    return panel_of(solicitation).filter(
        Exists(own), ~Exists(own.filter(open_conflict)), role=PanelRole.EVALUATOR
    )


def candidates(solicitation: Solicitation) -> QuerySet[Membership]:
    """Evaluators and authorities of the agency who are not yet on the panel."""
    on_panel = solicitation.panel.values("membership__user_id")
    roles = (Role.EVALUATOR, Role.SOURCE_SELECTION_AUTHORITY)
    found = members(solicitation.agency_id, *roles)
    return found.exclude(user_id__in=on_panel)


def rated_factors(solicitation: Solicitation) -> QuerySet[EvaluationFactor]:
    """The published factors other than price."""
    return factors_of(solicitation).filter(is_price=False)


def require_published(solicitation: Solicitation, factor: EvaluationFactor) -> None:
    """Insist on a published factor other than price (FAR 15.305(a)).

    :raises NotAPublishedFactor: for any other (R-EVL-01)
    """
    if not rated_factors(solicitation).filter(pk=factor.pk).exists():
        message = f"{factor.name} is not a published factor that offers are rated on."
        raise NotAPublishedFactor(message, factor=factor.public_id)


def require_open(solicitation: Solicitation) -> None:
    """Insist on offers that are open and a solicitation that is not over.

    :raises NotOpened: before the opening, and once it is awarded or cancelled
    """
    if solicitation.state != SolicitationState.OPENED:
        state = solicitation.get_state_display()
        message = f"That needs opened offers; this solicitation is {state}."
        raise NotOpened(message, state=solicitation.state)


def ratings_of(
    submission: Submission, factor: EvaluationFactor | None = None
) -> QuerySet[Rating]:
    """The last revision of each evaluator's rating."""
    found = Rating.objects.filter(submission=submission)
    if factor is not None:
        found = found.filter(factor=factor)
    latest = found.order_by("factor_id", "panel_member_id", "-revision").distinct(
        "factor_id", "panel_member_id"
    )
    return (
        Rating.objects.filter(pk__in=latest.values("pk"))
        .select_related("factor", "panel_member__membership__user")
        .order_by("factor__position", "panel_member_id")
    )


def locked_ratings_of(
    submission: Submission, factor: EvaluationFactor
) -> QuerySet[Rating]:
    """Of those who have locked: every revision from the locked one on, in order.

    The locked rating is the last revision that needed no reason.
    """
    later = Rating.objects.filter(
        submission=submission,
        factor=factor,
        panel_member=OuterRef("panel_member"),
        revision__gt=OuterRef("revision"),
        reason="",
    )
    return (
        Rating.objects.filter(
            ~Exists(later),
            submission=submission,
            factor=factor,
            panel_member__locks__submission=submission,
        )
        .select_related("panel_member__membership__user")
        .order_by("panel_member_id", "revision")
    )


def own_rating(
    member: PanelMember, submission: Submission, factor: EvaluationFactor
) -> Rating | None:
    """What this evaluator last wrote about the offer on the factor."""
    return ratings_of(submission, factor).filter(panel_member=member).first()


@dataclass(frozen=True, slots=True)
class RatingTable:
    """Every rating, lock and consensus of a solicitation, read at once.

    ``rated`` is by submission and factor, then by member; ``locked`` by submission.
    """

    evaluators: list[PanelMember]
    rated: dict[tuple[int, int], dict[int, Rating]]
    locked: dict[int, set[int]]
    agreed: dict[tuple[int, int], ConsensusRating]


def rating_table(solicitation: Solicitation) -> RatingTable:
    """Who has rated, locked and agreed on what; the last revision of each rating."""
    rated: dict[tuple[int, int], dict[int, Rating]] = {}
    for rating in Rating.objects.filter(submission__solicitation=solicitation).order_by(
        "revision"
    ):
        by_member = rated.setdefault((rating.submission_id, rating.factor_id), {})
        by_member[rating.panel_member_id] = rating
    locked: dict[int, set[int]] = {}
    for lock in RatingLock.objects.filter(submission__solicitation=solicitation):
        locked.setdefault(lock.submission_id, set()).add(lock.panel_member_id)
    agreed = ConsensusRating.objects.filter(
        submission__solicitation=solicitation
    ).prefetch_related("dissents__panel_member__membership__user")
    return RatingTable(
        evaluators=list(declared_evaluators(solicitation)),
        rated=rated,
        locked=locked,
        agreed={(each.submission_id, each.factor_id): each for each in agreed},
    )


def has_locked(member: PanelMember | None, submission: Submission) -> bool:
    """Whether this evaluator's own ratings of the offer are locked."""
    held = submission.rating_locks.filter(panel_member=member)
    return member is not None and held.exists()


def unlocked_by(member: PanelMember) -> int:
    """How many opened offers this evaluator has not locked their ratings of."""
    opened = offers_of(member.solicitation)
    return opened.exclude(submission__rating_locks__panel_member=member).count()


def have_not_locked(submission: Submission) -> QuerySet[PanelMember]:
    """Evaluators who have declared and whose ratings of the offer are not locked."""
    locked = submission.rating_locks.values("panel_member_id")
    return declared_evaluators(submission.solicitation).exclude(pk__in=locked)


def factors_left(
    member: PanelMember, submission: Submission
) -> QuerySet[EvaluationFactor]:
    """The published factors on which this evaluator still owes the offer a rating."""
    done = Rating.objects.filter(submission=submission, panel_member=member)
    left = rated_factors(submission.solicitation)
    return left.exclude(pk__in=done.values("factor_id"))


def consensus_of(
    submission: Submission, factor: EvaluationFactor
) -> ConsensusRating | None:
    """What the panel agreed for an offer on a factor."""
    found = submission.consensus_ratings.filter(factor=factor)
    return found.select_related("agreed_by__user").first()


def missing_consensus(
    solicitation: Solicitation,
) -> list[tuple[OpenedOffer, EvaluationFactor]]:
    """Every offer in the range and factor on which the panel has not agreed."""
    agreed = set(
        ConsensusRating.objects.filter(
            submission__solicitation=solicitation
        ).values_list("submission_id", "factor_id")
    )
    return [
        (offer, factor)
        for offer in offers_of(solicitation).exclude(
            submission__range_standing__is_kept=False
        )
        for factor in rated_factors(solicitation)
        if (offer.submission_id, factor.pk) not in agreed
    ]


def require_undecided(solicitation: Solicitation) -> None:
    """Insist on open offers and a selection that is still to be made.

    :raises NotOpened: before the opening, and once it is awarded or cancelled
    :raises AlreadyDecided: once the selection is decided
    """
    require_open(solicitation)
    if decision_of(solicitation) is not None:
        message = "The selection is decided; its offers stand as they are."
        raise AlreadyDecided(message)


def require_acknowledged(offer: OpenedOffer) -> None:
    """Insist on an offer under the amended terms.

    :raises AmendmentNotAcknowledged: if an amendment is neither acknowledged nor waived
        (R-SUB-05)
    """
    unmet = unmet_amendments(offer)
    if unmet:
        vendor, named = offer.submission.called, ", ".join(unmet)
        message = (
            f"{vendor} has not acknowledged amendment {named}, so its offer stands on "
            "other terms. A contracting officer may waive an immaterial amendment."
        )
        raise AmendmentNotAcknowledged(message, missing=unmet)


def release_of(solicitation: Solicitation) -> PriceRelease | None:
    """The officer's record that evaluators see prices early, if there is one."""
    found = PriceRelease.objects.filter(solicitation=solicitation)
    return found.select_related("released_by__user").first()


def dissents_from(consensus: ConsensusRating | None) -> QuerySet[DissentNote]:
    """What evaluators wrote against a consensus, oldest first."""
    found = DissentNote.objects.filter(consensus=consensus)
    return found.select_related("panel_member__membership__user").order_by("pk")


def waivers_of(submission: Submission) -> QuerySet[AmendmentWaiver]:
    """The amendments that this offer need not acknowledge, by number."""
    return (
        AmendmentWaiver.objects.filter(submission=submission)
        .select_related("amendment", "waived_by__user")
        .order_by("amendment__number")
    )


def waivable(offer: OpenedOffer) -> list[Amendment]:
    """The amendments that stand between this offer and a selection."""
    return list(
        offer.submission.solicitation.amendments.filter(
            number__in=unmet_amendments(offer)
        ).order_by("number")
    )


def latest_analysis(solicitation: Solicitation) -> PriceAnalysis | None:
    """The price analysis in force: the last one."""
    found = solicitation.price_analyses.select_related("analysed_by__user")
    return found.order_by("-pk").first()


def analysis_id(solicitation: Solicitation, public_id: str) -> int:
    """The number inside of an analysis that was read; 0 if there is none."""
    found = solicitation.price_analyses.filter(public_id=public_id).first()
    return 0 if found is None else found.pk


def decision_of(solicitation: Solicitation) -> SelectionDecision | None:
    """The source selection decision, once it is taken."""
    found = SelectionDecision.objects.filter(solicitation=solicitation)
    return found.select_related("decided_by__user").first()


def panel_texts(solicitation: Solicitation) -> list[str]:
    """Everything that the panel and the price analysts have written."""
    ratings = Rating.objects.filter(submission__solicitation=solicitation)
    agreed = ConsensusRating.objects.filter(submission__solicitation=solicitation)
    analyses = solicitation.price_analyses.values_list("conclusion", flat=True)
    waived = AmendmentWaiver.objects.filter(submission__solicitation=solicitation)
    texts = [
        text for pair in ratings.values_list("strengths", "weaknesses") for text in pair
    ]
    texts += agreed.values_list("narrative", flat=True)
    dissents = DissentNote.objects.filter(consensus__in=agreed)
    texts += dissents.values_list("text", flat=True)
    return [*texts, *analyses, *waived.values_list("memo", flat=True)]


OWN_WORDS: Final = 3
"""A rationale has at least so many different words that are not the panel's."""


def require_own_words(solicitation: Solicitation, rationale: str) -> None:
    """Insist on the authority's own rationale (FAR 15.308).

    :raises RationaleNotOwn: if it is empty or nothing but the panel's text (R-EVL-06)
    """
    if not has_words(rationale):
        message = "Write your own rationale."
        raise RationaleNotOwn(message)
    if len(own_words(rationale, panel_texts(solicitation))) < OWN_WORDS:
        message = (
            "This rationale is the panel's text, or hardly a sentence. Say in your own "
            "words what decides."
        )
        raise RationaleNotOwn(message)


def unsuccessful(solicitation: Solicitation) -> QuerySet[Submission]:
    """Opened offers of vendors with none selected, or each forgone, once decided."""
    decision = decision_of(solicitation)
    if decision is None:
        return Submission.objects.none()
    chosen = decision.standing.values("submission__vendor_id")
    left = Q(opened_offer__isnull=False) & ~Q(vendor_id__in=chosen)
    return solicitation.submissions.filter(left).select_related("vendor").order_by("pk")
