"""Reporting the award to the procurement data system."""

from datetime import date, timedelta

import pytest

from contracting.contracts.operations.report import report_contract_action
from contracting.contracts.queries import clocks_of, report_due_on, running_clocks
from contracting.contracts.refusals import AlreadyRecorded, ReportIncomplete
from contracting.core.errors import NotAllowed
from tests.builders_orders import AWARDED_AT, awarded_contract
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.contracts.results import read

AWARDED_ON = AWARDED_AT.date()


def reported(contract, *, after=3, number="75D30126D00001", by="contract_specialist"):
    return report_contract_action(
        contract_id=contract.pk,
        number=number,
        reported_on=AWARDED_ON + timedelta(days=after),
        by=actor(by),
        at=AWARDED_AT + days(10),
    )


def clock_of(contract):
    (clock,) = (each for each in clocks_of(contract) if each.rule == "R-AWD-08")
    return clock


@pytest.mark.rule("R-AWD-08", case="allowed")
@pytest.mark.parametrize(("after", "was_late"), [(0, False), (3, False), (4, True)])
def test_it_is_due_three_business_days_after_the_award(decision, after, was_late):
    contract = awarded_contract(on=decision)
    assert report_due_on(contract) == date(2026, 4, 2)

    reported(contract, after=after)

    assert clock_of(contract).was_late == was_late


@pytest.mark.rule("R-AWD-08", case="allowed")
def test_the_officers_see_what_is_overdue(
    decision, contracting_officer, contract_specialist, monkeypatch
):
    # Given an award of Monday that nobody has reported by Friday
    contract = awarded_contract(on=decision)
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT + days(4))
    officer = client_for(contracting_officer)
    assert "2 of 2 are overdue" in read(officer.get("/contracts/after_award"))
    clocks = running_clocks(actor("other_agency_officer"))
    assert clocks == []

    # When the specialist records its number
    browser, address = client_for(contract_specialist), contract.path
    assert "that day has passed" in read(
        browser.get(f"{address}/report_contract_action")
    )
    words = {"number": "75D30126D00001", "reported_on": "2026-04-03"}
    reply = submit(browser, f"{address}/report_contract_action", words)

    # Then the contract says that it was late
    assert reply.url == address
    assert "Contract action report: done on 3 Apr 2026, late" in read(
        browser.get(address)
    )


@pytest.mark.rule("R-AWD-08", case="refused")
@pytest.mark.parametrize("wrong", [{"number": " "}, {"after": -1}, {"after": 11}])
def test_without_its_number_and_its_day_it_is_not_recorded(decision, wrong):
    contract = awarded_contract(on=decision)

    with nothing_happens(), pytest.raises(ReportIncomplete) as refusal:
        reported(contract, **wrong)

    assert refusal.value.rule == "R-AWD-08"


def test_it_is_reported_once_and_by_the_office(decision):
    contract = awarded_contract(on=decision)
    for part in ("program_manager", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            reported(contract, by=part)
    reported(contract)

    with nothing_happens(), pytest.raises(AlreadyRecorded):
        reported(contract)
