"""What a warrant covers, and the checks that every stage shares."""

from datetime import date

import pytest

from accounts import permissions
from accounts.models import Warrant
from accounts.states import Role
from contracting.core.permissions import Allowed, Refused, require
from contracting.core.quantities import Dollars
from tests.cast import nothing_happens

TODAY = date(2026, 3, 2)


@pytest.mark.rule("R-ROL-01", case="allowed")
def test_a_contracting_officer_with_a_warrant_signs(contracting_officer):
    verdict = permissions.can_sign(contracting_officer, Dollars("60.00"), TODAY)

    assert verdict == Allowed("Warrant W-0001.")


@pytest.mark.rule("R-ROL-01", case="refused")
@pytest.mark.parametrize(
    "role", ["contract_specialist", "cor", "administrator", "vendor_a_signer"]
)
def test_nobody_else_signs(role, request):
    by = request.getfixturevalue(role)

    with nothing_happens():
        verdict = permissions.can_sign(by, Dollars("60.00"), TODAY)

    assert isinstance(verdict, Refused)
    assert verdict.rule == "R-ROL-01"


@pytest.mark.rule("R-ROL-01", case="refused")
def test_an_officer_whose_warrant_is_revoked_signs_nothing(contracting_officer):
    Warrant.objects.filter(number="W-0001").update(revoked_on=TODAY)

    with nothing_happens():
        verdict = permissions.can_sign(contracting_officer, Dollars("60.00"), TODAY)

    assert verdict == Refused("You hold no active warrant.", "R-ROL-01")


@pytest.mark.rule("R-ROL-02", case="allowed")
@pytest.mark.parametrize("value", ["10000000.00", "-10000000.00"])
def test_an_action_of_exactly_the_limit_is_signed(contracting_officer, value):
    assert permissions.can_sign(contracting_officer, Dollars(value), TODAY)


@pytest.mark.rule("R-ROL-02", case="refused")
@pytest.mark.parametrize("value", ["10000000.01", "-10000000.01"])
def test_a_cent_above_the_limit_is_not_signed(contracting_officer, value):
    with nothing_happens():
        verdict = permissions.can_sign(contracting_officer, Dollars(value), TODAY)

    assert verdict == Refused(
        "This action is worth $10,000,000.01; your warrant W-0001 is limited to "
        "$10,000,000.00.",
        "R-ROL-02",
    )


@pytest.mark.rule("R-ROL-02", case="refused")
@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2031, 1, 1)])
def test_nothing_is_signed_outside_the_warrants_dates(contracting_officer, day):
    with nothing_happens():
        verdict = permissions.can_sign(contracting_officer, Dollars("1.00"), day)

    assert isinstance(verdict, Refused)
    assert verdict.rule == "R-ROL-02"


def test_the_first_and_the_last_day_of_a_warrant_count(contracting_officer):
    for day in (date(2025, 1, 1), date(2030, 12, 31)):
        assert permissions.can_sign(contracting_officer, Dollars("1.00"), day)


def test_a_role_in_another_agency_is_no_role_here(agency, other_agency_officer):
    verdict = permissions.role_in(
        other_agency_officer,
        agency.pk,
        Role.CONTRACTING_OFFICER,
        Role.AUDITOR,
        doing="read this",
        rule="R-ROL-01",
    )

    assert verdict == Refused(
        "Only a contracting officer or an auditor of this agency may read this.",
        "R-ROL-01",
    )


def test_a_role_of_this_agency_is_allowed(agency, contracting_officer):
    assert permissions.role_in(contracting_officer, agency.pk, Role.CONTRACTING_OFFICER)


def test_a_reviewer_of_another_field_is_named_as_such(agency, legal_reviewer):
    asked = {"review_field": "SECURITY", "doing": "concur"}

    verdict = permissions.role_in(legal_reviewer, agency.pk, Role.REVIEWER, **asked)

    assert verdict.reason == "Only a security reviewer of this agency may concur."


def test_a_machine_never_has_a_role(agency, gateway):
    assert not permissions.role_in(gateway, agency.pk, *Role.values)
    assert not permissions.can_sign(gateway, Dollars("1.00"), TODAY)


def test_a_scope_holds_only_for_the_keys_own_organization(agency, vendor_a, gateway):
    assert permissions.scope_in(gateway, agency.pk, "usage:write")
    assert not permissions.scope_in(gateway, agency.pk, "invoices:write")
    assert not permissions.scope_in(gateway, vendor_a.pk, "usage:write")


def test_the_same_person_is_told_what_they_did_themselves(cor, evaluator):
    reason = "You accepted this, so you do not certify it."

    verdict = permissions.other_person(cor, cor.user_id, reason, "R-ROL-04")

    assert verdict == Refused(reason, "R-ROL-04")
    assert permissions.other_person(cor, evaluator.user_id, reason)
    assert permissions.other_person(cor, None, reason)


def test_the_first_refusal_is_the_answer():
    first, second = Refused("first"), Refused("second")

    assert permissions.all_of(Allowed(), first, second) == first
    require(permissions.all_of(Allowed(), Allowed()))
