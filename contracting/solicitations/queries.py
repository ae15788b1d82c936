"""Solicitations as one actor may see them, and what is known about one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Prefetch, Q, QuerySet

from accounts.queries import known_vendors
from contracting.approvals.queries import (
    StepStanding,
    latest_route_of,
    routes_of,
    standing,
)
from contracting.audit.queries import events_of
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import BadPeriod, zone_of
from contracting.determinations.models import Determination
from contracting.determinations.queries import approved_kinds, determinations_of
from contracting.determinations.states import POSTED, DeterminationState, Kind
from contracting.reference.models import AiModel
from contracting.reference.queries import (
    amounts_on,
    attachment_labels,
    attachments_on,
    clauses_on,
    instruments_on,
    prescriptions_on,
    threshold,
    token_classes,
)
from contracting.requisitions.models import Requisition
from contracting.requisitions.queries import visible_to as requisitions_visible_to
from contracting.requisitions.states import RequisitionState
from contracting.solicitations import calculations, events
from contracting.solicitations.models import (
    Amendment,
    Answer,
    EvaluationFactor,
    Question,
    Solicitation,
    SolicitationLine,
)
from contracting.solicitations.publishing import check, clauses, costs, options
from contracting.solicitations.publishing.changes import shown
from contracting.solicitations.publishing.check import Point
from contracting.solicitations.publishing.facts import (
    AMOUNTS,
    Day,
    Facts,
    Line,
    Prescription,
)
from contracting.solicitations.publishing.limits import limits_of
from contracting.solicitations.publishing.names import named_in
from contracting.solicitations.publishing.terms import TERMS
from contracting.solicitations.publishing.validity import offers_valid_until
from contracting.solicitations.refusals import JustificationMissing
from contracting.solicitations.states import ExtentCompeted, SolicitationState

PUBLIC_STATES: Final = (
    SolicitationState.RELEASED,
    SolicitationState.OPENED,
    SolicitationState.AWARDED,
    SolicitationState.NO_AWARD,
    SolicitationState.CANCELLED,
)
"""Once released, a solicitation is public for ever, but for one in the open."""
PUBLISHED: Final = Q(state__in=PUBLIC_STATES, in_the_open=False)


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A released question and its answer; who asked is not part of it."""

    public_id: str
    question: str
    answer: str
    changes_terms: bool
    released_at: datetime


def visible_to(actor: Actor) -> QuerySet[Solicitation]:
    """An agency's own solicitations; for everybody else the released ones."""
    found = Solicitation.objects.select_related("agency", "requisition")
    if actor.is_agency and actor.organization_id is not None:
        own = found.filter(agency_id=actor.organization_id)
        return own.exclude(state=SolicitationState.DISCARDED).order_by("-pk")
    return found.filter(PUBLISHED).order_by("-pk")


def own_solicitations(actor: Actor) -> QuerySet[Solicitation]:
    """The solicitations of the actor's agency; none for everybody else."""
    found = visible_to(actor)
    return found if actor.is_agency else found.none()


def get_solicitation_for(actor: Actor, public_id: str) -> Solicitation:
    """The solicitation, for members and keys of its own agency.

    :raises NotVisible: for everybody else; they read :func:`get_opportunity`
    """
    found = None
    if actor.is_agency:
        found = visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such solicitation."
        raise NotVisible(message)
    return found


def readable_by(actor: Actor, public_id: str) -> Solicitation:
    """The agency's own solicitation, or anybody's released one, for a machine.

    :raises NotVisible: if there is none for this actor
    """
    found = visible_to(actor).filter(public_id=public_id).first()
    return found if found is not None else get_opportunity(public_id)


def get_opportunity(public_id: str) -> Solicitation:
    """A released solicitation, for everybody.

    :raises NotVisible: if there is none, or it is not released
    """
    found = (
        Solicitation.objects.filter(PUBLISHED, public_id=public_id)
        .select_related("agency", "requisition")
        .first()
    )
    if found is None:
        message = "There is no such opportunity."
        raise NotVisible(message)
    return found


def open_opportunities(at: datetime) -> QuerySet[Solicitation]:
    """Released solicitations whose deadline has not passed, the next one first."""
    return (
        Solicitation.objects.filter(state=SolicitationState.RELEASED, deadline__gte=at)
        .select_related("agency")
        .order_by("deadline", "pk")
    )


