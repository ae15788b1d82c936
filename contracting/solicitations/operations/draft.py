"""The contracting office starts a package from a need."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import Membership
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.core.quantities import Tokens
from contracting.reference.queries import (
    amounts_on,
    attachments_on,
    clauses_for,
    clauses_on,
    token_classes,
)
from contracting.requisitions.models import Requisition
from contracting.solicitations import calculations, events, permissions
from contracting.solicitations.calculations import FactorDraft, LineDraft
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing import schedule
from contracting.solicitations.publishing.clauses import required
from contracting.solicitations.publishing.copying import (
    NOTHING,
    Taken,
    expected_tokens,
)
from contracting.solicitations.queries import facts_of
from contracting.solicitations.refusals import RequisitionTaken
from contracting.solicitations.states import SetAside, SolicitationState

OVER = (
    SolicitationState.NO_AWARD,
    SolicitationState.CANCELLED,
    SolicitationState.DISCARDED,
)


@transaction.atomic
def draft_solicitation(
    *, requisition_id: int, by: Actor, at: datetime, taken: Taken = NOTHING
) -> Solicitation:
    """Start a package from a submitted requisition.

    Its objectives come from the need, a line from each class of the estimate with the
    expected tokens as reference workload, the clauses from those in force today, and
    the papers of offers from those that AI needs (R-SOL-12). A need between the
    thresholds is set aside for small business (R-SOL-07).

    :param taken: what it starts with instead, from an earlier package or a template
    :raises NotAllowed: if ``by`` is not of the agency's contracting office, or the
        requisition is not submitted
    :raises RequisitionTaken: if a solicitation for it is under way
    """
    requisition = (
        Requisition.objects.locked().select_related("agency").get(pk=requisition_id)
    )
    require(permissions.can_draft_solicitation(by, requisition))
    standing = requisition.solicitations.exclude(state__in=OVER).first()
    if standing is not None:
        message = f"{requisition.number} is solicited already: {standing.name}."
        raise RequisitionTaken(message, solicitation=standing.public_id)
    on = requisition.agency.local_day(at)
    writer = Membership.objects.select_related("user").get(pk=by.own_membership_id)
    solicitation = Solicitation(
        agency=requisition.agency,
        requisition=requisition,
        title=requisition.title,
        contact_name=writer.user.name,
        contact_email=writer.user.email,
        maximum_dollars=requisition.planned_dollars,
        set_aside=_default_set_aside(requisition, on),
        drafted_by=writer,
        editor_user_ids=[by.user_id],
        **{**_terms(requisition, on), **taken.terms},
    )
    solicitation.save()
    solicitation.rewrite(
        version=solicitation.version,
        terms={},
        lines=_taken_lines(taken) if taken.lines else _lines(requisition),
        factors=_factors(taken),
        clause_ids=_with_prescribed(solicitation, at, on, taken),
    )
    solicitation.content_sha256 = content_sha256(calculations.content(solicitation))
    solicitation.save(update_fields=["content_sha256"])
    record_event(
        events.SOLICITATION_DRAFTED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "requisition": requisition.number,
            "version": solicitation.version,
            "content_sha256": solicitation.content_sha256,
        },
    )
    return solicitation


def _default_set_aside(requisition: Requisition, on: date) -> str:
    """Between the thresholds a need is set aside (FAR 19.502-2, R-SOL-07)."""
    amounts = amounts_on(("MPT", "SAT"), on)
    is_between = amounts["MPT"] < requisition.planned_dollars <= amounts["SAT"]
    return SetAside.SMALL_BUSINESS if is_between else ""


def _lines(requisition: Requisition) -> list[dict[str, Any]]:
    dictionary = {each.code: each for each in token_classes()}
    drafts = [
        LineDraft(
            clin="0001",
            slin=f"0001{calculations.slin_letters(number)}",
            description=dictionary[code].label,
            token_class=code,
            workload=Tokens(tokens),
        )
        for number, (code, tokens) in enumerate(expected_tokens(requisition).items())
    ]
    return calculations.checked_lines(drafts, dictionary)


def _terms(requisition: Requisition, on: date) -> dict[str, Any]:
    """The terms that a package has from its need, where it takes over none."""
    return {
        "statement_of_objectives": requisition.need,
        "time_zone": requisition.agency.time_zone,
        "required_attachments": list(attachments_on(on)),
    }


def _taken_lines(taken: Taken) -> list[dict[str, Any]]:
    drafts = [schedule.draft_of(line) for line in taken.lines]
    dictionary = {each.code: each for each in token_classes()}
    return calculations.checked_lines(drafts, dictionary)


def _factors(taken: Taken) -> list[dict[str, Any]]:
    return calculations.checked_factors(
        [
            FactorDraft(each["name"], each["description"], is_price=each["is_price"])
            for each in taken.factors
        ]
    )


def _with_prescribed(
    solicitation: Solicitation, at: datetime, on: date, taken: Taken
) -> list[int]:
    """The clauses of every solicitation, or those taken over, and the prescribed ones.

    Prescribed are those that its value, procedure or set-aside asks for.
    """
    numbers = {each.number for each in required(facts_of(solicitation, at=at))}
    prescribed = clauses_on(on).filter(number__in=numbers).values_list("pk", flat=True)
    start = taken.clause_ids
    if start is None:
        start = tuple(clause.pk for clause in clauses_for("SOLICITATION", on))
    return sorted({*start, *prescribed})
