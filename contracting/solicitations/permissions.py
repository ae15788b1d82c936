"""Who may do what to a solicitation, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from accounts.permissions import other_person, role_in, scope_in
from accounts.states import VENDOR_ROLES, Role
from contracting.approvals.permissions import can_record_decision
from contracting.approvals.queries import open_route_of
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.core.quantities import Dollars
from contracting.determinations.queries import About
from contracting.determinations.states import Kind
from contracting.requisitions.models import Requisition
from contracting.requisitions.states import RequisitionState
from contracting.solicitations.models import (
    Question,
    Solicitation,
    SolicitationTemplate,
)
from contracting.solicitations.queries import get_solicitation_for
from contracting.solicitations.states import SolicitationState as S

WRITERS = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)


def can_draft_solicitation(by: Actor, requisition: Requisition) -> Verdict:
    """The contracting office drafts from a requisition that was submitted to it."""
    who = role_in(by, requisition.agency_id, *WRITERS, doing="draft a solicitation")
    if isinstance(who, Refused):
        return who
    if requisition.state != RequisitionState.SUBMITTED:
        return Refused("Only a submitted requisition is solicited.")
    return Allowed()


def can_request_quotation(by: Actor, requisition: Requisition) -> Verdict:
    """A contracting officer of the agency, of no vendor, who did not request it.

    Without a competition nobody else looks at the choice, so that whoever requested it
    does not make it (R-ROL-03).
    """
    officer = Role.CONTRACTING_OFFICER
    who = role_in(by, requisition.agency_id, officer, doing="buy on one quotation")
    if isinstance(who, Refused):
        return who
    if requisition.state != RequisitionState.SUBMITTED:
        return Refused("Only a submitted requisition is bought.")
    return other_person(
        by,
        requisition.requester.user_id,
        "You requested this; somebody else buys it.",
        "R-ROL-03",
    )


def can_copy_solicitation(
    by: Actor, solicitation: Solicitation, requisition: Requisition
) -> Verdict:
    """Whoever may draft for the need, from any package of the same agency."""
    if solicitation.agency_id != requisition.agency_id:
        return Refused("A package is copied inside its own agency only.")
    return can_draft_solicitation(by, requisition)


def can_use_template(
    by: Actor, template: SolicitationTemplate, requisition: Requisition
) -> Verdict:
    """Whoever may draft for the need, from a template in use of the agency."""
    if template.agency_id not in (None, requisition.agency_id):
        return Refused("A template is used inside its own agency only.")
    if template.retired_at is not None:
        return Refused("This template is retired; use one that is not.")
    return can_draft_solicitation(by, requisition)


def can_keep_template(by: Actor, solicitation: Solicitation) -> Verdict:
    """A contracting officer keeps a package of the agency, in whatever state it is."""
    role = Role.CONTRACTING_OFFICER
    return role_in(by, solicitation.agency_id, role, doing="keep it as a template")


def can_retire_template(by: Actor, template: SolicitationTemplate) -> Verdict:
    """A contracting officer retires a template of the agency, once."""
    if template.agency_id is None:
        return Refused("This template came with the system; it stays for everybody.")
    role = Role.CONTRACTING_OFFICER
    who = role_in(by, template.agency_id, role, doing="retire a template")
    if isinstance(who, Refused) or template.retired_at is None:
        return who
    return Refused("This template is retired already.")


def can_edit_solicitation(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting office writes the package until it is released."""
    return _in_state(
        role_in(by, solicitation.agency_id, *WRITERS, doing="edit it"),
        solicitation,
        (S.DRAFT, S.IN_REVIEW, S.APPROVED),
        "after release it changes by amendment only",
    )


