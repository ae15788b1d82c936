"""Who asks for an archive, and who is handed one."""

from __future__ import annotations

from accounts.permissions import role_in
from accounts.states import VENDOR_ROLES, Role, Scope
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.documents.models import Document
from contracting.documents.states import DocumentKind
from contracting.evidence.models import Archive
from contracting.evidence.queries import holds_source_selection, may_select_sources
from contracting.evidence.queries.papers import is_awarded, unreadable
from contracting.evidence.states import ArchiveKind, Level
from contracting.solicitations.models import Solicitation

_KEEPERS = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST, Role.AUDITOR)


def can_bundle_documents(by: Actor, about: Contract | Solicitation) -> Verdict:
    """Whoever may read the contract or the solicitation, in a role.

    Of what may be in the bundle each paper is asked by itself.
    """
    if by.is_person and by.role:
        return Allowed()
    return Refused("A bundle is asked for by a person in a role.", "R-ROL-07")


def can_build_pack(by: Actor, contract: Contract, level: str) -> Verdict:
    """The agency's keepers of the file in full or for release; a vendor its own view.

    A machine of the agency with the scope for papers builds it too, without source
    selection information (FAR 3.104); a machine of the vendor builds the vendor's.
    """
    if contract.awarded_at is None:
        return Refused("There is no evidence of a contract before its award.")
    if level == Level.OWN:
        return _is_the_vendor(by, contract)
    if not by.acts_for(contract.agency_id):
        return Refused("That is for the agency of the contract.", "R-ROL-07")
    if by.has_role(*_KEEPERS) or _is_a_machine(by):
        return Allowed()
    return Refused(
        "A contracting officer, a contract specialist or an auditor of the agency "
        "gathers the evidence of a contract.",
        "R-ROL-07",
    )


def can_release_copy(by: Actor, document: Document) -> Verdict:
    """The contracting office releases a copy of a printed paper that it may read.

    Nothing of a competition before its award (FAR 3.104-4, 24.202), and no receipt: it
    is the vendor's.
    """
    who = role_in(
        by,
        document.agency_id,
        Role.CONTRACTING_OFFICER,
        Role.CONTRACT_SPECIALIST,
        doing="release a copy of a paper",
        rule="R-ROL-07",
    )
    if isinstance(who, Refused):
        return who
    if unreadable([document.pk], by):
        return Refused("It is a paper that you may not read.", "R-ROL-07")
    if document.kind == DocumentKind.RECEIPT:
        return Refused("A receipt is the vendor's; it is not released.")
    if document.is_public:
        return Refused("Everybody may read it already.")
    if not document.is_rendered:
        return Refused("Only a paper that is printed is released.")
    if not is_awarded(document.stream):
        return Refused(
            "Nothing of a competition is released before its award (FAR 3.104-4)."
        )
    return Allowed()


def _is_the_vendor(by: Actor, contract: Contract) -> Verdict:
    if by.acts_for(contract.vendor_id) and (
        by.has_role(*VENDOR_ROLES) or _is_a_machine(by)
    ):
        return Allowed()
    return Refused("That is the view of the vendor of the contract.", "R-ROL-07")


def _is_a_machine(by: Actor) -> bool:
    return by.is_key and Scope.DOCUMENTS_READ in by.scopes


def can_gather(by: Actor, archive: Archive) -> Verdict:
    """Whether who asked for it may still ask for it."""
    if archive.kind == ArchiveKind.BUNDLE:
        return can_bundle_documents(by, archive.about)
    if holds_source_selection(archive) and not may_select_sources(by):
        return Refused(_SELECTION, "R-ROL-07")
    assert archive.contract is not None  # noqa: S101 (a constraint holds it)
    return can_build_pack(by, archive.contract, archive.level)


def can_hand_over(by: Actor, archive: Archive) -> Verdict:
    """Whether everything in it may be read by this reader now, file by file."""
    may = can_gather(by, archive)
    if not may:
        return may
    inside = archive.parts.exclude(document=None)
    closed = unreadable(inside.values_list("document", flat=True), by)
    if closed:
        papers = "1 paper" if closed == 1 else f"{closed} papers"
        return Refused(
            f"It holds {papers} that you may not read. Ask for one of your own.",
            "R-ROL-07",
        )
    return Allowed()


_SELECTION = (
    "It holds source selection information: it is for those who take part in "
    "selections, and for auditors (FAR 3.104)."
)
