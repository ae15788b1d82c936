"""A warrant is recorded by an administrator, for a contracting officer."""

from datetime import date
from typing import Any

import pytest

from accounts import permissions
from accounts.models import Warrant
from accounts.operations.issue_warrant import issue_warrant
from accounts.refusals import WrongPeriod, WrongRole
from contracting.core.errors import Invalid, NotAllowed
from contracting.core.quantities import Dollars
from tests.cast import nothing_happens

TERMS: dict[str, Any] = {
    "number": "W-9999",
    "limit": Dollars("25000000.00"),
    "valid_from": date(2026, 3, 1),
    "valid_to": date(2027, 2, 28),
}


def test_a_warrant_lets_an_officer_sign_up_to_its_limit(
    administrator, contracting_officer, at
):
    # When the administrator records a larger warrant
    issue_warrant(
        membership_id=contracting_officer.membership_id,
        **TERMS,
        by=administrator,
        at=at,
    )

    # Then the larger one counts, while it is in force
    value = Dollars("25000000.00")
    assert permissions.can_sign(contracting_officer, value, date(2026, 3, 2))
    assert not permissions.can_sign(contracting_officer, value, date(2026, 2, 28))


@pytest.mark.parametrize("role", ["contracting_officer", "auditor"])
def test_nobody_else_records_a_warrant(role, request, second_contracting_officer, at):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        issue_warrant(
            membership_id=second_contracting_officer.membership_id,
            **TERMS,
            by=by,
            at=at,
        )


def test_another_agencys_officer_gets_no_warrant_here(
    administrator, other_agency_officer, at
):
    with nothing_happens(), pytest.raises(NotAllowed):
        issue_warrant(
            membership_id=other_agency_officer.membership_id,
            **TERMS,
            by=administrator,
            at=at,
        )


def test_only_a_contracting_officer_holds_a_warrant(administrator, cor, at):
    with nothing_happens(), pytest.raises(WrongRole):
        issue_warrant(membership_id=cor.membership_id, **TERMS, by=administrator, at=at)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"valid_to": date(2026, 2, 28)}, WrongPeriod),
        ({"limit": Dollars()}, Invalid),
        ({"limit": Dollars("1.005")}, Invalid),
        ({"number": "W-0001"}, Invalid),
    ],
)
def test_terms_that_make_no_warrant_are_refused(
    administrator, contracting_officer, change, why, at
):
    with nothing_happens(), pytest.raises(why):
        issue_warrant(
            membership_id=contracting_officer.membership_id,
            **{**TERMS, **change},
            by=administrator,
            at=at,
        )

    assert not Warrant.objects.filter(number="W-9999").exists()