def get_question_for(actor: Actor, public_id: str) -> Question:
    """A question, for members of the agency that answers it.

    :raises NotVisible: for everybody else
    """
    found = (
        Question.objects.filter(public_id=public_id, solicitation__in=visible_to(actor))
        .select_related("solicitation__agency")
        .first()
    )
    if found is None or not actor.is_agency:
        message = "There is no such question."
        raise NotVisible(message)
    return found


def waiting_requisitions(actor: Actor) -> list[Requisition]:
    """Submitted needs of the actor's agency for which no package is under way."""
    over = (
        SolicitationState.NO_AWARD,
        SolicitationState.CANCELLED,
        SolicitationState.DISCARDED,
    )
    under_way = Solicitation.objects.exclude(state__in=over)
    return list(
        requisitions_visible_to(actor)
        .filter(state=RequisitionState.SUBMITTED)
        .exclude(pk__in=under_way.values("requisition_id"))
    )


def package_of(solicitation: Solicitation) -> dict[str, Any]:
    """What the package consists of, for a page that shows it whole."""
    carried = solicitation.clauses.select_related("clause")
    return {
        "solicitation": solicitation,
        "lines": lines_of(solicitation),
        "structures": costs.structures(lines_of(solicitation)),
        "factors": factors_of(solicitation),
        "offers_valid_until": offers_valid_until(solicitation),
        "limits": limits_of(solicitation),
        "papers_of_offers": attachment_labels(solicitation.required_attachments),
        "options": options.stated(solicitation.options),
        "clauses": carried.order_by("clause__number"),
    }


def terms_of(solicitation: Solicitation) -> dict[str, Any]:
    """The terms as a form shows them: the deadline as a local day and time."""
    shown = {
        field.name: getattr(solicitation, field.name)
        for field in Solicitation._meta.concrete_fields
    }
    deadline = shown.pop("deadline")
    if deadline is not None:
        local = deadline.astimezone(zone_of(solicitation.time_zone))
        shown |= {"deadline_day": local.date(), "deadline_time": local.time()}
    return {**shown, "seen_version": solicitation.version}


def lines_of(solicitation: Solicitation) -> QuerySet[SolicitationLine]:
    """The rows of the price schedule in force, by number."""
    return (
        solicitation.lines.filter(is_removed=False)
        .select_related("token_class")
        .order_by("slin")
    )


def factors_of(solicitation: Solicitation) -> QuerySet[EvaluationFactor]:
    """The evaluation factors in force, in their order."""
    return solicitation.factors.filter(is_removed=False).order_by("position")


def clauses_offered(solicitation: Solicitation, at: datetime) -> list[tuple[int, str]]:
    """Every clause and provision in force, with why it is required, or that it is not.

    A clause of the package that is no longer in force is offered too.
    """
    facts = facts_of(solicitation, at=at)
    offered = {
        clause.pk: f"{clause} ({clauses.standing(clause.number, facts).words})"
        for clause in clauses_on(solicitation.agency.local_day(at))
    }
    for row in solicitation.clauses.select_related("clause"):
        offered.setdefault(row.clause_id, f"{row.clause} (in the package)")
    return list(offered.items())


def attachments_offered(
    solicitation: Solicitation, at: datetime
) -> list[tuple[str, str]]:
    """The papers of offers in force today, and those of the package beside them."""
    on = solicitation.agency.local_day(at)
    offered = attachments_on(on)
    for code in solicitation.required_attachments:
        offered.setdefault(code, code.replace("_", " ").lower())
    return list(offered.items())


def chosen_clauses(solicitation: Solicitation) -> dict[str, list[int]]:
    """The clauses of the package as a form shows them."""
    return {
        "clause_ids": list(solicitation.clauses.values_list("clause_id", flat=True))
    }


