"""Who may hand in, change and open offers."""

from __future__ import annotations

from accounts.permissions import all_of, role_in
from accounts.queries import memberships_of
from accounts.states import VENDOR_ROLES, Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions.models import Submission
from contracting.submissions.queries import consents_of

_OFFERORS = (Role.VENDOR_MEMBER, Role.VENDOR_SIGNER)
_TAKES_OFFERS = (
    SolicitationState.RELEASED,
    SolicitationState.OPENED,
    SolicitationState.AWARDED,
)


def can_enrol_opener(by: Actor) -> Verdict:
    """Any person of an agency who belongs to no vendor, each for themselves."""
    if not by.is_person or not by.is_agency:
        return Refused("Only a person of an agency may enrol to open offers.")
    return is_of_no_vendor(by.user_id)


def can_submit_submission(by: Actor, solicitation: Solicitation) -> Verdict:
    """A member or signer of any vendor, as long as the solicitation was released."""
    if not by.is_vendor or not by.has_role(*_OFFERORS):
        return Refused("Only a member or signer of a vendor may submit an offer.")
    if solicitation.state not in _TAKES_OFFERS:
        return Refused("This solicitation takes no offers.")
    return Allowed()


def can_replace_submission(by: Actor, submission: Submission) -> Verdict:
    """A member or signer of the vendor whose offer it is."""
    return role_in(by, submission.vendor_id, *_OFFERORS, doing="replace its offer")


def can_withdraw_submission(by: Actor, submission: Submission) -> Verdict:
    """A member or signer of the vendor whose offer it is."""
    return role_in(by, submission.vendor_id, *_OFFERORS, doing="withdraw its offer")


def can_open_submissions(by: Actor, solicitation: Solicitation) -> Verdict:
    """Two people of the contracting office, neither of whom belongs to a vendor."""
    return all_of(
        role_in(
            by,
            solicitation.agency_id,
            Role.CONTRACTING_OFFICER,
            Role.CONTRACT_SPECIALIST,
            doing="open the offers",
        ),
        is_of_no_vendor(by.user_id),
        _is_not_the_first(by, solicitation),
    )


def is_of_no_vendor(user_id: int | None) -> Verdict:
    """Whether a person, in whatever role they act, belongs to no vendor."""
    if memberships_of(user_id).filter(role__in=VENDOR_ROLES).exists():
        return Refused("Whoever belongs to a vendor takes no part in reading offers.")
    return Allowed()


def _is_not_the_first(by: Actor, solicitation: Solicitation) -> Verdict:
    if by.user_id in [consent.user_id for consent in consents_of(solicitation)]:
        return Refused(
            "You are the first of the two people who open these offers. The second "
            "must be somebody else.",
            "R-SUB-03",
        )
    return Allowed()
