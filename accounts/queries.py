"""Who acts, who belongs where, and what they hold on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts import events
from accounts.models import (
    ApiKey,
    Delegation,
    Membership,
    Organization,
    User,
    Warrant,
)
from accounts.states import OrganizationKind, Role
from contracting.audit.models import AuditEvent
from contracting.core.actors import (
    ANONYMOUS,
    ANONYMOUS_KIND,
    KEY,
    PERSON,
    SYSTEM_KIND,
    Actor,
)
from contracting.core.errors import NotVisible
from contracting.core.subjects import Subject

Found = TypeVar("Found")

SESSION_KEY: Final = "membership_id"
DEMO_PASSWORD: Final = "tokens-by-the-million"  # noqa: S105 (shown on the login page)
DEMO_PASSPHRASE: Final = "three of five open the box"  # noqa: S105 (as above)


def locked_agency(**which: int) -> Organization:
    """The agency, held until the end of the transaction so that its series have no gap.

    Rows that only name it are added meanwhile (``FOR NO KEY UPDATE``).

    :param which: one condition that finds it, such as ``pk``
    """
    rows = Organization.objects.select_for_update(of=("self",), no_key=True)
    found: Organization = rows.get(**which)
    return found


def actor_of(membership: Membership) -> Actor:
    """The person of this membership, acting in it."""
    return Actor(
        kind=PERSON,
        name=membership.user.name,
        user_id=membership.user_id,
        membership_id=membership.pk,
        organization_id=membership.organization_id,
        organization_kind=membership.organization.kind,
        organization_name=membership.organization.name,
        role=membership.role,
        role_label=membership.role_label,
        review_field=membership.review_field,
    )


def actor_of_key(api_key: ApiKey) -> Actor:
    """The machine that holds this key: scopes and sources, never a role."""
    return Actor(
        kind=KEY,
        name=api_key.label,
        key_id=api_key.pk,
        organization_id=api_key.organization_id,
        organization_kind=api_key.organization.kind,
        organization_name=api_key.organization.name,
        role_label="API key",
        scopes=frozenset(api_key.scopes),
        sources=frozenset(api_key.sources),
    )


def actor_without_membership(user: User) -> Actor:
    """Somebody who is signed in and has not yet chosen a role: they may do nothing."""
    return Actor(
        kind=ANONYMOUS_KIND, name=user.name, user_id=user.pk, role_label="no role yet"
    )


def actor_of_request(request: Any) -> Actor:
    """Who acts in this request: the membership in the session, read afresh each time.

    A person with one active membership acts in it without choosing; one with several
    who has not chosen acts without a role.
    """
    user = request.user
    if not user.is_authenticated or not isinstance(user, User):
        return ANONYMOUS
    held = list(memberships_of(user.pk))
    chosen = request.session.get(SESSION_KEY)
    for membership in held:
        if membership.pk == chosen or len(held) == 1:
            return actor_of(membership)
    return actor_without_membership(user)


def memberships_of(user_id: int | None) -> QuerySet[Membership]:
    """The roles in which this person may act now."""
    return (
        Membership.objects.filter(
            user_id=user_id or 0, is_active=True, user__is_active=True
        )
        .select_related("user", "organization")
        .order_by("organization__name", "role", "review_field")
    )


def members(organization_id: int, *roles: str) -> QuerySet[Membership]:
    """The active memberships of an organization, of these roles or of all."""
    found = Membership.objects.filter(
        organization_id=organization_id, is_active=True, user__is_active=True
    )
    if roles:
        found = found.filter(role__in=roles)
    return found.select_related("user", "organization").order_by("role", "user__name")


def known_vendors() -> QuerySet[Organization]:
    """Every vendor of this installation: nobody is told earlier than another."""
    return Organization.objects.filter(kind=OrganizationKind.VENDOR).order_by("pk")


def active_warrant(actor: Actor, on: date) -> Warrant | None:
    """The warrant of the highest limit that is in force on that day."""
    return (
        warrants_held(actor)
        .filter(valid_from__lte=on, valid_to__gte=on)
        .filter(Q(revoked_on__isnull=True) | Q(revoked_on__gt=on))
        .order_by("-limit_dollars")
        .first()
    )


def warrants_held(actor: Actor) -> QuerySet[Warrant]:
    """Every warrant of the membership in which the person acts, in force or not."""
    return Warrant.objects.filter(membership_id=actor.membership_id or 0)


def delegators_of(actor: Actor, on: date) -> list[Membership]:
    """The reviewers whose reviews this person may do on that day."""
    if actor.membership_id is None:
        return []
    given = (
        delegations_in_force(on)
        .filter(delegate_id=actor.membership_id)
        .select_related("delegator__user", "delegator__organization")
        .order_by("pk")
    )
    return list(dict.fromkeys(delegation.delegator for delegation in given))


def ever_delegators_of(actor: Actor) -> list[Membership]:
    """The reviewers who have delegated to this person, on whatever days."""
    if actor.membership_id is None:
        return []
    received = Delegation.objects.filter(delegate_id=actor.membership_id)
    ordered = received.select_related("delegator__user").order_by("pk")
    return list(dict.fromkeys(delegation.delegator for delegation in ordered))


def delegations_in_force(on: date) -> QuerySet[Delegation]:
    """Delegations that hold on that day, between people who still review."""
    return Delegation.objects.filter(
        valid_from__lte=on,
        valid_to__gte=on,
        revoked_at__isnull=True,
        delegator__is_active=True,
        delegator__user__is_active=True,
        delegator__role=Role.REVIEWER,
        delegate__is_active=True,
    )


def delegations_visible_to(actor: Actor) -> QuerySet[Delegation]:
    """An administrator sees the agency's delegations, a reviewer their own."""
    found = Delegation.objects.filter(
        delegator__organization_id=actor.organization_id or 0
    )
    if not actor.has_role(Role.ADMINISTRATOR, Role.AUDITOR):
        mine = actor.membership_id or 0
        found = found.filter(Q(delegator_id=mine) | Q(delegate_id=mine))
    return found.select_related("delegator__user", "delegate__user").order_by("-pk")


