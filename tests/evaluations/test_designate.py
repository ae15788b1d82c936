"""Naming the panel."""

import pytest

from accounts.models import Membership
from contracting.core.errors import NotAllowed
from contracting.evaluations.operations.designate import designate_panel_member
from contracting.evaluations.queries import panel_of
from contracting.evaluations.refusals import (
    AlreadyDecided,
    AlreadyDesignated,
    NotOnThePanel,
    NotOpened,
)
from contracting.notices.models import Notice
from tests.builders import approved_solicitation, released_solicitation
from tests.cast import AT, actor, nothing_happens
from tests.offers import decided_solicitation, declared_panel

pytestmark = pytest.mark.django_db


def designated(solicitation, member, *, by, role=None):
    return designate_panel_member(
        solicitation_id=solicitation.pk,
        membership_id=member.own_membership_id,
        role=role or member.role,
        by=by,
        at=AT,
    )


def test_the_contracting_officer_names_evaluators_and_the_authority(
    contracting_officer, evaluator, source_selection_authority
):
    solicitation = released_solicitation()

    designated(solicitation, evaluator, by=contracting_officer)
    designated(solicitation, source_selection_authority, by=contracting_officer)

    assert [member.role for member in panel_of(solicitation)] == [
        "EVALUATOR",
        "SOURCE_SELECTION_AUTHORITY",
    ]
    told = Notice.objects.filter(recipient_user_id=evaluator.user_id)
    assert told.filter(url_path__endswith="/declare").count() == 1


def test_one_person_has_one_part(contracting_officer, evaluator, agency):
    # Given an evaluator on the panel who holds the authority's role too
    solicitation = released_solicitation()
    designated(solicitation, evaluator, by=contracting_officer)
    other_hat = Membership.objects.create(
        user_id=evaluator.user_id,
        organization=agency,
        role="SOURCE_SELECTION_AUTHORITY",
    )

    # When they are to decide as well, it is refused
    with nothing_happens(), pytest.raises(AlreadyDesignated):
        designate_panel_member(
            solicitation_id=solicitation.pk,
            membership_id=other_hat.pk,
            role=other_hat.role,
            by=contracting_officer,
            at=AT,
        )


def test_there_is_one_authority(
    contracting_officer, second_evaluator, source_selection_authority, agency
):
    solicitation = released_solicitation()
    designated(solicitation, source_selection_authority, by=contracting_officer)
    other = Membership.objects.create(
        user_id=second_evaluator.user_id,
        organization=agency,
        role="SOURCE_SELECTION_AUTHORITY",
    )

    with nothing_happens(), pytest.raises(AlreadyDesignated):
        designate_panel_member(
            solicitation_id=solicitation.pk,
            membership_id=other.pk,
            role=other.role,
            by=contracting_officer,
            at=AT,
        )


def test_only_who_holds_the_role_in_the_agency_is_designated(
    contracting_officer, cor, other_vendor_signer
):
    solicitation = released_solicitation()

    with nothing_happens(), pytest.raises(NotOnThePanel):
        designated(solicitation, cor, by=contracting_officer, role="EVALUATOR")
    with nothing_happens(), pytest.raises(NotAllowed):
        designated(
            solicitation, other_vendor_signer, by=contracting_officer, role="EVALUATOR"
        )


def test_nobody_who_belongs_to_a_vendor_is_designated(
    contracting_officer, evaluator, vendor_a
):
    solicitation = released_solicitation()
    Membership.objects.create(
        user_id=evaluator.user_id, organization=vendor_a, role="VENDOR_MEMBER"
    )

    with nothing_happens(), pytest.raises(NotAllowed):
        designated(solicitation, evaluator, by=contracting_officer)


def test_nobody_else_designates(second_evaluator):
    solicitation = released_solicitation()

    for part in ("contract_specialist", "evaluator", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            designated(solicitation, second_evaluator, by=actor(part))


def test_a_panel_is_named_between_release_and_decision(
    contracting_officer, evaluator, second_contracting_officer
):
    approved = approved_solicitation()

    with nothing_happens(), pytest.raises(NotOpened):
        designated(approved, evaluator, by=contracting_officer)


def test_after_the_decision_the_panel_stays_as_it_is(
    contracting_officer, program_manager, agency
):
    solicitation = decided_solicitation().solicitation
    late = Membership.objects.create(
        user_id=program_manager.user_id, organization=agency, role="EVALUATOR"
    )

    with nothing_happens(), pytest.raises(AlreadyDecided):
        designate_panel_member(
            solicitation_id=solicitation.pk,
            membership_id=late.pk,
            role="EVALUATOR",
            by=contracting_officer,
            at=AT,
        )


def test_the_builder_names_three(db):
    assert panel_of(declared_panel()).count() == 3
