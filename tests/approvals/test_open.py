"""Submission freezes who must review, from the policy in force."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Membership
from accounts.states import Role
from contracting.approvals.models import Policy, PolicyStep, Route
from contracting.approvals.refusals import NobodyToDecide, NoPolicy, RouteOpen
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from tests.cast import nothing_happens, person


def labels(route):
    steps = route.steps.order_by("position", "review_field")
    return [(step.position, step.label) for step in steps]


def test_the_policy_in_force_is_frozen_into_a_route(submit_for_review, policies):
    # When an order is submitted
    route = submit_for_review()

    # Then it has the steps of its policy
    assert labels(route) == [(1, "finance reviewer"), (1, "technical reviewer")]
    assert AuditEvent.objects.get(event="approvals.route.opened").stream == "contract:3"

    # And a later change of the policy leaves them as they are
    PolicyStep.objects.create(
        policy=policies["task_order"][0],
        position=3,
        role="REVIEWER",
        review_field="LEGAL",
    )
    assert len(labels(route)) == 2


@pytest.mark.parametrize(
    ("value", "steps"), [("999999.99", 2), ("1000000.00", 4), ("5000000.00", 4)]
)
def test_the_highest_threshold_within_the_value_applies(
    submit_for_review, value, steps
):
    assert len(labels(submit_for_review(value=Dollars(value)))) == steps


def test_a_policy_for_the_risk_goes_before_one_for_every_risk(
    submit_for_review, agency
):
    policy = Policy.objects.create(
        agency=agency,
        kind="task_order",
        title="Orders of high risk",
        min_value_dollars=Decimal(0),
        risk="HIGH",
        valid_from=date(2026, 1, 1),
    )
    PolicyStep.objects.create(
        policy=policy, position=1, role="REVIEWER", review_field="SECURITY"
    )

    assert labels(submit_for_review(risk="HIGH")) == [(1, "security reviewer")]


def test_a_policy_that_is_not_in_force_does_not_apply(submit_for_review, policies, at):
    # Given policies that ended the day before
    Policy.objects.filter(kind="task_order").update(valid_to=date(2026, 3, 1))

    with nothing_happens(), pytest.raises(NoPolicy):
        submit_for_review()


def test_what_no_policy_knows_is_not_submitted(submit_for_review):
    with nothing_happens(), pytest.raises(NoPolicy):
        submit_for_review(kind="gift")


def test_a_subject_is_under_review_once(submit_for_review):
    route = submit_for_review()

    with nothing_happens(), pytest.raises(RouteOpen):
        submit_for_review()
    copy = Route.objects.get(pk=route.pk)
    copy.pk, copy.public_id = None, ""
    with (
        pytest.raises(IntegrityError, match="a_subject_has_one_open_route"),
        transaction.atomic(),
    ):
        copy.save(force_insert=True)


def test_nobody_submits_in_another_agency(submit_for_review, other_agency_officer):
    with nothing_happens(), pytest.raises(NotAllowed):
        submit_for_review(by=other_agency_officer)


@pytest.mark.rule("R-ROL-09", case="refused")
def test_a_step_that_only_the_maker_could_decide_is_refused_at_once(
    submit_for_review, technical_reviewer
):
    with nothing_happens(), pytest.raises(NobodyToDecide) as refusal:
        submit_for_review(excluded_user_ids=[technical_reviewer.user_id])

    assert refusal.value.rule == "R-ROL-09"


@pytest.mark.rule("R-ROL-09", case="refused")
def test_one_person_cannot_carry_two_steps(
    submit_for_review, technical_reviewer, finance_reviewer
):
    # Given that the one finance reviewer is also the one technical reviewer
    seat = Membership.objects.get(pk=technical_reviewer.membership_id)
    seat.user_id = finance_reviewer.own_user_id
    seat.save()

    # When an order is submitted that needs both
    with nothing_happens(), pytest.raises(NobodyToDecide) as refusal:
        submit_for_review()

    # Then it is refused in words, before anybody decides in vain
    assert "nobody is left for the technical reviewer" in refusal.value.message


def test_two_persons_carry_two_steps_whoever_could_do_both(
    submit_for_review, cor, agency, technical_reviewer, finance_reviewer
):
    for field in ("TECHNICAL", "FINANCE"):
        Membership.objects.create(
            user=person(cor),
            organization=agency,
            role=Role.REVIEWER,
            review_field=field,
        )
    Membership.objects.filter(pk=finance_reviewer.membership_id).update(is_active=False)

    assert len(labels(submit_for_review())) == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE approvals_step SET needed = 9",
        "DELETE FROM approvals_step",
        "TRUNCATE approvals_step CASCADE",
        "UPDATE approvals_route SET content_sha256 = repeat('0', 64)",
        "UPDATE approvals_route SET version = 2",
        "UPDATE approvals_route SET excluded_user_ids = '{}'",
        "DELETE FROM approvals_route",
    ],
)
def test_what_was_submitted_is_frozen(submit_for_review, change):
    submit_for_review()

    with (
        pytest.raises(Exception, match="is frozen|only ever added|permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_all_means_everybody_who_held_the_role_at_submission(
    submit_for_review, policies, technical_reviewer, cor
):
    # Given a second technical reviewer and a policy that asks all of them
    second = Membership.objects.create(
        user=person(cor),
        organization_id=cor.organization_id,
        role=Role.REVIEWER,
        review_field="TECHNICAL",
    )
    policies["task_order"][0].steps.filter(review_field="TECHNICAL").update(need="ALL")

    # When an order is submitted
    step = submit_for_review().steps.get(review_field="TECHNICAL")

    # Then both are asked by name
    assert step.needed == 2
    assert set(step.member_ids) == {technical_reviewer.membership_id, second.pk}