def amendable(solicitation: Solicitation, at: datetime) -> dict[str, Any]:
    """What the page of an amendment offers: the package as it stands, and choices."""
    content = calculations.content(solicitation)
    classes = [(each.code, each.label) for each in token_classes()]
    return {
        "zone": solicitation.time_zone,
        "attachments": attachments_offered(solicitation, at),
        "in_force": terms_of(solicitation),
        "rows": {"lines": content["lines"], "factors": content["factors"]},
        "choices": {"lines": {"token_class": classes}},
        "offered": clauses_offered(solicitation, at),
    }


def amendments_shown(
    solicitation: Solicitation,
) -> list[tuple[Amendment, list[dict[str, Any]]]]:
    """The amendments by number, each with its changes as a page shows them."""
    return [
        (each, shown(each.changes, solicitation.time_zone))
        for each in amendments_of(solicitation)
    ]


def steps_of(solicitation: Solicitation, by: Actor | None = None) -> list[StepStanding]:
    """Where the last review stands, step by step; empty without one."""
    route = latest_route_of(solicitation.subject)
    return standing(route, by) if route else []


def questions_of(solicitation: Solicitation) -> QuerySet[Question]:
    """Every question with its answers, oldest first; show none of the askers."""
    answers = Answer.objects.order_by("-pk").prefetch_related("releases")
    return solicitation.questions.order_by("pk").prefetch_related(
        Prefetch("answers", queryset=answers), "assignments__assignee__user"
    )


def drafted_answers(solicitation: Solicitation) -> list[Answer]:
    """The last answer to each question that nobody has been given an answer to."""
    unreleased = Answer.objects.filter(question__solicitation=solicitation).exclude(
        question__answers__releases__isnull=False
    )
    return list(unreleased.order_by("question_id", "-pk").distinct("question_id"))


def released_answers(solicitation: Solicitation) -> list[AnsweredQuestion]:
    """What everybody may read: questions and answers, in the order of release."""
    found = (
        Answer.objects.filter(releases__solicitation=solicitation)
        .select_related("question")
        .prefetch_related("releases")
        .order_by("releases__released_at", "question_id")
    )
    return [
        AnsweredQuestion(
            public_id=answer.question.public_id,
            question=answer.question.text,
            answer=answer.text,
            changes_terms=answer.changes_terms,
            released_at=answer.releases.all()[0].released_at,
        )
        for answer in found
    ]


def unanswered(solicitation: Solicitation) -> QuerySet[Question]:
    """Questions for which not even a draft of an answer exists."""
    return solicitation.questions.filter(answers__isnull=True)


def last_reviewed_version(
    solicitation: Solicitation, user_id: int | None
) -> int | None:
    """The version on which this person decided last; else the last anybody did."""
    decided = (
        routes_of(solicitation.subject)
        .filter(decisions__isnull=False)
        .order_by("-pk")
        .values_list("version", "decisions__by_user_id")
    )
    own = [version for version, by_user_id in decided if by_user_id == user_id]
    versions = own or [version for version, _ in decided]
    return versions[0] if versions else None


def amendments_of(solicitation: Solicitation) -> QuerySet[Amendment]:
    """The amendments, by number."""
    return solicitation.amendments.order_by("number")


def require_justified(solicitation: Solicitation) -> None:
    """Insist on the justification before an award; for urgency it may follow.

    FAR 6.303-1(d), 6.303-2 (R-SOL-09).

    :raises JustificationMissing: if less than full competition is not justified yet
    """
    extent = ExtentCompeted(solicitation.extent_competed)
    if extent in (ExtentCompeted.FULL, ExtentCompeted.URGENCY):
        return
    if Kind.OTHER_THAN_FULL not in approved_kinds(solicitation.subject):
        message = (
            f"Competition was limited ({extent.label}), and no justification for it "
            "is approved. Have it approved, then sign."
        )
        raise JustificationMissing(message, extent=extent)


def posting_due(solicitation: Solicitation) -> date | None:
    """The last day to post the justification after award (FAR 6.305), if any is due.

    :raises NoThreshold: if no number of days is in force on the day of the award
    """
    extent = solicitation.extent_competed
    if solicitation.awarded_at is None or extent == ExtentCompeted.FULL:
        return None
    made = determinations_of(solicitation.subject).filter(kind=Kind.OTHER_THAN_FULL)
    if made.filter(posting__isnull=False).exists():
        return None
    is_urgent = extent == ExtentCompeted.URGENCY
    code = "JUSTIFICATION_POSTING_URGENT" if is_urgent else "JUSTIFICATION_POSTING"
    awarded_on = solicitation.agency.local_day(solicitation.awarded_at)
    return awarded_on + timedelta(days=int(threshold(code, awarded_on).value))


