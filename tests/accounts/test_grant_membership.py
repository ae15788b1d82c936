"""An administrator gives roles to others, in their own organization."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Membership, User
from accounts.operations.grant_membership import grant_membership
from accounts.refusals import AlreadyMember, OnBothSides, WrongRole
from accounts.states import Role
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from tests.cast import nothing_happens, person


@pytest.fixture
def newcomer(db):
    return User.objects.create_user("new@example.test", None, name="Nia Newcomer")


def test_an_administrator_gives_a_role(administrator, newcomer, at):
    # When the administrator makes the newcomer a legal reviewer
    membership = grant_membership(
        organization_id=administrator.organization_id,
        user_id=newcomer.pk,
        role=Role.REVIEWER,
        review_field="LEGAL",
        by=administrator,
        at=at,
    )

    # Then the newcomer may act, and it is recorded who gave it
    assert membership.is_active
    assert membership.role_label == "legal reviewer"
    event = AuditEvent.objects.get(event="accounts.membership.granted")
    assert event.actor_membership_id == administrator.membership_id


def test_a_role_that_was_taken_away_is_given_back(administrator, evaluator, at):
    Membership.objects.filter(pk=evaluator.membership_id).update(is_active=False)

    membership = grant_membership(
        organization_id=administrator.organization_id,
        user_id=evaluator.user_id,
        role=Role.EVALUATOR,
        by=administrator,
        at=at,
    )

    assert membership.pk == evaluator.membership_id
    assert membership.is_active


@pytest.mark.parametrize(
    "role", ["contracting_officer", "auditor", "vendor_a_administrator", "gateway"]
)
def test_nobody_else_gives_a_role_here(role, request, agency, newcomer, at):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        grant_membership(
            organization_id=agency.pk,
            user_id=newcomer.pk,
            role=Role.COR,
            by=by,
            at=at,
        )


def test_nobody_grants_a_role_to_themselves(administrator, at):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        grant_membership(
            organization_id=administrator.organization_id,
            user_id=administrator.user_id,
            role=Role.CONTRACTING_OFFICER,
            by=administrator,
            at=at,
        )

    assert refusal.value.message == "Nobody grants a role to themselves."


@pytest.mark.parametrize(
    ("role", "review_field"),
    [(Role.VENDOR_SIGNER, ""), (Role.REVIEWER, ""), (Role.COR, "LEGAL")],
)
def test_a_role_that_does_not_fit_is_refused(
    administrator, newcomer, role, review_field, at
):
    with nothing_happens(), pytest.raises(WrongRole):
        grant_membership(
            organization_id=administrator.organization_id,
            user_id=newcomer.pk,
            role=role,
            review_field=review_field,
            by=administrator,
            at=at,
        )


def test_a_person_is_never_on_both_sides(administrator, vendor_a_signer, at):
    with nothing_happens(), pytest.raises(OnBothSides):
        grant_membership(
            organization_id=administrator.organization_id,
            user_id=vendor_a_signer.user_id,
            role=Role.EVALUATOR,
            by=administrator,
            at=at,
        )


def test_a_role_is_held_once(administrator, cor, at):
    with nothing_happens(), pytest.raises(AlreadyMember):
        grant_membership(
            organization_id=administrator.organization_id,
            user_id=cor.user_id,
            role=Role.COR,
            by=administrator,
            at=at,
        )


def test_the_database_too_keeps_vendor_roles_in_vendors(agency, cor):
    with (
        pytest.raises(IntegrityError, match="is not held in this kind"),
        transaction.atomic(),
    ):
        Membership.objects.create(
            user=person(cor), organization=agency, role=Role.VENDOR_MEMBER
        )
