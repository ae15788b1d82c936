"""Who acts: a person in one membership, a machine with a key, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from contracting.core.errors import NotAllowed

PERSON: Final = "PERSON"
KEY: Final = "KEY"
SYSTEM_KIND: Final = "SYSTEM"
ANONYMOUS_KIND: Final = "ANONYMOUS"
PSEUDONYM_KIND: Final = "PSEUDONYM"

AGENCY: Final = "AGENCY"
VENDOR: Final = "VENDOR"


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting party as plain values, as every verb receives it in ``by``.

    A person acts in exactly one membership at a time: ``role`` and ``organization_id``
    are that membership's. A machine has ``key_id``, ``scopes`` and no role.
    """

    kind: str
    name: str
    user_id: int | None = None
    membership_id: int | None = None
    key_id: int | None = None
    organization_id: int | None = None
    organization_kind: str = ""
    organization_name: str = ""
    role: str = ""
    role_label: str = ""
    review_field: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)
    sources: frozenset[str] = field(default_factory=frozenset)
    authentication: str = field(default="", compare=False)
    """How a person has proved who they are, as the door has seen it; else empty."""

    def proven(self, how: str) -> Actor:
        """The same actor, with the proof that the door has seen."""
        return replace(self, authentication=how)

    @property
    def is_person(self) -> bool:
        return self.kind == PERSON

    @property
    def is_key(self) -> bool:
        return self.kind == KEY

    @property
    def is_system(self) -> bool:
        return self.kind == SYSTEM_KIND

    @property
    def is_pseudonym(self) -> bool:
        return self.kind == PSEUDONYM_KIND

    @property
    def is_agency(self) -> bool:
        return self.organization_kind == AGENCY

    @property
    def is_vendor(self) -> bool:
        return self.organization_kind == VENDOR

    @property
    def own_user_id(self) -> int:
        """The person, for a row that names them.

        :raises NotAllowed: for a machine, the system and the public, who are nobody
        """
        return _present(self.user_id)

    @property
    def own_membership_id(self) -> int:
        """The membership in which this person acts, for a row that names who did it.

        :raises NotAllowed: for a machine, the system and the public, who have none
        """
        return _present(self.membership_id)

    @property
    def own_organization_id(self) -> int:
        """The organization for which this person or machine acts.

        :raises NotAllowed: for the system and the public, who have none
        """
        return _present(self.organization_id)

    def has_role(self, *roles: str) -> bool:
        """Whether this is a person who acts in one of ``roles``."""
        return self.is_person and self.role in roles

    def acts_for(self, organization_id: int | None) -> bool:
        """Whether the acting membership or key belongs to that organization."""
        return organization_id is not None and self.organization_id == organization_id


def under_pseudonym(name: str) -> Actor:
    """Somebody whom a record may not name yet: an offeror before the opening."""
    return Actor(kind=PSEUDONYM_KIND, name=name, role_label="under a pseudonym")


def _present(number: int | None) -> int:
    if number is None:
        message = "Only somebody who acts for an organization can do this."
        raise NotAllowed(message)
    return number


SYSTEM: Final = Actor(kind=SYSTEM_KIND, name="Drawdown", role_label="system")
ANONYMOUS: Final = Actor(kind=ANONYMOUS_KIND, name="the public", role_label="public")
