"""Reviewers decide on exactly one version; nobody decides on what they wrote."""

import pytest

from accounts.models import Membership
from accounts.queries import actor_of
from accounts.states import ReviewField, Role
from contracting.approvals.refusals import CommentMissing
from contracting.approvals.states import Decided
from contracting.core.errors import NotAllowed, Stale
from contracting.notices.models import Notice
from contracting.orders.operations.edit import edit_task_order
from contracting.orders.operations.review import review_task_order
from contracting.orders.queries import changes_since, last_reviewed_version
from contracting.orders.states import TaskOrderState
from tests.builders_orders import (
    ORDERED_AT,
    approved_order,
    drafted_order,
    submitted_order,
)
from tests.cast import actor, nothing_happens


def reviewed(order, by, verdict=Decided.CONCUR, comment="", seen_version=None):
    return review_task_order(
        order_id=order.pk,
        verdict=verdict,
        comment=comment,
        by=by,
        at=ORDERED_AT,
        seen_version=seen_version or order.version,
    )


def test_the_last_decision_approves_the_order_and_binds_nothing(
    contract, technical_reviewer, finance_reviewer, contracting_officer
):
    # Given an order in review
    order = submitted_order(on=contract)

    # When both reviewers concur
    assert reviewed(order, technical_reviewer).state == TaskOrderState.SUBMITTED
    done = reviewed(order, finance_reviewer)

    # Then it is approved, has no number, and the contracting officers are told
    assert done.state == TaskOrderState.APPROVED
    assert done.piid is None
    told = Notice.objects.filter(title__startswith="Reviewed:")
    assert contracting_officer.user_id in {each.recipient_user_id for each in told}


def test_a_returned_order_is_a_draft_again(contract, technical_reviewer):
    order = submitted_order(on=contract)

    done = reviewed(order, technical_reviewer, Decided.RETURN, "Name the use.")

    assert done.state == TaskOrderState.DRAFT


def test_a_return_says_why(contract, technical_reviewer):
    order = submitted_order(on=contract)

    with nothing_happens(), pytest.raises(CommentMissing):
        reviewed(order, technical_reviewer, Decided.RETURN, " ")


def test_a_decision_is_on_the_version_that_was_read(contract, technical_reviewer):
    order = submitted_order(on=contract)

    with nothing_happens(), pytest.raises(Stale):
        reviewed(order, technical_reviewer, seen_version=2)


@pytest.mark.rule("R-ROL-09", case="allowed")
def test_somebody_who_wrote_no_part_of_it_decides(contract, finance_reviewer):
    order = submitted_order(on=contract)

    assert reviewed(order, finance_reviewer).state == TaskOrderState.SUBMITTED


@pytest.mark.rule("R-ROL-09", case="refused")
def test_nobody_decides_on_what_they_requested(contract, program_manager):
    # Given a requester who is a technical reviewer as well
    order = submitted_order(on=contract)
    both = Membership.objects.create(
        user_id=program_manager.user_id,
        organization_id=program_manager.organization_id,
        role=Role.REVIEWER,
        review_field=ReviewField.TECHNICAL,
    )

    # When they decide on it in that other role
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        reviewed(order, actor_of(both))

    # Then the rule is named
    assert refusal.value.rule == "R-ROL-09"


def test_a_reviewer_sees_what_changed_since_they_decided(
    contract, technical_reviewer, program_manager
):
    # Given a decision on version 1, and two edits after it
    order = submitted_order(on=contract)
    order = reviewed(order, technical_reviewer, Decided.RETURN, "Say where.")
    for version, place in ((1, "Gateway A"), (2, "Gateway B")):
        order = edit_task_order(
            order_id=order.pk,
            terms={"place": place},
            by=program_manager,
            at=ORDERED_AT,
            seen_version=version,
        )
    again = submitted_order(order=order)

    # Then they see one step, from what they saw to what stands
    seen = last_reviewed_version(again, technical_reviewer.user_id)
    assert seen == 1
    (change,) = changes_since(again, seen)
    assert change == {
        "term": "Place of performance",
        "old": "Agency AI gateway",
        "new": "Gateway B",
    }


@pytest.mark.parametrize("state", [drafted_order, approved_order])
def test_only_an_order_in_review_is_decided_on(contract, technical_reviewer, state):
    order = state(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        reviewed(order, technical_reviewer)


@pytest.mark.parametrize(
    "outsider",
    ["legal_reviewer", "other_agency_officer", "vendor_a_signer"],
)
def test_an_outsider_decides_nothing(contract, outsider):
    order = submitted_order(on=contract)

    with nothing_happens(), pytest.raises(NotAllowed):
        reviewed(order, actor(outsider))
