"""Who may read, rate, agree, analyse and decide."""

from __future__ import annotations

from accounts.models import Membership
from accounts.permissions import all_of, other_person, role_in
from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.permissions import Refused, Verdict
from contracting.evaluations import queries
from contracting.evaluations.models import PanelMember
from contracting.evaluations.queries import missing_consensus, panel_member_of
from contracting.evaluations.states import PanelRole
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission
from contracting.submissions.permissions import is_of_no_vendor

_OFFICE = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)


def can_designate_panel_member(
    by: Actor, solicitation: Solicitation, membership: Membership | None = None
) -> Verdict:
    """The contracting officer names somebody else, who belongs to no vendor."""
    allowed = role_in(
        by,
        solicitation.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="designate the panel",
    )
    if membership is None:
        return allowed
    return all_of(
        allowed,
        other_person(by, membership.user_id, "Nobody designates themselves."),
        is_of_no_vendor(membership.user_id),
    )


def can_declare_interest(by: Actor, solicitation: Solicitation) -> Verdict:
    """Whoever is designated, once."""
    member = panel_member_of(by, solicitation)
    if member is None:
        return Refused("Only whoever is designated for this panel declares.")
    if has_declared(member):
        return Refused("You have declared already.")
    return is_of_no_vendor(by.user_id)


def can_read_offers(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting office and the auditor; the panel only after declaring."""
    if not by.is_person or not by.acts_for(solicitation.agency_id):
        return Refused("Only the agency that opened these offers reads them.")
    outside = is_of_no_vendor(by.user_id)
    if by.has_role(*_OFFICE, Role.AUDITOR):
        return outside
    member = panel_member_of(by, solicitation)
    if member is None:
        return Refused("Only whoever is designated for this panel reads the offers.")
    if not has_declared(member):
        return Refused(
            "Promise non-disclosure and declare that you have no conflict of interest "
            "before you read an offer."
        )
    return outside


def can_read_prices(by: Actor, solicitation: Solicitation) -> Verdict:
    """No evaluator sees a price until the panel has agreed on every other factor.

    Somebody who evaluates does not see one in another role either. A contracting
    officer may release the prices earlier, with a reason (R-EVL-02).
    """
    allowed = can_read_offers(by, solicitation)
    if not allowed or not evaluates(by, solicitation):
        return allowed
    if queries.release_of(solicitation) or not missing_consensus(solicitation):
        return allowed
    return Refused(
        "Evaluators see the prices once the panel has agreed on every other factor.",
        "R-EVL-02",
    )


def can_release_prices(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor, who does not evaluate."""
    if evaluates(by, solicitation):
        return Refused("You evaluate these offers yourself.", "R-EVL-02")
    return all_of(
        role_in(
            by,
            solicitation.agency_id,
            Role.CONTRACTING_OFFICER,
            doing="show the prices to the panel",
            rule="R-EVL-02",
        ),
        is_of_no_vendor(by.user_id),
    )


def evaluates(by: Actor, solicitation: Solicitation) -> bool:
    """Whether this person is designated to evaluate, in whatever role they act now."""
    seats = solicitation.panel.filter(role=PanelRole.EVALUATOR)
    return by.is_person and seats.filter(membership__user_id=by.own_user_id).exists()


def can_rate_submission(by: Actor, submission: Submission) -> Verdict:
    """An evaluator who is designated and has declared."""
    return _evaluates(by, submission.solicitation, "rates")


def can_lock_ratings(by: Actor, submission: Submission) -> Verdict:
    """An evaluator who is designated and has declared locks their own."""
    return _evaluates(by, submission.solicitation, "locks ratings")


def can_agree_consensus(by: Actor, submission: Submission) -> Verdict:
    """An evaluator who is designated and has declared writes down what all agreed."""
    return _evaluates(by, submission.solicitation, "records the consensus")


def can_note_dissent(by: Actor, submission: Submission) -> Verdict:
    """An evaluator who is designated and has declared writes their own."""
    return _evaluates(by, submission.solicitation, "notes a dissent")


def can_waive_acknowledgement(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor (FAR 14.405(d))."""
    return all_of(
        role_in(
            by,
            solicitation.agency_id,
            Role.CONTRACTING_OFFICER,
            doing="waive an acknowledgement",
            rule="R-SUB-05",
        ),
        is_of_no_vendor(by.user_id),
    )


def can_analyse_price(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer or specialist of the agency, of no vendor."""
    return all_of(
        role_in(by, solicitation.agency_id, *_OFFICE, doing="analyse the prices"),
        is_of_no_vendor(by.user_id),
        can_read_prices(by, solicitation),
    )


def can_decide_selection(by: Actor, solicitation: Solicitation) -> Verdict:
    """The designated source selection authority, having declared (FAR 15.303)."""
    member = panel_member_of(by, solicitation)
    is_authority = (
        member is not None and member.role == PanelRole.SOURCE_SELECTION_AUTHORITY
    )
    if not is_authority or not by.has_role(Role.SOURCE_SELECTION_AUTHORITY):
        return Refused("Only the designated source selection authority decides.")
    return can_read_offers(by, solicitation)


def has_declared(member: PanelMember) -> bool:
    """Whether the declaration is signed."""
    return hasattr(member, "declaration")


def _evaluates(by: Actor, solicitation: Solicitation, does: str) -> Verdict:
    member = panel_member_of(by, solicitation)
    is_evaluator = member is not None and member.role == PanelRole.EVALUATOR
    if not is_evaluator or not by.has_role(Role.EVALUATOR):
        return Refused(f"Only an evaluator who is designated for this panel {does}.")
    return can_read_offers(by, solicitation)