def get_delegation_for(actor: Actor, public_id: str) -> Delegation:
    """:raises NotVisible: if the actor may not see it"""
    found = delegations_visible_to(actor).filter(public_id=public_id).first()
    return _seen(found)


def api_keys_visible_to(actor: Actor) -> QuerySet[ApiKey]:
    """The keys of the actor's organization, for its administrators and auditors."""
    if not actor.has_role(Role.ADMINISTRATOR, Role.VENDOR_ADMINISTRATOR, Role.AUDITOR):
        return ApiKey.objects.none()
    found = ApiKey.objects.filter(organization_id=actor.organization_id or 0)
    return found.select_related(
        "organization", "created_by", "replaces", "replaced_by"
    ).order_by("-pk")


def get_api_key_for(actor: Actor, public_id: str) -> ApiKey:
    """:raises NotVisible: if the actor may not see it"""
    return _seen(api_keys_visible_to(actor).filter(public_id=public_id).first())


def people_visible_to(actor: Actor) -> QuerySet[Membership]:
    """Everybody who holds or held a role in the actor's organization."""
    if not actor.has_role(Role.ADMINISTRATOR, Role.VENDOR_ADMINISTRATOR, Role.AUDITOR):
        return Membership.objects.none()
    return (
        Membership.objects.filter(organization_id=actor.organization_id or 0)
        .select_related("user", "organization")
        .prefetch_related("warrants")
        .order_by("-is_active", "user__name", "role")
    )


def get_membership_for(actor: Actor, public_id: str) -> Membership:
    """:raises NotVisible: if it is not of the actor's organization"""
    return _seen(people_visible_to(actor).filter(public_id=public_id).first())


def get_warrant_for(actor: Actor, public_id: str) -> Warrant:
    """:raises NotVisible: if it is not of the actor's organization"""
    visible = Warrant.objects.filter(membership__in=people_visible_to(actor))
    found = visible.select_related("membership__user").filter(public_id=public_id)
    return _seen(found.first())


def fellow_reviewers(actor: Actor) -> QuerySet[Membership]:
    """The reviewers of the actor's organization, other persons than the actor."""
    if actor.organization_id is None:
        return Membership.objects.none()
    reviewers = members(actor.organization_id, Role.REVIEWER)
    return reviewers.exclude(user_id=actor.user_id or 0)


def find_person(email: str) -> User | None:
    """The active person with this e-mail address, whatever its case."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).first()


def stream_of(organization_id: int | None) -> str:
    """The audit stream of an organization's people and keys."""
    return "system" if organization_id is None else f"organization:{organization_id}"


def subject_of(thing: Any, organization_id: int | None) -> Subject:
    """A row of this app as the subject of an event, in the organization's stream."""
    kind = f"accounts.{type(thing).__name__.lower()}"
    return Subject(kind, thing.pk, stream_of(organization_id))


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One line of the demo's list of accounts."""

    email: str
    name: str
    role_label: str
    organization_name: str
    password: str
    passphrase: str = DEMO_PASSPHRASE


def demo_accounts() -> list[DemoAccount]:
    """The demo's cast, while and only while this is a demonstration.

    Whom the system itself has registered, nobody else: others have passwords of their
    own, and their names are nobody's business.
    """
    if not settings.DEMO:
        return []
    cast = AuditEvent.objects.filter(
        event=events.USER_REGISTERED.code, actor_kind=SYSTEM_KIND
    )
    held: Iterable[Membership] = (
        Membership.objects.filter(is_active=True, user__is_active=True)
        .filter(user_id__in=cast.values("subject_id"))
        .select_related("user", "organization")
        .order_by("organization__kind", "organization__name", "pk")
    )
    return [
        DemoAccount(
            email=membership.user.email,
            name=membership.user.name,
            role_label=membership.role_label,
            organization_name=membership.organization.name,
            password=DEMO_PASSWORD,
        )
        for membership in held
    ]


def organizations(kind: str) -> QuerySet[Organization]:
    """Every organization of that kind, by name."""
    return Organization.objects.filter(kind=kind).order_by("name")


def _seen(thing: Found | None) -> Found:
    if thing is None:
        message = "There is nothing here for you."
        raise NotVisible(message, rule="R-ROL-07")
    return thing
