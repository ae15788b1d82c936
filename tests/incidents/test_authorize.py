"""A boundary is used while it is authorized; a lapse is shown and told (R-AI-02)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracting.core.errors import NotAllowed
from contracting.incidents.models import Authorization
from contracting.incidents.operations.authorize import authorize_boundary
from contracting.incidents.queries import boundaries_without, lapse_of, tasks_on
from contracting.incidents.refusals import AuthorizationIncomplete
from tests.builders_orders import AWARDED_AT, awarded_contract
from tests.cast import actor, nothing_happens

BOUNDARY = "FEDRAMP_MOD"
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
LAPSED_AT = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
"""Midnight in Washington, after the last day."""


def authorized(contract, by="security_reviewer", **changed):
    said: dict[str, Any] = {
        "boundary": BOUNDARY,
        "number": "FedRAMP package FR2600000001",
        "first_day": FIRST,
        "last_day": LAST,
    }
    return authorize_boundary(
        contract_id=contract.pk, by=actor(by), at=AWARDED_AT, **(said | changed)
    )


def lapsed(contract, at):
    return lapse_of(contract, BOUNDARY, at) is not None


def test_an_authorization_lapses_after_its_last_day(db):
    contract = awarded_contract()
    assert not lapsed(contract, LAPSED_AT)
    assert boundaries_without(contract) == ["FedRAMP Moderate"]

    authorized(contract)

    assert boundaries_without(contract) == []
    assert not lapsed(contract, LAPSED_AT - timedelta(microseconds=1))
    assert lapsed(contract, LAPSED_AT)


def test_it_is_on_the_list_of_what_is_to_be_done_before_it_lapses(db):
    contract = awarded_contract()
    authorized(contract)
    officer = actor("contracting_officer")

    def told(at):
        tasks = [t for t in tasks_on(contract, officer, at) if t.rule == "R-AI-02"]
        return [(task.what.split(":")[0], task.due_on) for task in tasks]

    assert told(LAPSED_AT - timedelta(days=61)) == []
    assert told(LAPSED_AT - timedelta(days=60)) == [
        ("The authorization of FedRAMP Moderate ends", LAST)
    ]
    assert told(LAPSED_AT) == [
        ("The authorization of FedRAMP Moderate has ended", LAST)
    ]


def test_a_renewal_goes_on_without_a_gap(db):
    contract = awarded_contract()
    authorized(contract)
    authorized(contract, first_day=date(2026, 7, 1), last_day=date(2027, 6, 30))

    assert not lapsed(contract, LAPSED_AT)
    assert Authorization.objects.known().count() == 2


@pytest.mark.rule("R-AI-02", case="refused")
@pytest.mark.parametrize(
    "part_name", ["contracting_officer", "legal_reviewer", "vendor_a_signer"]
)
def test_nobody_but_the_security_reviewer_records_one(db, part_name):
    contract = awarded_contract()

    with nothing_happens(), pytest.raises(NotAllowed):
        authorized(contract, by=part_name)


@pytest.mark.rule("R-AI-02", case="refused")
@pytest.mark.parametrize(
    "changed",
    [
        {"boundary": "MOON"},
        {"number": " "},
        {"last_day": FIRST - timedelta(days=1)},
    ],
)
def test_one_that_cannot_be_is_refused(db, changed):
    contract = awarded_contract()

    with nothing_happens(), pytest.raises(AuthorizationIncomplete):
        authorized(contract, **changed)
