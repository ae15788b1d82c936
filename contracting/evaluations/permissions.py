"""Who may read, rate, agree, analyse and decide."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Membership
from accounts.permissions import all_of, other_person, role_in
from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.evaluations import queries
from contracting.evaluations.models import FinalRevision, PanelMember
from contracting.evaluations.queries import missing_consensus, panel_member_of
from contracting.evaluations.states import PanelRole, Standing
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission
from contracting.submissions.permissions import can_give_share, is_of_no_vendor
from contracting.submissions.queries import box_of, opening_of, share_for
from contracting.submissions.sealing.holders import (
    OFFERORS,
    copies_of,
    holder_key_of,
)
from contracting.submissions.states import OpeningPurpose

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
    """Whoever is designated; once more when offerors have become known since."""
    member = panel_member_of(by, solicitation)
    if member is None:
        return Refused("Only whoever is designated for this panel declares.")
    standing = queries.standing_of(member)
    if standing in (Standing.PENDING, Standing.EXCLUDED):
        return Refused(_CLOSED[standing], "R-ROL-06")
    if standing == Standing.OPEN:
        return Refused("You have declared already.")
    return is_of_no_vendor(by.user_id)


def can_resolve_conflict(by: Actor, member: PanelMember) -> Verdict:
    """The contracting officer, of no vendor, about somebody else (FAR 9.504)."""
    return all_of(
        role_in(
            by,
            member.solicitation.agency_id,
            Role.CONTRACTING_OFFICER,
            doing="decide on a conflict of interest",
            rule="R-ROL-06",
        ),
        other_person(
            by,
            member.membership.user_id,
            "It is your own conflict; somebody else decides on it.",
            "R-ROL-06",
        ),
        is_of_no_vendor(by.user_id),
    )


_CLOSED = {
    Standing.NOT_DECLARED: (
        "Promise non-disclosure and declare that you have no conflict of interest "
        "before you read an offer."
    ),
    Standing.INCOMPLETE: (
        "Offerors have become known since you declared. Declare again, with their "
        "names before you, before you read an offer."
    ),
    Standing.PENDING: (
        "You declared a conflict of interest. The contracting officer decides on it; "
        "until then you read no offer."
    ),
    Standing.EXCLUDED: (
        "You declared a conflict of interest and the contracting officer excluded you "
        "from this panel."
    ),
}


def can_read_offers(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting office and the auditor; the panel only after declaring.

    Whoever is on the panel and has not declared reads nothing in another role either
    (R-ROL-06).
    """
    if not by.is_person or not by.acts_for(solicitation.agency_id):
        return Refused("Only the agency that opened these offers reads them.")
    outside = is_of_no_vendor(by.user_id)
    seat = solicitation.panel.filter(membership__user_id=by.own_user_id).first()
    if seat is not None and not has_declared(seat):
        return Refused(_CLOSED[queries.standing_of(seat)], "R-ROL-06")
    if by.has_role(*_OFFICE, Role.AUDITOR):
        return outside
    if seat is None or seat.membership_id != by.membership_id:
        return Refused("Only whoever is designated for this panel reads the offers.")
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


