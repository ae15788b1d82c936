"""Issue a key to a machine; its text is shown once and never kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import ApiKey, Organization
from accounts.refusals import WrongNetwork, WrongPeriod, WrongScope
from accounts.states import (
    AGENCY_ONLY_SCOPES,
    VENDOR_ONLY_SCOPES,
    OrganizationKind,
    Scope,
)
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.origin import named_network
from contracting.core.permissions import require

LONGEST: Final = timedelta(days=366)
MOST_NETWORKS: Final = 20


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key and, this once, its text ``ddk_<lookup>_<secret>``."""

    key: ApiKey
    text: str = field(repr=False)


@transaction.atomic
def issue_api_key(
    *,
    organization_id: int,
    label: str,
    scopes: Iterable[str],
    expires_at: datetime,
    by: Actor,
    at: datetime,
    sources: Iterable[str] = (),
    networks: Iterable[str] = (),
) -> IssuedKey:
    """Issue a key with 256 random bits; only the SHA-256 of its secret is stored.

    :param scopes: from :class:`accounts.states.Scope`
    :param sources: the usage sources that the key may write
    :param networks: in CIDR, where it may be used from; none: from anywhere
    :raises NotAllowed: if ``by`` does not administer the organization
    :raises WrongScope: for no scope, an unknown one, or one of the other side
    :raises WrongNetwork: for what is no network, or for more than twenty
    :raises WrongPeriod: if it expires in the past or in more than a year
    """
    organization: Organization = Organization.objects.locked().get(pk=organization_id)
    require(permissions.can_issue_api_key(by, organization_id))
    wanted = sorted(set(scopes))
    _refuse_wrong_scopes(organization, wanted)
    within = named_networks(networks)
    refuse_wrong_expiry(expires_at, at)
    return _issue(
        ApiKey(
            organization=organization,
            label=label,
            scopes=wanted,
            sources=sorted(set(sources)),
            networks=within,
            expires_at=expires_at,
        ),
        by,
        at,
    )


def _issue(key: ApiKey, by: Actor, at: datetime) -> IssuedKey:
    """Give a key its secret of 256 random bits, of which only the hash is stored."""
    lookup, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    key.lookup, key.created_by_id = lookup, by.own_user_id
    key.secret_sha256 = hashlib.sha256(secret.encode()).hexdigest()
    key.save()
    record_event(
        events.API_KEY_ISSUED,
        subject=queries.subject_of(key, key.organization_id),
        by=by,
        at=at,
        data={
            "label": key.label,
            "scopes": key.scopes,
            "sources": key.sources,
            "networks": key.networks,
            "expires_at": key.expires_at,
        },
    )
    return IssuedKey(key=key, text=f"ddk_{lookup}_{secret}")


def refuse_wrong_expiry(expires_at: datetime, at: datetime) -> None:
    """:raises WrongPeriod: if a key expired in the past or in more than a year"""
    if not at < expires_at <= at + LONGEST:
        message = "A key expires within a year from now."
        raise WrongPeriod(message, expires_at=expires_at)


def named_networks(networks: Iterable[str]) -> list[str]:
    """The networks in their usual spelling, each once.

    :raises WrongNetwork: for what is no network, for all addresses, for too many
    """
    found = []
    for text in networks:
        try:
            found.append(named_network(text))
        except ValueError as error:
            message = (
                f"{text[:60]} names no network: write it as 192.0.2.0/24 or "
                "2001:db8::/32, or leave it out for a key that works from anywhere."
            )
            raise WrongNetwork(message, pointer="/networks") from error
    unique = sorted(set(found))
    if len(unique) > MOST_NETWORKS:
        message = f"A key is bound to at most {MOST_NETWORKS} networks."
        raise WrongNetwork(message, pointer="/networks")
    return unique


def _refuse_wrong_scopes(organization: Organization, wanted: list[str]) -> None:
    is_vendor = organization.kind == OrganizationKind.VENDOR
    others = AGENCY_ONLY_SCOPES if is_vendor else VENDOR_ONLY_SCOPES
    for scope in wanted:
        if scope not in Scope.values or scope in others:
            message = f"A key of {organization} cannot have the scope {scope}."
            raise WrongScope(message, scope=scope)
    if not wanted:
        message = "A key has at least one scope."
        raise WrongScope(message)
