"""The people who may open boxes, and which of them still can."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import Membership
from accounts.queries import members
from accounts.states import VENDOR_ROLES
from contracting.solicitations.models import Solicitation
from contracting.submissions.sealing.models import Box, BoxShare, OpenerKey
from contracting.submissions.states import BoxPurpose, OpeningPurpose


def opener_key_of(user_id: int | None) -> OpenerKey | None:
    """The key with which a person opens offers now, if they have enrolled."""
    return OpenerKey.objects.filter(
        user_id=user_id or 0, retired_at__isnull=True
    ).first()


def enrolled_people(organization_id: int) -> list[tuple[OpenerKey, Membership]]:
    """Who of an agency may be named to open offers, by name, each once."""
    keys = OpenerKey.objects.filter(retired_at__isnull=True)
    by_user = {key.user_id: key for key in keys.select_related("user")}
    found: dict[int, Membership] = {}
    barred = _people_of_vendors(by_user)
    for membership in members(organization_id):
        if membership.user_id in by_user and membership.user_id not in barred:
            found.setdefault(membership.user_id, membership)
    people = sorted(found.values(), key=lambda each: (each.user.name, each.pk))
    return [(by_user[each.user_id], each) for each in people]


def shares_of(box: Box) -> QuerySet[BoxShare]:
    """The shares of a box with their openers, by position."""
    return box.shares.select_related(
        "user", "membership__user", "membership__organization", "opener_key", "box"
    ).order_by("position")


def able_shares(box: Box) -> list[BoxShare]:
    """The shares whose openers could give them now, as far as anybody can know.

    An opener is lost who has enrolled again, has left the agency, or has joined a
    vendor. That a passphrase is forgotten only its owner can tell.
    """
    shares = shares_of(box).filter(
        opener_key__retired_at__isnull=True,
        membership__is_active=True,
        user__is_active=True,
    )
    barred = _people_of_vendors(each.user_id for each in shares)
    return [each for each in shares if each.user_id not in barred]


def _people_of_vendors(user_ids: Iterable[int]) -> set[int]:
    """Those of these people who belong to a vendor now."""
    found = Membership.objects.filter(
        is_active=True, role__in=VENDOR_ROLES, user__in=list(user_ids)
    )
    return set(found.values_list("user_id", flat=True))


def boxes_of(solicitation: Solicitation) -> list[Box]:
    """The boxes of the offers on a solicitation, the one in force first.

    There is one from the release on, and one more with each amendment that has other
    people open the offers.
    """
    boxes = solicitation.boxes.filter(purpose=BoxPurpose.OFFERS)
    return list(boxes.select_related("amendment").order_by("-pk"))


def amendments_of_keys(solicitation: Solicitation) -> set[str]:
    """The numbers of those that brought a key: sealing anew acknowledges them."""
    brought = [box.amendment for box in boxes_of(solicitation)]
    return {each.number for each in brought if each is not None}


def is_opened(box: Box) -> bool:
    """Whether a quorum has opened the offers in this box."""
    opened = box.openings.filter(purpose=OpeningPurpose.OFFERS)
    return opened.filter(completed_at__isnull=False).exists()
