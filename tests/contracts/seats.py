"""People who hold a second role, where the same person must not act twice."""

from datetime import date
from decimal import Decimal

from accounts.models import Membership, Warrant
from accounts.queries import actor_of
from accounts.states import Role
from contracting.core.actors import Actor
from tests.cast import actor, organization, person


def also_as(part_name: str, role: str, *, warrant: str = "") -> Actor:
    """The same person in another role of the same organization.

    :param warrant: the limit of a warrant in that role
    """
    acting = actor(part_name)
    seat, _ = Membership.objects.get_or_create(
        user=person(acting), organization=organization(acting), role=Role(role)
    )
    if warrant:
        Warrant.objects.create(
            membership=seat,
            number=f"W-{seat.pk}",
            limit_dollars=Decimal(warrant),
            valid_from=date(2025, 1, 1),
            valid_to=date(2030, 12, 31),
        )
    return actor_of(seat)
