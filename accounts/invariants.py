"""What must always hold of people, rights and keys."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from accounts.models import Delegation, Membership, Warrant
from accounts.states import VENDOR_ROLES, OrganizationKind, Role
from contracting.core.invariants import Invariant


def _roles_on_the_wrong_side() -> Iterator[str]:
    for membership in Membership.objects.select_related("user", "organization"):
        is_vendor = membership.organization.kind == OrganizationKind.VENDOR
        if (membership.role in VENDOR_ROLES) != is_vendor:
            yield str(membership)


def _warrants_of_others() -> Iterator[str]:
    wrong = Warrant.objects.exclude(membership__role=Role.CONTRACTING_OFFICER)
    for warrant in wrong.select_related("membership__user", "membership__organization"):
        yield f"warrant {warrant.number} of {warrant.membership}"


def _delegations_out_of_bounds() -> Iterator[str]:
    given = Delegation.objects.select_related(
        "delegator__user", "delegator__organization", "delegate__user"
    )
    apart = given.exclude(delegate__organization=F("delegator__organization"))
    others = given.exclude(delegator__role=Role.REVIEWER, delegate__role=Role.REVIEWER)
    for delegation in {*apart, *others}:
        yield f"{delegation.delegator} to {delegation.delegate.user}"


INVARIANTS = [
    Invariant(
        code="ACC-1",
        sentence="A vendor's role is held in a vendor, an agency's role in an agency.",
        check=_roles_on_the_wrong_side,
    ),
    Invariant(
        code="ACC-2",
        sentence="Only a contracting officer holds a warrant.",
        check=_warrants_of_others,
    ),
    Invariant(
        code="ACC-3",
        sentence="Reviews are delegated between reviewers of one agency, nothing else.",
        check=_delegations_out_of_bounds,
    ),
]
