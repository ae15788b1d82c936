"""Who acts, who belongs where, and what holds on a day."""

from accounts import queries
from accounts.invariants import INVARIANTS
from accounts.models import Membership
from accounts.operations.grant_membership import grant_membership
from accounts.operations.register_user import register_user
from accounts.states import Role
from contracting.core.actors import SYSTEM, Actor
from tests.cast import membership, person


def test_an_actor_carries_the_membership_as_plain_values(legal_reviewer, agency):
    assert queries.actor_of(membership(legal_reviewer)) == Actor(
        kind="PERSON",
        name="Fay Legal",
        user_id=legal_reviewer.user_id,
        membership_id=legal_reviewer.membership_id,
        organization_id=agency.pk,
        organization_kind="AGENCY",
        organization_name="Department of Examples",
        role="REVIEWER",
        role_label="legal reviewer",
        review_field="LEGAL",
    )


def test_a_machine_has_scopes_and_no_role(gateway, agency):
    assert gateway.is_key
    assert gateway.acts_for(agency.pk)
    assert gateway.role == ""
    assert "usage:write" in gateway.scopes
    assert gateway.sources == {"gateway"}


def test_the_members_of_an_agency_are_found_by_role(agency, cor):
    officers = queries.members(agency.pk, Role.CONTRACTING_OFFICER)
    everybody = queries.members(agency.pk)

    assert [m.user.name for m in officers] == ["Ada Officer", "Ben Officer"]
    assert len(everybody) == 16


def test_a_member_who_left_is_no_member(agency, cor):
    person(cor).__class__.objects.filter(pk=cor.user_id).update(is_active=False)

    assert not queries.members(agency.pk, Role.COR).exists()


def test_an_outsider_sees_neither_people_nor_keys(
    contracting_officer, other_agency_officer, vendor_a_administrator
):
    for outsider in (contracting_officer, other_agency_officer):
        assert not queries.people_visible_to(outsider).exists()
        assert not queries.api_keys_visible_to(outsider).exists()
    names = {
        m.organization.name for m in queries.people_visible_to(vendor_a_administrator)
    }
    assert names == {"Meridian Models"}


def test_the_demo_lists_its_cast_only_in_the_demo(agency, at, settings):
    # Given one person of the demo's cast among others who have joined since
    user = register_user(
        email="dana@example.test", name="Dana", password="known", by=SYSTEM, at=at
    )
    grant_membership(
        organization_id=agency.pk, user_id=user.pk, role=Role.COR, by=SYSTEM, at=at
    )
    assert queries.demo_accounts() == []

    settings.DEMO = True

    listed = queries.demo_accounts()
    assert [(each.email, each.role_label) for each in listed] == [
        ("dana@example.test", Role.COR.label)
    ]


def test_every_invariant_holds_and_finds_what_breaks_it(contracting_officer):
    assert [i.exceptions() for i in INVARIANTS] == [[], [], []]

    Membership.objects.filter(pk=contracting_officer.membership_id).update(
        role=Role.AUDITOR
    )

    assert INVARIANTS[1].exceptions() == [
        "warrant W-0001 of Ada Officer, auditor, Department of Examples"
    ]
