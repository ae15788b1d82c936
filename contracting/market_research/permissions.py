"""Who may ask the market, answer, and compare the answers."""

from __future__ import annotations

from accounts.permissions import role_in
from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.market_research.models import RequestForInformation
from contracting.market_research.states import RfiState as S

WRITERS = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST, Role.PROGRAM_MANAGER)
RELEASERS = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
READERS = (*WRITERS, Role.AUDITOR)
RESPONDERS = (Role.VENDOR_MEMBER, Role.VENDOR_SIGNER)


def can_draft_rfi(by: Actor) -> Verdict:
    """Whoever prepares the purchase asks the market first (FAR 10.001(a))."""
    if not by.is_agency:
        return Refused("Only an agency may draft a request for information.")
    doing = "draft a request for information"
    return role_in(by, by.organization_id, *WRITERS, doing=doing)


def can_edit_rfi(by: Actor, rfi: RequestForInformation) -> Verdict:
    """The buying office and the program manager write it until it is released."""
    who = role_in(by, rfi.agency_id, *WRITERS, doing="edit it")
    return _in_state(who, rfi, S.DRAFT, "only a draft is edited")


def can_release_rfi(by: Actor, rfi: RequestForInformation) -> Verdict:
    """The contracting office speaks to the market, so it releases (FAR 15.201(a))."""
    who = role_in(by, rfi.agency_id, *RELEASERS, doing="release it")
    return _in_state(who, rfi, S.DRAFT, "only a draft is released")


def can_cancel_rfi(by: Actor, rfi: RequestForInformation) -> Verdict:
    """The contracting office takes back what it has released."""
    who = role_in(by, rfi.agency_id, *RELEASERS, doing="cancel it")
    return _in_state(who, rfi, S.RELEASED, "only a released one is cancelled")


def can_discard_rfi(by: Actor, rfi: RequestForInformation) -> Verdict:
    """The buying office or the program manager gives up a draft."""
    who = role_in(by, rfi.agency_id, *WRITERS, doing="discard it")
    return _in_state(who, rfi, S.DRAFT, "only a draft is discarded")


def can_respond_to_rfi(by: Actor, rfi: RequestForInformation) -> Verdict:
    """A member or signer of any vendor; a response binds nobody, so both may."""
    if not by.has_role(*RESPONDERS):
        reason = "Only a vendor member or a vendor signer may respond."
        return Refused(reason)
    return _in_state(Allowed(), rfi, S.RELEASED, "only a released one is answered")


def can_compare_responses(by: Actor, rfi: RequestForInformation) -> Verdict:
    """The buying office, the program manager and auditors of the agency.

    Nobody else: answers may be a vendor's secrets (18 USC 1905, FAR 3.104-4).
    """
    return role_in(by, rfi.agency_id, *READERS, doing="read the answers")


def _in_state(
    who: Verdict, rfi: RequestForInformation, state: str, why_not: str
) -> Verdict:
    if isinstance(who, Refused) or rfi.state == state:
        return who
    state_words = rfi.get_state_display()
    return Refused(f"This request for information is {state_words}; {why_not}.")
