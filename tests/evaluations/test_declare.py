"""Declaring before reading."""

import pytest

from accounts.models import Membership
from contracting.core.errors import NotAllowed
from contracting.core.permissions import Allowed, require
from contracting.evaluations import permissions
from contracting.evaluations.operations.declare import declare_interest
from contracting.evaluations.operations.designate import designate_panel_member
from contracting.evaluations.queries import declared_evaluators
from contracting.evaluations.refusals import ConflictUnexplained, NotDeclared
from contracting.evaluations.states import NO_CONFLICT
from contracting.notices.models import Notice
from tests.cast import actor, nothing_happens
from tests.offers import after, before, opened_offers, submitted_offers

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


def declared(solicitation, *, by, confidence=True, answers=NO_CONFLICT, why=""):
    return declare_interest(
        solicitation_id=solicitation.pk,
        keeps_confidence=confidence,
        answers=answers,
        explanation=why,
        by=by,
        at=after(solicitation),
    )


YES = {**NO_CONFLICT, "FAMILY": True}


@pytest.mark.rule("R-ROL-06", case="allowed")
def test_an_evaluator_reads_the_offers_only_after_declaring(designated, evaluator):
    declaration = declared(designated, by=evaluator)

    assert isinstance(permissions.can_read_offers(evaluator, designated), Allowed)
    assert "Meridian Models" in declaration.text
    assert "Larkspur AI" in declaration.text


@pytest.mark.rule("R-ROL-06", case="refused")
def test_before_declaring_no_offer_is_read(designated, evaluator):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        require(permissions.can_read_offers(evaluator, designated))

    assert refusal.value.rule == "R-ROL-06"
    assert "before you read an offer" in refusal.value.message


@pytest.mark.rule("R-ROL-06", case="refused")
@pytest.mark.parametrize("said", [{"confidence": False}, {"answers": {"OTHER": False}}])
def test_without_promise_and_every_answer_nothing_is_shown(designated, evaluator, said):
    with nothing_happens(), pytest.raises(NotDeclared) as refusal:
        declared(designated, by=evaluator, **said)

    assert refusal.value.rule == "R-ROL-06"


@pytest.mark.rule("R-ROL-06", case="refused")
def test_a_conflict_closes_the_offers_and_goes_to_the_officer(
    designated, evaluator, contracting_officer
):
    # Given an evaluator whose sister works for an offeror
    with nothing_happens(), pytest.raises(ConflictUnexplained):
        declared(designated, by=evaluator, answers=YES)
    declared(designated, by=evaluator, answers=YES, why="My sister works there.")

    # When they want to read, or to declare something else
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        require(permissions.can_read_offers(evaluator, designated))
    with nothing_happens(), pytest.raises(NotAllowed) as second:
        declared(designated, by=evaluator)

    # Then both are closed, and the officer is asked
    assert {refusal.value.rule, second.value.rule} == {"R-ROL-06"}
    notices = Notice.objects.filter(title__contains="conflict of interest was declared")
    told = {each.recipient_user_id for each in notices}
    assert contracting_officer.user_id in told
    assert evaluator.user_id not in told
    assert list(declared_evaluators(designated)) == []


@pytest.mark.rule("R-ROL-06", case="refused")
def test_a_declaration_before_the_opening_names_nobody_and_is_signed_again(evaluator):
    # Given an evaluator who declared before anybody knew the offerors
    sealed = submitted_offers()[0].solicitation
    designate_panel_member(
        solicitation_id=sealed.pk,
        membership_id=evaluator.own_membership_id,
        role="EVALUATOR",
        by=actor("contracting_officer"),
        at=before(sealed),
    )
    declared(sealed, by=evaluator)
    opened_offers(on=sealed)

    # When the offers are open
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        require(permissions.can_read_offers(evaluator, sealed))

    # Then the names come first
    assert "Offerors have become known" in refusal.value.message
    assert "Larkspur AI" in declared(sealed, by=evaluator).text
    assert permissions.can_read_offers(evaluator, sealed)


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