def can_submit_solicitation(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting office sends the draft into review."""
    return _in_state(
        role_in(by, solicitation.agency_id, *WRITERS, doing="submit it for review"),
        solicitation,
        (S.DRAFT,),
        "only a draft is submitted for review",
    )


def can_review_solicitation(by: Actor, solicitation: Solicitation, on: date) -> Verdict:
    """Whoever the route asks now, in their own seat or in a colleague's on that day.

    Nobody who wrote any part of the package decides on it (R-ROL-09).
    """
    if not by.is_person or not by.acts_for(solicitation.agency_id):
        return Refused("Only a person of this agency may review it.")
    if by.user_id in solicitation.editor_user_ids:
        reason = "You wrote part of this package; somebody else must review it."
        return Refused(reason, "R-ROL-09")
    route = open_route_of(solicitation.subject)
    if route is None:
        state = solicitation.get_state_display()
        return Refused(f"This solicitation is {state}; nothing waits for a review.")
    return can_record_decision(by, route, on)


def can_release_solicitation(by: Actor, solicitation: Solicitation) -> Verdict:
    """A contracting officer of the agency, or a key of it, once the review is complete.

    A key only carries out what people have approved.
    """
    who: Verdict
    if by.is_key:
        who = scope_in(by, solicitation.agency_id, "solicitations:write")
    else:
        role = Role.CONTRACTING_OFFICER
        who = role_in(by, solicitation.agency_id, role, doing="release it")
    who = _in_state(
        who, solicitation, (S.APPROVED,), "only an approved package is released"
    )
    if isinstance(who, Refused):
        return who
    return _first_refusal(_HOLD_RELEASING, solicitation)


def can_ask_question(by: Actor, solicitation: Solicitation) -> Verdict:
    """A person of a vendor asks about a released solicitation."""
    if not by.has_role(*VENDOR_ROLES):
        return Refused("Questions are asked by vendors who are signed in.")
    return _in_state(Allowed(), solicitation, (S.RELEASED,), "questions are closed")


def can_answer_question(by: Actor, question: Question) -> Verdict:
    """The contracting office drafts answers; nobody else sees them before release."""
    solicitation = question.solicitation
    return _in_state(
        role_in(by, solicitation.agency_id, *WRITERS, doing="answer a question"),
        solicitation,
        (S.RELEASED,),
        "questions are closed",
    )


def can_assign_question(by: Actor, question: Question) -> Verdict:
    """Whoever may answer it hands it to somebody who may."""
    return can_answer_question(by, question)


def can_release_answers(by: Actor, solicitation: Solicitation) -> Verdict:
    """A contracting officer releases all drafted answers to everybody."""
    return _officer(by, solicitation, "release answers", (S.RELEASED,))


def can_amend_solicitation(by: Actor, solicitation: Solicitation) -> Verdict:
    """A contracting officer amends a released solicitation (FAR 15.206)."""
    return _officer(by, solicitation, "amend it", (S.RELEASED,))


def can_cancel_solicitation(by: Actor, solicitation: Solicitation) -> Verdict:
    """A contracting officer cancels before award (FAR 15.206(e)).

    What a later stage has begun on it is ended first: see :func:`hold_cancelling`.
    """
    who = _officer(by, solicitation, "cancel it", (S.RELEASED, S.OPENED))
    if isinstance(who, Refused):
        return who
    return _first_refusal(_HOLD_CANCELLING, solicitation)


Holds = Callable[[Solicitation], Verdict]
_HOLD_CANCELLING: list[Holds] = []
_HOLD_RELEASING: list[Holds] = []


def _first_refusal(holding: list[Holds], solicitation: Solicitation) -> Verdict:
    verdicts = (holds(solicitation) for holds in holding)
    return next((held for held in verdicts if isinstance(held, Refused)), Allowed())


def hold_releasing(holds: Holds) -> None:
    """Let a later stage, which this one does not know, refuse a release.

    :param holds: gives the verdict for one solicitation, read under its lock
    """
    if holds not in _HOLD_RELEASING:
        _HOLD_RELEASING.append(holds)


class AtRelease(Protocol):
    """What a later stage does in the transaction of a release, under its lock."""

    def __call__(self, *, solicitation_id: int, by: Actor, at: datetime) -> object:
        """Do it, or refuse and with that the release."""


AT_RELEASE: list[AtRelease] = []
"""Steps of later stages, in the order in which their apps are ready."""


def hold_cancelling(holds: Holds) -> None:
    """Let a later stage, which this one does not know, refuse a cancellation.

    :param holds: gives the verdict for one solicitation, read under its lock
    """
    if holds not in _HOLD_CANCELLING:
        _HOLD_CANCELLING.append(holds)


def can_discard_solicitation(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting office gives up a draft."""
    return _in_state(
        role_in(by, solicitation.agency_id, *WRITERS, doing="discard it"),
        solicitation,
        (S.DRAFT,),
        "only a draft is discarded",
    )


def _officer(
    by: Actor, solicitation: Solicitation, doing: str, states: tuple[str, ...]
) -> Verdict:
    role = Role.CONTRACTING_OFFICER
    who = role_in(by, solicitation.agency_id, role, doing=doing)
    return _in_state(who, solicitation, states, "that needs a released one")


def _in_state(
    who: Verdict, solicitation: Solicitation, states: tuple[str, ...], why_not: str
) -> Verdict:
    if isinstance(who, Refused) or solicitation.state in states:
        return who
    state = solicitation.get_state_display()
    return Refused(f"This solicitation is {state}; {why_not}.")


def about_solicitation(actor: Actor, public_id: str) -> About:
    """What a determination on a solicitation is about.

    :raises NotVisible: for everybody but its own agency
    """
    found = get_solicitation_for(actor, public_id)
    return About(
        subject=found.subject,
        agency_id=found.agency_id,
        title=found.name,
        path=found.path,
        value=Dollars(found.whole_dollars),
        kinds=(
            Kind.RESPONSE_WINDOW,
            Kind.RULE_OF_TWO,
            Kind.BRAND_NAME,
            Kind.OTHER_THAN_FULL,
            Kind.CIO_WAIVER,
        ),
    )
