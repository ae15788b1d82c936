"""Who may do what with people, rights and keys, and the checks that stages share."""

from __future__ import annotations

from datetime import date

from accounts.models import ApiKey, Delegation, Membership, Warrant
from accounts.queries import active_warrant, warrants_held
from accounts.states import VENDOR_ROLES, ReviewField, Role
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.core.quantities import Dollars


def can_sign(actor: Actor, value: Dollars, on: date) -> Verdict:
    """Whether the actor's warrant covers an action of this value on that day.

    The value of a modification is its absolute change. FAR 1.602-1, 1.603 (R-ROL-01,
    R-ROL-02).
    """
    if not actor.has_role(Role.CONTRACTING_OFFICER):
        return Refused(
            "Only a contracting officer with a warrant may sign.", "R-ROL-01"
        )
    held = warrants_held(actor).exclude(revoked_on__lte=on)
    if not held.exists():
        return Refused("You hold no active warrant.", "R-ROL-01")
    warrant = active_warrant(actor, on)
    if warrant is None:
        return Refused(f"Your warrant is not in force on {on}.", "R-ROL-02")
    size = value if value >= Dollars() else -value
    limit = Dollars(warrant.limit_dollars)
    if size > limit:
        reason = (
            f"This action is worth ${size.amount:,}; your warrant {warrant.number} "
            f"is limited to ${limit.amount:,}."
        )
        return Refused(reason, "R-ROL-02")
    return Allowed(f"Warrant {warrant.number}.")


def role_in(
    actor: Actor,
    organization_id: int | None,
    *roles: str,
    review_field: str = "",
    doing: str = "do this",
    rule: str = "",
) -> Verdict:
    """Whether the actor is a person who acts in one of ``roles`` for the organization.

    :param doing: completes the sentence "Only a … of this agency may …"
    """
    fits = actor.has_role(*roles) and actor.acts_for(organization_id)
    if fits and (not review_field or actor.review_field == review_field):
        return Allowed()
    side = "vendor" if all(role in VENDOR_ROLES for role in roles) else "agency"
    names = " or ".join(_named(role, review_field) for role in roles)
    return Refused(f"Only {names} of this {side} may {doing}.", rule)


def scope_in(actor: Actor, organization_id: int | None, scope: str) -> Verdict:
    """Whether the actor is a machine of the organization whose key has the scope."""
    if actor.is_key and actor.acts_for(organization_id) and scope in actor.scopes:
        return Allowed()
    return Refused(
        f"Only a key of this organization with the scope {scope} may do this."
    )


def other_person(
    actor: Actor, user_id: int | None, reason: str, rule: str = ""
) -> Verdict:
    """Whether the actor is another person than ``user_id``, whatever their roles.

    :param reason: what a person reads who did the other part themselves
    """
    if user_id is not None and actor.user_id == user_id:
        return Refused(reason, rule)
    return Allowed()


def all_of(*verdicts: Verdict) -> Verdict:
    """The first refusal, or permission if there is none."""
    for verdict in verdicts:
        if isinstance(verdict, Refused):
            return verdict
    return verdicts[0] if verdicts else Allowed()


def can_choose_membership(by: Actor, membership: Membership) -> Verdict:
    """A person acts only in a role of their own that is still theirs."""
    mine = by.user_id is not None and membership.user_id == by.user_id
    if mine and membership.is_active and membership.user.is_active:
        return Allowed()
    return Refused("This role is not yours.")


def can_create_organization(by: Actor) -> Verdict:
    """Organizations are set up by the operator of the installation."""
    if by.is_system:
        return Allowed()
    return Refused("Only the operator of this installation may create an organization.")


def can_rename_organization(by: Actor) -> Verdict:
    """The operator, or a contracting officer by a change-of-name agreement."""
    if by.is_system or by.has_role(Role.CONTRACTING_OFFICER):
        return Allowed()
    return Refused("Only a contracting officer records that a vendor is renamed.")


def can_register_user(by: Actor) -> Verdict:
    """People are registered by an administrator; nobody registers themselves."""
    if by.is_system or by.has_role(Role.ADMINISTRATOR, Role.VENDOR_ADMINISTRATOR):
        return Allowed()
    return Refused("Only an administrator may register a person.")


def can_administer(by: Actor, organization_id: int | None, doing: str) -> Verdict:
    """An administrator of this very organization, or the operator."""
    roles = (Role.ADMINISTRATOR, Role.VENDOR_ADMINISTRATOR)
    if by.is_system or (by.has_role(*roles) and by.acts_for(organization_id)):
        return Allowed()
    return Refused(f"Only an administrator of this organization may {doing}.")


def can_grant_membership(
    by: Actor, organization_id: int, user_id: int | None
) -> Verdict:
    """An administrator gives a role to somebody else, never to themselves."""
    return all_of(
        can_administer(by, organization_id, "grant a role"),
        other_person(by, user_id, "Nobody grants a role to themselves."),
    )


def can_revoke_membership(by: Actor, membership: Membership) -> Verdict:
    """An administrator takes a role from somebody else."""
    return all_of(
        can_administer(by, membership.organization_id, "revoke a role"),
        other_person(by, membership.user_id, "Nobody revokes their own role."),
    )


def can_issue_warrant(by: Actor, membership: Membership) -> Verdict:
    """An administrator records a certificate of appointment (FAR 1.603-3)."""
    return all_of(
        can_administer(by, membership.organization_id, "record a warrant"),
        other_person(by, membership.user_id, "Nobody gives themselves a warrant."),
    )


def can_revoke_warrant(by: Actor, warrant: Warrant) -> Verdict:
    """An administrator of the agency ends a warrant (FAR 1.603-4)."""
    return can_administer(by, warrant.membership.organization_id, "revoke a warrant")


def can_delegate_review(by: Actor) -> Verdict:
    """A reviewer delegates their own reviews; no other role is delegated (R-ROL-10)."""
    if by.has_role(Role.REVIEWER):
        return Allowed()
    return Refused(
        "Only a reviewer can delegate, and only their reviews; a warrant never.",
        "R-ROL-10",
    )


def can_revoke_delegation(by: Actor, delegation: Delegation) -> Verdict:
    """Who gave it takes it back; so does an administrator of the agency."""
    if by.is_person and by.user_id == delegation.delegator.user_id:
        return Allowed()
    return can_administer(
        by, delegation.delegator.organization_id, "revoke somebody's delegation"
    )


def can_issue_api_key(by: Actor, organization_id: int | None) -> Verdict:
    """An administrator issues keys for their own organization's machines.

    A key names the person who answers for it, so the system issues none.
    """
    if by.is_system:
        return Refused("A person answers for each key; the system issues none.")
    return can_administer(by, organization_id, "issue a key")


def can_rotate_api_key(by: Actor, api_key: ApiKey) -> Verdict:
    """Who may issue keys of the organization replaces one by another."""
    return can_issue_api_key(by, api_key.organization_id)


def can_restrict_api_key(by: Actor, api_key: ApiKey) -> Verdict:
    """An administrator of the organization says where its key may be used from."""
    return can_administer(by, api_key.organization_id, "bind a key to networks")


def can_revoke_api_key(by: Actor, api_key: ApiKey) -> Verdict:
    """An administrator of the organization whose key it is."""
    return can_administer(by, api_key.organization_id, "revoke a key")


def _named(role: str, review_field: str) -> str:
    words = str(Role(role).label)
    if review_field:
        words = f"{ReviewField(review_field).label} {words}"
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
