"""Declaring before reading."""

import pytest

from accounts.models import Membership
from contracting.core.errors import NotAllowed
from contracting.core.permissions import Allowed, Refused
from contracting.evaluations import permissions
from contracting.evaluations.operations.declare import declare_interest
from contracting.evaluations.operations.designate import designate_panel_member
from contracting.evaluations.refusals import NotDeclared
from tests.cast import actor, nothing_happens
from tests.offers import after, opened_offers

pytestmark = pytest.mark.django_db


@pytest.fixture
def designated(contracting_officer, evaluator):
    solicitation = opened_offers()
    designate_panel_member(
        solicitation_id=solicitation.pk,
        membership_id=evaluator.own_membership_id,
        role="EVALUATOR",
        by=contracting_officer,
        at=after(solicitation),
    )
    return solicitation


def declared(solicitation, *, by, confidence=True, conflict_free=True):
    return declare_interest(
        solicitation_id=solicitation.pk,
        keeps_confidence=confidence,
        has_no_conflict=conflict_free,
        by=by,
        at=after(solicitation),
    )


def test_an_evaluator_reads_the_offers_only_after_declaring(designated, evaluator):
    before_it = permissions.can_read_offers(evaluator, designated)
    assert isinstance(before_it, Refused)
    assert "before you read an offer" in before_it.reason

    declaration = declared(designated, by=evaluator)

    assert isinstance(permissions.can_read_offers(evaluator, designated), Allowed)
    assert "Meridian Models" in declaration.text


@pytest.mark.parametrize("promises", [(True, False), (False, True), (False, False)])
def test_without_both_promises_nothing_is_shown(designated, evaluator, promises):
    confidence, conflict_free = promises

    with nothing_happens(), pytest.raises(NotDeclared):
        declared(
            designated, by=evaluator, confidence=confidence, conflict_free=conflict_free
        )


def test_a_declaration_is_signed_once(designated, evaluator):
    declared(designated, by=evaluator)

    with nothing_happens(), pytest.raises(NotAllowed):
        declared(designated, by=evaluator)


def test_whoever_has_joined_a_vendor_since_declares_nothing(
    designated, evaluator, vendor_a
):
    Membership.objects.create(
        user_id=evaluator.user_id, organization=vendor_a, role="VENDOR_MEMBER"
    )

    with nothing_happens(), pytest.raises(NotAllowed):
        declared(designated, by=evaluator)


def test_only_who_is_designated_declares(designated):
    for part in ("second_evaluator", "contracting_officer", "other_vendor_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            declared(designated, by=actor(part))
