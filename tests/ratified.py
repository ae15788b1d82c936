"""Use beyond the funds of an order, ratified by who may (FAR 1.602-3)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from accounts.models import Membership, User
from accounts.queries import actor_of
from accounts.states import ReviewField, Role
from contracting.approvals.models import Policy, PolicyStep
from contracting.approvals.states import Decided
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars
from contracting.determinations.models import Determination
from contracting.determinations.operations.make import make_determination
from contracting.determinations.operations.review import review_determination
from contracting.determinations.states import Kind
from contracting.orders.models import TaskOrder
from tests.cast import PASSWORD, actor, organization

SAYS: Final = {
    "benefit": "Answers to claims, which the program used.",
    "power": "The officer of this contract could have ordered it.",
    "price": "The prices of the contract, found reasonable at award.",
    "funds": "The line of accounting had more than this free on that day, and has now.",
    "cause": "The gateway was soft; it asks before each call from now on.",
}


def head_of_activity() -> Actor:
    """The head of the contracting activity, who is no part of the cast."""
    agency = organization(actor("contracting_officer"))
    user, _ = User.objects.get_or_create(
        email="head.of.activity@example.test", defaults={"name": "Zoe Head"}
    )
    if not user.has_usable_password():
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    seat, _ = Membership.objects.get_or_create(
        user=user,
        organization=agency,
        role=Role.REVIEWER,
        review_field=ReviewField.ACTIVITY_HEAD,
    )
    return actor_of(seat)


def ratification_asked(
    order: TaskOrder, dollars: Dollars, *, at: datetime
) -> Determination:
    """An officer has asked for it; the policy of the agency says who decides."""
    agency = order.contract.agency
    head_of_activity()
    policy, made = Policy.objects.get_or_create(
        agency=agency,
        kind="ratification",
        min_value_dollars=Decimal(0),
        risk="",
        valid_from=date(2025, 1, 1),
        defaults={"title": "Ratifications"},
    )
    fields = (ReviewField.LEGAL, ReviewField.ACTIVITY_HEAD)
    for position, field in enumerate(fields, start=1):
        if made:
            PolicyStep.objects.create(
                policy=policy, position=position, role=Role.REVIEWER, review_field=field
            )
    return make_determination(
        kind=Kind.RATIFICATION,
        subject=order.subject,
        agency_id=agency.pk,
        title=order.name,
        path=order.path,
        value=dollars,
        text="A batch ran on after the funds had ended.",
        parts=SAYS,
        by=actor("second_contracting_officer"),
        at=at,
    )


def ratified(order: TaskOrder, dollars: Dollars, *, at: datetime) -> Determination:
    """Legal counsel has concurred and the head of the activity has ratified it."""
    head = head_of_activity()
    asked = ratification_asked(order, dollars, at=at)
    for by in (actor("legal_reviewer"), head):
        asked = review_determination(
            determination_id=asked.pk, verdict=Decided.CONCUR, comment="", by=by, at=at
        )
    return asked
