"""Who may do what with an award."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from accounts.permissions import can_sign, role_in
from accounts.states import ReviewField, Role
from contracting.contracts.acceptance.offers import offer_of
from contracting.contracts.models import Contract
from contracting.contracts.queries import designation_of, get_contract_for
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.core.quantities import Dollars
from contracting.determinations.permissions import keeps_parts_apart
from contracting.determinations.queries import About
from contracting.determinations.states import Kind
from contracting.requisitions.models import Requisition
from contracting.solicitations.models import Solicitation
from contracting.solicitations.permissions import can_request_quotation
from contracting.submissions.models import Submission


class PostSchedule(Protocol):
    """What the stage that orders does when a definitive contract is signed."""

    def __call__(
        self, *, contract_id: int, on: date, by: Actor, at: datetime
    ) -> object:
        """Bind the lines of the contract, so that usage draws on them."""


POST_SCHEDULE: list[PostSchedule] = []
"""The one verb of the stage that orders, which this one does not know."""


def can_draft_contract(by: Actor, solicitation: Solicitation) -> Verdict:
    """A contracting officer or a contract specialist of the soliciting agency."""
    return role_in(
        by,
        solicitation.agency_id,
        Role.CONTRACTING_OFFICER,
        Role.CONTRACT_SPECIALIST,
        doing="draft an award",
    )


def can_buy_tokens(by: Actor, requisition: Requisition) -> Verdict:
    """Whoever may ask one vendor for a quotation: the contracting officer alone."""
    return can_request_quotation(by, requisition)


def no_draft_award(solicitation: Solicitation) -> Verdict:
    """Whether no draft or offered award, with committed funds, stands on it."""
    open_ones = (ContractState.DRAFT, ContractState.OFFERED)
    standing = Contract.objects.filter(solicitation=solicitation, state__in=open_ones)
    if standing.exists():
        return Refused(
            "A draft award, or one that is offered to its vendor, stands on this "
            "solicitation. Discard the draft first, which releases the funds that are "
            "committed for it.",
            "R-SOL-11",
        )
    return Allowed()


def no_award_drafted(submission: Submission) -> Verdict:
    """Whether its award can still be drafted at other prices."""
    drafted = Contract.objects.filter(selection__submission=submission)
    if drafted.exclude(state=ContractState.DISCARDED).exists():
        return Refused(
            "An award of this offer is drafted at its prices. Discard the draft first.",
            "R-SUB-02",
        )
    return Allowed()


def no_offered_award(solicitation: Solicitation) -> Verdict:
    """Whether no award is offered to a vendor: a late quotation comes before it."""
    offered = Contract.objects.filter(
        solicitation=solicitation, state=ContractState.OFFERED
    )
    if offered.exists():
        return Refused(
            "An award is offered to a vendor. A late quotation is considered only "
            "before an award is made.",
            "R-SUB-11",
        )
    return Allowed()


def can_forgo_award(by: Actor, solicitation: Solicitation) -> Verdict:
    """A contracting officer of the agency, who could have signed it."""
    return role_in(
        by,
        solicitation.agency_id,
        Role.CONTRACTING_OFFICER,
        doing="forgo an award",
        rule="R-ROL-01",
    )


def can_accept_award(by: Actor, contract: Contract) -> Verdict:
    """A signer of the vendor to whom it is offered (FAR 13.004(b))."""
    return _can_answer(by, contract, "accept the award")


def can_decline_award(by: Actor, contract: Contract) -> Verdict:
    """A signer of the vendor to whom it is offered."""
    return _can_answer(by, contract, "decline the award")


def _can_answer(by: Actor, contract: Contract, doing: str) -> Verdict:
    signer = Role.VENDOR_SIGNER
    who = role_in(by, contract.vendor_id, signer, doing=doing, rule="R-SUB-11")
    offer = offer_of(contract.pk)
    if isinstance(who, Refused) or offer is None:
        return who
    if offer.signed_by.user_id == by.user_id:
        return Refused("You signed the offer; somebody else answers.", "R-SUB-11")
    return who


def can_discard_contract(by: Actor, contract: Contract) -> Verdict:
    """A contracting officer or a contract specialist of the agency.

    What was offered to a vendor only an officer withdraws (FAR 13.004(c)).
    """
    if contract.state == ContractState.OFFERED:
        return _as_officer(by, contract, "withdraw an offered award", "R-SUB-11")
    return role_in(
        by,
        contract.agency_id,
        Role.CONTRACTING_OFFICER,
        Role.CONTRACT_SPECIALIST,
        doing="discard a draft award",
    )


def can_certify_contract_funds(by: Actor, contract: Contract) -> Verdict:
    """A funds certifier who neither requested the buy nor drafted it (R-ROL-03)."""
    verdict = role_in(
        by, contract.agency_id, Role.FUNDS_CERTIFIER, doing="certify funds"
    )
    if isinstance(verdict, Refused):
        return verdict
    if contract.is_agreement:
        return Refused("An agreement binds no funds: there is nothing to certify.")
    requester = contract.solicitation.requisition.requester.user_id
    return keeps_parts_apart(
        by,
        contract.subject,
        (
            {requester, contract.drafted_by.user_id},
            "You requested or drafted this; somebody else certifies its funds.",
        ),
    )


def can_award_contract(by: Actor, contract: Contract, on: date) -> Verdict:
    """The signature: a warrant for ceiling and options, three people on one action.

    FAR 1.602-1 (R-ROL-01, R-ROL-02); the requester, the certifier and the signer are
    three different people (R-ROL-03).
    """
    verdict = _as_officer(by, contract, "sign an award", "R-ROL-01")
    if isinstance(verdict, Refused):
        return verdict
    signing = can_sign(by, Dollars(contract.whole_dollars), on)
    if isinstance(signing, Refused):
        return signing
    certifiers = {
        funding.certified_by.user_id
        for line in contract.lines.all()
        for funding in line.funding.select_related("certified_by")
        if funding.certified_by is not None
    }
    parts = keeps_parts_apart(
        by,
        contract.subject,
        (
            {contract.solicitation.requisition.requester.user_id},
            "You requested this; somebody else signs it.",
        ),
        (certifiers, "You certified its funds; somebody else signs it."),
    )
    return parts if isinstance(parts, Refused) else signing


def can_designate_cor(by: Actor, contract: Contract, on: date) -> Verdict:
    """The contracting officer designates in writing (FAR 1.602-2(d))."""
    verdict = _as_officer(by, contract, "designate a representative", "R-ROL-01")
    if isinstance(verdict, Refused):
        return verdict
    return can_sign(by, Dollars(), on)


def can_appoint_ordering_officer(
    by: Actor, contract: Contract, limit: Dollars, on: date
) -> Verdict:
    """A warrant for the limit that the letter gives (FAR 1.602-1, R-ROL-02)."""
    verdict = _as_officer(by, contract, "appoint an ordering officer", "R-ROL-01")
    if isinstance(verdict, Refused):
        return verdict
    return can_sign(by, limit, on)


def can_revoke_ordering_officer(by: Actor, contract: Contract, on: date) -> Verdict:
    """Any contracting officer of the agency with a warrant takes a letter back."""
    verdict = _as_officer(by, contract, "revoke an appointment", "R-ROL-01")
    if isinstance(verdict, Refused):
        return verdict
    return can_sign(by, Dollars(), on)


def can_reassign_contracts(by: Actor, agency_id: int) -> Verdict:
    """A contracting officer of the agency, or who administers its people."""
    return role_in(
        by,
        agency_id,
        Role.CONTRACTING_OFFICER,
        Role.ADMINISTRATOR,
        doing="hand contracts over",
    )


def can_accept_designation(by: Actor, contract: Contract) -> Verdict:
    """The representative to whom the contracting officer has written (R-ROL-05)."""
    cor = Role.COR
    doing = "accept a designation"
    who = role_in(by, contract.agency_id, cor, doing=doing, rule="R-ROL-05")
    if isinstance(who, Refused):
        return who
    letter = designation_of(by, contract)
    if letter is None or letter.is_accepted:
        return Refused("No letter of designation waits for you here.", "R-ROL-05")
    return who


def as_representative(
    verdict: Verdict, by: Actor, contract: Contract, on: date
) -> Verdict:
    """Hold a representative to the letter of designation; others keep the verdict.

    :param verdict: what the role alone allows
    :param on: the day of the act; the letter is in force then (R-ROL-05, FAR 1.604)
    """
    if isinstance(verdict, Refused) or not by.has_role(Role.COR):
        return verdict
    letter = designation_of(by, contract)
    if letter is None:
        return Refused("You are not designated for this contract.", "R-ROL-05")
    gap = letter.gap(on)
    if gap:
        return Refused(f"{gap} The contracting officer can designate anew.", "R-ROL-05")
    return verdict


def can_record_gratuitous_service(by: Actor, contract: Contract) -> Verdict:
    """A legal reviewer of the agency: free service is theirs to clear (R-FND-11)."""
    return role_in(
        by,
        contract.agency_id,
        Role.REVIEWER,
        review_field=ReviewField.LEGAL,
        doing="record an agreement on free service",
        rule="R-FND-11",
    )


def can_review_agreement(by: Actor, contract: Contract) -> Verdict:
    """The contracting officer, of an agreement that is in force (FAR 13.303-6)."""
    who = _as_officer(by, contract, "review an agreement", "")
    if isinstance(who, Refused):
        return who
    if not contract.is_agreement or contract.state != ContractState.AWARDED:
        return Refused("Agreements that are in force are reviewed each year.")
    return who


def can_record_protest(by: Actor, contract: Contract) -> Verdict:
    """A contracting officer or specialist of the agency."""
    return _in_the_office(by, contract, "record a protest", "R-AWD-07")


def can_lift_protest(by: Actor, contract: Contract) -> Verdict:
    """The contracting officer files what the head of the activity has signed."""
    return _as_officer(
        by, contract, "file the finding that lifts a suspension", "R-AWD-07"
    )


def can_notify_unsuccessful(by: Actor, contract: Contract) -> Verdict:
    """The contracting officer tells them (FAR 15.503(b))."""
    return _as_officer(by, contract, "tell the unsuccessful offerors", "R-AWD-05")


def can_request_debriefing(by: Actor, submission: Submission) -> Verdict:
    """Whoever hands in offers for the vendor that was told the result."""
    return role_in(
        by,
        submission.vendor_id,
        Role.VENDOR_SIGNER,
        Role.VENDOR_MEMBER,
        doing="ask for a debriefing",
        rule="R-AWD-06",
    )


def can_hold_debriefing(by: Actor, contract: Contract) -> Verdict:
    """The contracting officer chairs it and files its summary (FAR 15.506(c), (f))."""
    return _as_officer(by, contract, "hold a debriefing", "R-AWD-06")


def can_report_contract_action(by: Actor, contract: Contract) -> Verdict:
    """A contracting officer or specialist of the agency (FAR 4.604(b))."""
    return _in_the_office(by, contract, "report a contract action", "R-AWD-08")


def can_review_vendor_term(by: Actor, contract: Contract) -> Verdict:
    """A contracting officer or specialist of the agency, before the award."""
    return _in_the_office(by, contract, "review the vendor's terms", "R-AWD-10")


def about_contract(actor: Actor, public_id: str) -> About:
    """What a determination on an award or a contract is about.

    :raises NotVisible: for everybody but its own agency
    """
    found = get_contract_for(actor, public_id)
    return About(
        subject=found.subject,
        agency_id=found.agency_id,
        title=f"{found.name}, {found.title}",
        path=found.path,
        value=Dollars(found.whole_dollars),
        kinds=(
            Kind.SINGLE_AWARD,
            Kind.COMPELLING_REASON,
            Kind.BAN_WAIVER,
            Kind.LONG_TERM,
            Kind.SMALL_OFFICE,
        ),
    )


def _as_officer(by: Actor, contract: Contract, doing: str, rule: str) -> Verdict:
    officer = Role.CONTRACTING_OFFICER
    return role_in(by, contract.agency_id, officer, doing=doing, rule=rule)


def _in_the_office(by: Actor, contract: Contract, doing: str, rule: str) -> Verdict:
    office = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    return role_in(by, contract.agency_id, *office, doing=doing, rule=rule)
