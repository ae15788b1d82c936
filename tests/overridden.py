"""What is on record where somebody has put a rule aside."""

from __future__ import annotations

from accounts.models import Membership
from contracting.approvals.models import Override
from contracting.core.subjects import Subject
from tests.cast import actor


def overridden(rule: str, on: Subject) -> tuple[str, str, str]:
    """Who has put the rule aside on this thing, by which code and words; just once."""
    found = Override.objects.get(rule=rule, subject_kind=on.kind, subject_id=on.id)
    return found.membership.user.name, found.reason_code, found.words


def name_of(who: str) -> str:
    """A person of the cast as a record names them."""
    return Membership.objects.get(pk=actor(who).own_membership_id).user.name
