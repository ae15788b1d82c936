"""Who may hand in, change and open offers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from accounts.permissions import role_in
from accounts.queries import memberships_of
from accounts.states import VENDOR_ROLES, Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions.models import (
    Box,
    ContentKeyWrap,
    Opening,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.queries import (
    admission_of,
    box_of,
    box_of_version,
    box_to_come,
    given_shares,
    is_sealed_to_a_former_key,
    missing_for_release,
    offers_were_opened,
    opening_of,
    rehearsal_of,
    share_for,
)
from contracting.submissions.sealing.holders import (
    OFFERORS,
    copies_of,
    holder_key_of,
    holders_of,
    offer_key_of,
)
from contracting.submissions.sealing.openers import boxes_of
from contracting.submissions.states import OpeningPurpose, SubmissionState

_BEFORE_RELEASE = (
    SolicitationState.DRAFT,
    SolicitationState.IN_REVIEW,
    SolicitationState.APPROVED,
)
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


def can_name_openers(by: Actor, solicitation: Solicitation) -> Verdict:
    """A contracting officer of the agency; of a released package, to replace them."""
    who = role_in(
        by, solicitation.agency_id, Role.CONTRACTING_OFFICER, doing="name the openers"
    )
    named_in = (*_BEFORE_RELEASE, SolicitationState.RELEASED)
    if isinstance(who, Refused) or solicitation.state in named_in:
        return who
    return Refused("The offers are opened, or never will be: nobody is named any more.")


def can_replace_openers(by: Actor, solicitation: Solicitation) -> Verdict:
    """A contracting officer of the agency, once the other openers have rehearsed."""
    who = role_in(
        by,
        solicitation.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="replace its openers",
    )
    if isinstance(who, Refused):
        return who
    if solicitation.state != SolicitationState.RELEASED or not box_of(solicitation):
        return Refused("Openers are replaced while offers are sealed and taken.")
    if box_to_come(solicitation) is None:
        return Refused("Name the other openers first. They rehearse before it counts.")
    return has_rehearsed_box(solicitation)


def can_make_box(by: Actor, solicitation: Solicitation) -> Verdict:
    """Whoever may name the openers, or release the package: this is a step of both."""
    if by.is_key and by.acts_for(solicitation.agency_id):
        return Allowed()
    return role_in(
        by, solicitation.agency_id, Role.CONTRACTING_OFFICER, doing="make its box"
    )


def can_rehearse_opening(by: Actor, solicitation: Solicitation) -> Verdict:
    """An opener of the last rehearsal box, before its own box is put to use."""
    box = box_to_come(solicitation)
    named_in = (*_BEFORE_RELEASE, SolicitationState.RELEASED)
    if rehearsal_of(solicitation) and (
        box is None or solicitation.state not in named_in
    ):
        return Refused("Its box is put to use; an opening is rehearsed before.")
    return _can_give(by, solicitation, box, OpeningPurpose.REHEARSAL)


def can_give_share(by: Actor, opening: Opening) -> Verdict:
    """An opener of this box who has not given their share to this opening."""
    return _may_give(by, opening.solicitation, opening.box, opening)


def has_rehearsed_box(solicitation: Solicitation) -> Verdict:
    """Whether as many openers as it takes have opened the rehearsal box."""
    missing = missing_for_release(solicitation)
    return Refused(missing, "R-SOL-02") if missing else Allowed()


def _can_give(
    by: Actor, solicitation: Solicitation, box: Box | None, purpose: str
) -> Verdict:
    return _may_give(by, solicitation, box, opening_of(box, purpose))


def _may_give(
    by: Actor, solicitation: Solicitation, box: Box | None, opening: Opening | None
) -> Verdict:
    """Whether this person, who is of no vendor, has a share of the box left to give."""
    if box is None:
        return Refused("No openers are named for it, so there is no box to open.")
    share = share_for(by, box)
    if share is None or not by.acts_for(solicitation.agency_id):
        return Refused(
            "Only the people who were named as its openers open this box.", "R-SUB-03"
        )
    if share.opener_key.retired_at is not None:
        return Refused(
            "You have enrolled again since this box was made: your share of it is lost "
            "with your old key.",
        )
    given = given_shares(opening)
    if by.user_id in [each.user_id for each in given]:
        return Refused(
            f"You have given your share. {box.needed} different people open this box; "
            "the next must be somebody else.",
            "R-SUB-03",
        )
    return is_of_no_vendor(by.user_id)


def can_warn_of_losses(by: Actor) -> Verdict:
    """The daily run of the system."""
    if by.is_system:
        return Allowed()
    return Refused("Losses of openers are told of by the system itself, every day.")


def can_close_receipts(by: Actor, solicitation: Solicitation) -> Verdict:
    """The system, soon after the deadline; or an opener, with the first share."""
    is_opener = any(share_for(by, box) for box in boxes_of(solicitation))
    if by.is_system or (is_opener and by.acts_for(solicitation.agency_id)):
        return Allowed()
    return Refused("Receipts are closed by the system, soon after the deadline.")


def can_resolve_outage(by: Actor, solicitation: Solicitation) -> Verdict:
    """A contracting officer of the agency (FAR 52.212-1(f)(4))."""
    role, doing = Role.CONTRACTING_OFFICER, "rule on an outage"
    return role_in(by, solicitation.agency_id, role, doing=doing, rule="R-SUB-08")


def takes_offers(solicitation: Solicitation) -> Verdict:
    """Any solicitation that was released, until it is awarded, closed or cancelled."""
    if solicitation.state not in _TAKES_OFFERS:
        return Refused("This solicitation takes no offers.")
    return Allowed()


def can_submit_submission(by: Actor, solicitation: Solicitation) -> Verdict:
    """A signer of any vendor, who binds it, while the solicitation takes offers."""
    if not by.is_vendor or not by.has_role(Role.VENDOR_SIGNER):
        return Refused(
            "Only a signer of a vendor may submit an offer: whoever submits binds the "
            "vendor. Colleagues draft it with them."
        )
    return takes_offers(solicitation)


def can_replace_submission(by: Actor, submission: Submission) -> Verdict:
    """A signer of the vendor whose offer it is."""
    return _can_change(by, submission, "replace its offer")


def can_withdraw_submission(by: Actor, submission: Submission) -> Verdict:
    """A signer of the vendor whose offer it is."""
    return _can_change(by, submission, "withdraw its offer")


def _can_change(by: Actor, submission: Submission, doing: str) -> Verdict:
    own = by.organization_id if submission.is_of(by) else None
    return role_in(by, own, Role.VENDOR_SIGNER, doing=doing)


def can_hold_offer_key(by: Actor) -> Verdict:
    """A member or signer of any vendor, each for themselves."""
    if by.is_vendor and by.has_role(*OFFERORS):
        return Allowed()
    return Refused("Only a member or signer of a vendor may hold its offer key.")


def can_make_offer_key(by: Actor, organization_id: int) -> Verdict:
    """Whoever may hold it: this is a step of holding and of rotating it."""
    return role_in(by, organization_id, *OFFERORS, doing="make its offer key")


def can_share_offer_key(by: Actor) -> Verdict:
    """One of the people who hold the offer key in force."""
    return _holds_offer_key(by, "shares it")


def can_rotate_offer_key(by: Actor) -> Verdict:
    """One of the people who hold the offer key in force."""
    return _holds_offer_key(by, "replaces it, or takes somebody off it")


def _holds_offer_key(by: Actor, doing: str) -> Verdict:
    may = can_hold_offer_key(by)
    key = offer_key_of(by.organization_id)
    if not may:
        return may
    if key is None:
        return Refused("Your organization has no offer key: choose a passphrase first.")
    if by.user_id not in [each.user_id for each in holders_of(key)]:
        return Refused(
            f"Only somebody who holds the offer key {doing}. Choose a passphrase, and "
            "ask a colleague who holds it to share it with you."
        )
    return Allowed()


def can_reread_version(by: Actor, version: SubmissionVersion) -> Verdict:
    """A member or signer of the vendor whose offer it is, who holds an offer key."""
    own = by.organization_id if version.submission.is_of(by) else None
    who = role_in(by, own, *OFFERORS, doing="read its offer again")
    if isinstance(who, Refused):
        return who
    wrap = ContentKeyWrap.objects.filter(version=version).first()
    if wrap is None:
        return Refused("It was withdrawn: its keys are deleted, nobody can read it.")
    if not copies_of(holder_key_of(by)) or wrap.wrapped_for_vendor is None:
        return Refused(
            "You hold no offer key that was in force when it was handed in. What is "
            "handed in from now on is sealed to the one that you hold."
        )
    return Allowed()


def can_reseal_version(by: Actor, version: SubmissionVersion) -> Verdict:
    """A signer of the vendor who holds its offer key, where openers were replaced."""
    submission = version.submission
    who = _can_change(by, submission, "seal its offer anew")
    if isinstance(who, Refused):
        return who
    is_last = version == submission.latest_version
    if submission.state != SubmissionState.SUBMITTED or not is_last:
        return Refused("Only the last version of an offer in time is sealed anew.")
    if not is_sealed_to_a_former_key(version):
        return Refused("It is sealed to the key in force already: nothing is to do.")
    readable = can_reread_version(by, version)
    if isinstance(readable, Refused):
        return Refused(
            "You hold no offer key that was in force when it was handed in, and so "
            "cannot seal it anew. Replace it instead: hand it in once more."
        )
    return readable


def can_open_submissions(
    by: Actor, solicitation: Solicitation, box: Box | None = None
) -> Verdict:
    """One of the openers of a box who has not given a share to its opening.

    :param box: a former one, if not the box in force
    """
    of_it = box or box_of(solicitation)
    return _can_give(by, solicitation, of_it, OpeningPurpose.OFFERS)


def can_admit_late_submission(by: Actor, submission: Submission) -> Verdict:
    """A contracting officer of the agency, once the offers in time are open."""
    solicitation = submission.solicitation
    role = Role.CONTRACTING_OFFICER
    who = role_in(by, solicitation.agency_id, role, doing="admit a late offer")
    if isinstance(who, Refused):
        return who
    if solicitation.state != SolicitationState.OPENED:
        return Refused(
            "A late offer is admitted after the opening of those in time and before "
            "the award.",
            "R-SUB-02",
        )
    if submission.vendor_id is None:
        return Refused("Its box is not open yet: nobody knows whose it is.", "R-SUB-03")
    verdicts = (holds(solicitation) for holds in _HOLD_ADMITTING)
    held = next((each for each in verdicts if isinstance(each, Refused)), None)
    return held or is_of_no_vendor(by.user_id)


_HOLD_ADMITTING: list[Callable[[Solicitation], Verdict]] = []


def hold_admitting(holds: Callable[[Solicitation], Verdict]) -> None:
    """Let a later stage, which this one does not know, refuse a late admission.

    :param holds: gives the verdict for one solicitation, read under its lock
    """
    if holds not in _HOLD_ADMITTING:
        _HOLD_ADMITTING.append(holds)


def can_open_late_submission(by: Actor, submission: Submission) -> Verdict:
    """One of the openers of the box, for a late offer that was admitted."""
    admission = admission_of(submission)
    if admission is None:
        return Refused(
            "This offer came late and is not admitted: it stays sealed.", "R-SUB-02"
        )
    solicitation = submission.solicitation
    opening = Opening.objects.filter(admission=admission).first()
    return _may_give(by, solicitation, box_of_version(admission.version), opening)


def can_lay_open_submission(by: Actor, submission: Submission) -> Verdict:
    """Whoever holds a share of its box, in the opening that they have completed."""
    version = submission.version_of_record
    if version is None or share_for(by, box_of_version(version)) is None:
        return Refused("Only an opener of its box lays an offer open.", "R-SUB-03")
    return Allowed()


class AtOpening(Protocol):
    """What a later stage does with each offer when it is laid open."""

    def __call__(self, *, submission_id: int, by: Actor, at: datetime) -> object:
        """Do it, in the transaction of the opening."""


AT_OPENING: list[AtOpening] = []
"""Steps of later stages, in the order in which their apps are ready."""


def can_take_quotation(by: Actor, solicitation: Solicitation) -> Verdict:
    """The contracting officer, of no vendor, of what was asked for in the open."""
    officer = Role.CONTRACTING_OFFICER
    doing = "take a quotation in the open"
    who = role_in(by, solicitation.agency_id, officer, doing=doing, rule="R-SUB-03")
    if isinstance(who, Refused):
        return who
    if not solicitation.in_the_open:
        return Refused("What it asks for is handed in under a seal.", "R-SUB-03")
    return is_of_no_vendor(by.user_id)


def can_attribute_submission(by: Actor, submission: Submission) -> Verdict:
    """Whoever opens the offers, or hands one in once they are open."""
    if offers_were_opened(submission.solicitation):
        return Allowed()
    return Refused("Until the opening nobody names who has offered.", "R-SUB-03")


def is_of_no_vendor(user_id: int | None) -> Verdict:
    """Whether a person, in whatever role they act, belongs to no vendor."""
    if memberships_of(user_id).filter(role__in=VENDOR_ROLES).exists():
        return Refused("Whoever belongs to a vendor takes no part in reading offers.")
    return Allowed()