def public_justifications(solicitation: Solicitation) -> list[Determination]:
    """The approved justifications that everybody reads with it, oldest first.

    One for naming a brand is public with the solicitation, one for less than full
    competition once it is posted after award (FAR 5.102(a)(6), 6.305).
    """
    made = determinations_of(solicitation.subject).filter(
        state=DeterminationState.APPROVED
    )
    is_public = Q(kind=Kind.BRAND_NAME) | Q(kind__in=POSTED, posting__isnull=False)
    return list(made.filter(is_public).order_by("pk"))


def changes_since(solicitation: Solicitation, version: int) -> Iterator[dict[str, str]]:
    """Each change recorded after ``version``, oldest first, as {term, old, new}."""
    codes = (events.SOLICITATION_EDITED.code, events.SOLICITATION_AMENDED.code)
    for event in events_of(solicitation.subject).filter(event__in=codes):
        data = json.loads(event.payload)["data"]
        if data["version"] > version:
            yield from data["changes"]


def publish_gaps(
    solicitation: Solicitation, *, at: datetime | None = None
) -> list[Point]:
    """Everything that stops its publication; see :mod:`publishing.check`.

    :param at: the instant of release, which thresholds, waiting days and the deadline
        are judged by; without it they are not judged
    """
    return check.missing(facts_of(solicitation, at=at))


def publish_points(solicitation: Solicitation, at: datetime) -> list[Point]:
    """Everything that is weighed before publication, in order or not."""
    return check.points(facts_of(solicitation, at=at))


def facts_of(solicitation: Solicitation, *, at: datetime | None = None) -> Facts:
    """What the publish check knows of a package.

    :raises NoThreshold: if a number that decides is not in force on the day of ``at``
    """
    lines = lines_of(solicitation)
    return Facts(
        terms={name: getattr(solicitation, name) for name in TERMS},
        lines=tuple(
            Line(
                line.clin,
                line.workload_tokens,
                line.boundary if line.asks_boundary else "",
                line.structure,
                line.workload_quantity,
            )
            for line in lines
        ),
        factors_are_price=tuple(each.is_price for each in factors_of(solicitation)),
        clauses=frozenset(
            solicitation.clauses.values_list("clause__number", flat=True)
        ),
        zone_exists=_zone_exists(solicitation.time_zone),
        day=None if at is None else _day_of(solicitation, at),
        determined=approved_kinds(solicitation.subject),
        named=named_in(
            (
                solicitation.title,
                solicitation.statement_of_objectives,
                solicitation.ai_terms,
                *(line.description for line in lines),
            ),
            _known_names(),
        ),
    )


def _zone_exists(name: str) -> bool:
    try:
        zone_of(name)
    except BadPeriod:
        return False
    return True


def _day_of(solicitation: Solicitation, at: datetime) -> Day:
    agency, on = solicitation.agency, solicitation.agency.local_day(at)
    released = solicitation.released_at
    deadline = solicitation.deadline
    return Day(
        at=at,
        on=on,
        released_on=on if released is None else agency.local_day(released),
        deadline_on=None if deadline is None else agency.local_day(deadline),
        amounts=amounts_on(AMOUNTS, on),
        attachments=attachments_on(on),
        instrument=instruments_on(on).filter(code=solicitation.instrument).first(),
        prescriptions=tuple(
            Prescription(
                number=row.clause_number,
                above=above,
                procedure=row.procedure,
                is_set_aside=row.is_set_aside,
                is_multiple_award=row.is_multiple_award,
                reason=row.reason,
                citation=row.citation,
                regime=row.get_regime_display(),
            )
            for row, above in prescriptions_on(on)
        ),
    )


def _known_names() -> list[tuple[str, str]]:
    models = AiModel.objects.values_list("provider", "code", "snapshot")
    names = {(maker, name) for maker, *names in models for name in (maker, *names)}
    vendors = known_vendors().values_list("name", "name")
    return sorted(names | set(vendors))
