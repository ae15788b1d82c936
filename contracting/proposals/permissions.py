"""Who writes a draft, and who submits it."""

from __future__ import annotations

from accounts.permissions import role_in
from accounts.states import Role, Scope
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.proposals.states import UploadKind
from contracting.solicitations.models import Solicitation
from contracting.submissions.permissions import can_submit_submission, takes_offers
from contracting.submissions.sealing.holders import holders_of, offer_key_of

_WRITERS = (Role.VENDOR_MEMBER, Role.VENDOR_SIGNER)


def can_save_draft(by: Actor, solicitation: Solicitation) -> Verdict:
    """A member or signer of a vendor, on a solicitation that takes offers."""
    if not by.is_vendor or not by.has_role(*_WRITERS):
        return Refused("Only a member or signer of a vendor writes its draft.")
    return takes_offers(solicitation)


def can_seal_draft(by: Actor, solicitation: Solicitation) -> Verdict:
    """Whoever writes the draft and holds the offer key, which opens it again."""
    may = can_save_draft(by, solicitation)
    if isinstance(may, Refused):
        return may
    key = offer_key_of(by.organization_id)
    if key is None or by.user_id not in [each.user_id for each in holders_of(key)]:
        return Refused(
            "A draft that is sealed in your browser is opened with our offer key, and "
            "you do not hold it. Choose a passphrase on the page of the offer key "
            "first; if a colleague holds the key, ask them to share it with you."
        )
    return may


def can_begin_draft(by: Actor, solicitation: Solicitation) -> Verdict:
    """Whoever writes the draft, or attaches the first file to it."""
    return can_attach_draft_files(by, solicitation)


def can_attach_draft_files(by: Actor, solicitation: Solicitation) -> Verdict:
    """Whoever writes the draft, or a machine of the vendor with the scope."""
    if by.is_key and by.is_vendor and Scope.DRAFTS_WRITE in by.scopes:
        return takes_offers(solicitation)
    return can_save_draft(by, solicitation)


def can_detach_draft_file(by: Actor, solicitation: Solicitation) -> Verdict:
    """Whoever writes the draft."""
    return can_save_draft(by, solicitation)


def can_attach_sealed_file(by: Actor, solicitation: Solicitation) -> Verdict:
    """Whoever seals the draft."""
    return can_seal_draft(by, solicitation)


def can_begin_upload(
    by: Actor, solicitation: Solicitation, *, kind: UploadKind
) -> Verdict:
    """Whoever may do at once what comes in pieces: attach a file, hand an offer in."""
    if kind == UploadKind.SEALED_OFFER:
        return can_submit_upload(by, solicitation)
    if kind == UploadKind.SEALED_FILE:
        return can_attach_sealed_file(by, solicitation)
    return can_attach_draft_files(by, solicitation)


def can_append_upload(
    by: Actor, solicitation: Solicitation, *, kind: UploadKind
) -> Verdict:
    """Whoever may begin it: another of the vendor may go on with it."""
    return can_begin_upload(by, solicitation, kind=kind)


def can_complete_upload(
    by: Actor, solicitation: Solicitation, *, kind: UploadKind
) -> Verdict:
    """Whoever may begin it."""
    return can_begin_upload(by, solicitation, kind=kind)


def can_abandon_upload(
    by: Actor, solicitation: Solicitation, *, kind: UploadKind
) -> Verdict:
    """Whoever may begin it."""
    return can_begin_upload(by, solicitation, kind=kind)


def can_detach_sealed_file(by: Actor, solicitation: Solicitation) -> Verdict:
    """Whoever seals the draft."""
    return can_seal_draft(by, solicitation)


def can_discard_draft(by: Actor, solicitation: Solicitation) -> Verdict:
    """Whoever writes drafts, whatever has become of the solicitation."""
    return role_in(by, by.organization_id, *_WRITERS, doing="discard its draft")


def can_expire_drafts(by: Actor) -> Verdict:
    """The daily run of the system."""
    if by.is_system:
        return Allowed()
    return Refused("Drafts expire by themselves, thirty days after their deadline.")


def can_submit_draft(by: Actor, solicitation: Solicitation) -> Verdict:
    """Whoever may submit an offer: a signer of the vendor, who binds it."""
    return can_submit_submission(by, solicitation)


def can_submit_upload(by: Actor, solicitation: Solicitation) -> Verdict:
    """Whoever may submit an offer; it was sealed before it was sent."""
    return can_submit_submission(by, solicitation)