def can_review_reads(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer and the auditor see who has read what."""
    return role_in(
        by,
        solicitation.agency_id,
        Role.CONTRACTING_OFFICER,
        Role.AUDITOR,
        doing="see who has read the offers",
    )


def can_rate_submission(by: Actor, submission: Submission) -> Verdict:
    """An evaluator who is designated and has declared."""
    return _evaluates(by, submission.solicitation, "rates")


def can_save_rating(by: Actor, submission: Submission) -> Verdict:
    """Whoever may record the rating keeps what they have typed of it."""
    return can_rate_submission(by, submission)


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


def can_clarify_price(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor (FAR 15.306(a))."""
    return _officer_of_prices(by, solicitation, "ask an offeror about a price")


def can_normalise_price(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor."""
    return _officer_of_prices(by, solicitation, "normalise a price")


def _officer_of_prices(by: Actor, solicitation: Solicitation, doing: str) -> Verdict:
    role = Role.CONTRACTING_OFFICER
    return all_of(
        role_in(by, solicitation.agency_id, role, doing=doing, rule="R-EVL-05"),
        is_of_no_vendor(by.user_id),
        can_read_prices(by, solicitation),
    )


def can_confirm_price(by: Actor, submission: Submission) -> Verdict:
    """A signer of the vendor whose offer it is: what they state binds it."""
    roles = (Role.VENDOR_SIGNER,)
    return role_in(by, submission.vendor_id, *roles, doing="answer about its price")


def can_decide_selection(by: Actor, solicitation: Solicitation) -> Verdict:
    """The designated source selection authority, having declared (FAR 15.303)."""
    member = panel_member_of(by, solicitation)
    is_authority = (
        member is not None and member.role == PanelRole.SOURCE_SELECTION_AUTHORITY
    )
    if not is_authority or not by.has_role(Role.SOURCE_SELECTION_AUTHORITY):
        return Refused("Only the designated source selection authority decides.")
    return can_read_offers(by, solicitation)


def can_extend_offer(by: Actor, submission: Submission) -> Verdict:
    """A signer of the vendor whose offer it is (FAR 52.212-1(c))."""
    doing = "extend its offer"
    vendor_id = by.organization_id if submission.is_of(by) else submission.vendor_id
    return role_in(by, vendor_id, Role.VENDOR_SIGNER, doing=doing, rule="R-SUB-09")


HOLD_ACCEPTING: list[Callable[[Submission], Verdict]] = []
"""What a later stage, which this one does not know, says to lower prices."""


def can_lower_prices(by: Actor, submission: Submission) -> Verdict:
    """A signer of the vendor whose offer it is (FAR 52.212-1(f)(2)(ii))."""
    signer, doing = Role.VENDOR_SIGNER, "lower its prices"
    return role_in(by, submission.vendor_id, signer, doing=doing, rule="R-SUB-02")


def can_accept_prices(by: Actor, submission: Submission) -> Verdict:
    """The contracting officer of the agency, before an award is drafted at others."""
    doing, solicitation = "accept lower prices", submission.solicitation
    officer = _as_officer(by, solicitation, doing, "R-SUB-02")
    held = (holds(submission) for holds in HOLD_ACCEPTING)
    return all_of(officer, *held)


def can_excuse_registration(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor (FAR 4.1102(a))."""
    doing = "excuse a vendor from registration"
    return _as_officer(by, solicitation, doing, "R-SUB-06")


def can_find_nonresponsible(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor (FAR 9.105-2)."""
    return _as_officer(by, solicitation, "find a vendor not responsible", "R-EVL-09")


def can_refer_nonresponsibility(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor (FAR 19.602-1)."""
    return _as_officer(by, solicitation, "refer a small business", "R-EVL-09")


def can_record_certificate(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor (FAR 19.602-4)."""
    return _as_officer(by, solicitation, "record a certificate", "R-EVL-09")


def can_reject_offer(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor (FAR 9.103(b))."""
    return _as_officer(by, solicitation, "reject an offer", "R-EVL-09")


def can_decline_offers(by: Actor, solicitation: Solicitation) -> Verdict:
    """The designated source selection authority, having declared (FAR 15.305(b))."""
    return can_decide_selection(by, solicitation)


def can_determine_range(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor (FAR 15.306(c)(1))."""
    return _officer_of_exchanges(by, solicitation, "determine the competitive range")


def can_open_discussions(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor (FAR 15.306(d))."""
    return _officer_of_exchanges(by, solicitation, "open discussions")


def can_request_revisions(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer of the agency, of no vendor (FAR 15.307(b))."""
    return _officer_of_exchanges(by, solicitation, "request final revisions")


def can_revise_submission(by: Actor, submission: Submission) -> Verdict:
    """A signer of the vendor whose offer it is: what they state binds it."""
    roles = (Role.VENDOR_SIGNER,)
    return role_in(by, submission.vendor_id, *roles, doing="revise its offer")


def can_reread_revision(by: Actor, revision: FinalRevision) -> Verdict:
    """A member or signer of the vendor whose revision it is, who holds an offer key."""
    vendor_id = revision.submission.vendor_id
    who = role_in(by, vendor_id, *OFFERORS, doing="read its final revision again")
    if isinstance(who, Refused):
        return who
    if not copies_of(holder_key_of(by)) or revision.wrapped_for_vendor is None:
        return Refused(
            "You hold no offer key that was in force when it was handed in. What is "
            "handed in from now on is sealed to the one that you hold."
        )
    return Allowed()


def can_open_revisions(by: Actor, solicitation: Solicitation) -> Verdict:
    """An opener of the box of the offers who has not given a share for them."""
    box = box_of(solicitation)
    opening = opening_of(box, OpeningPurpose.REVISIONS)
    if opening is not None:
        return can_give_share(by, opening)
    if share_for(by, box) is None or not by.acts_for(solicitation.agency_id):
        return Refused(
            "Only the people who were named as its openers open this box.", "R-SUB-03"
        )
    return is_of_no_vendor(by.user_id)


def _officer_of_exchanges(by: Actor, solicitation: Solicitation, doing: str) -> Verdict:
    role = Role.CONTRACTING_OFFICER
    return all_of(
        role_in(by, solicitation.agency_id, role, doing=doing, rule="R-EVL-04"),
        is_of_no_vendor(by.user_id),
        can_read_offers(by, solicitation),
    )


def can_import_registrations(by: Actor, agency_id: int | None) -> Verdict:
    """The contracting officer or specialist, for their own agency."""
    doing = "import registrations and exclusions"
    return role_in(by, agency_id, *_OFFICE, doing=doing, rule="R-EVL-08")


def _as_officer(
    by: Actor, solicitation: Solicitation, doing: str, rule: str
) -> Verdict:
    role = Role.CONTRACTING_OFFICER
    return all_of(
        role_in(by, solicitation.agency_id, role, doing=doing, rule=rule),
        is_of_no_vendor(by.user_id),
    )


def has_declared(member: PanelMember) -> bool:
    """Whether a declaration that names every offeror is signed, without a conflict."""
    return queries.standing_of(member) == Standing.OPEN


def _evaluates(by: Actor, solicitation: Solicitation, does: str) -> Verdict:
    member = panel_member_of(by, solicitation)
    is_evaluator = member is not None and member.role == PanelRole.EVALUATOR
    if not is_evaluator or not by.has_role(Role.EVALUATOR):
        return Refused(f"Only an evaluator who is designated for this panel {does}.")
    return can_read_offers(by, solicitation)
