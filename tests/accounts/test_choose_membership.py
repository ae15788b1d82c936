"""A person acts in one role at a time, and only in one of their own."""

import pytest

from accounts.models import Membership
from accounts.operations.choose_membership import choose_membership
from accounts.states import Role
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from tests.cast import nothing_happens, person


@pytest.fixture
def second_role(cor):
    return Membership.objects.create(
        user=person(cor), organization_id=cor.organization_id, role=Role.EVALUATOR
    )


def test_a_person_chooses_another_role_of_their_own(cor, second_role, at):
    # When the representative chooses to act as evaluator
    chosen = choose_membership(membership_id=second_role.pk, by=cor, at=at)

    # Then the choice is recorded, with the role that was left
    event = AuditEvent.objects.get(event="accounts.membership.chosen")
    assert chosen == second_role
    assert event.actor_role == "evaluator"
    assert event.stream == f"organization:{cor.organization_id}"
    assert f'"previous_membership":{cor.membership_id}' in event.payload


def test_the_role_of_somebody_else_is_refused(second_role, evaluator, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        choose_membership(membership_id=second_role.pk, by=evaluator, at=at)


def test_a_role_that_was_taken_away_is_refused(cor, second_role, at):
    second_role.is_active = False
    second_role.save()

    with nothing_happens(), pytest.raises(NotAllowed):
        choose_membership(membership_id=second_role.pk, by=cor, at=at)
