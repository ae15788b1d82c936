"""Holding a debriefing."""

from datetime import date, timedelta

import pytest

from contracting.contracts.operations.hold import hold_debriefing
from contracting.contracts.queries import clocks_of, day_offered
from contracting.contracts.refusals import AlreadyRecorded, DebriefingIncomplete
from contracting.core.errors import NotAllowed
from tests.builders_orders import AWARDED_AT, awarded_contract
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.contracts.results import asked, notified, read

DUE = date(2026, 4, 8)


@pytest.fixture
def request_of_larkspur(decision):
    """Told on 31 March, asked on 3 April: due by 8 April."""
    return asked(notified(awarded_contract(on=decision)))


def held(request, *, on=DUE, by="contracting_officer", **more):
    given = {"summary": "Told in the order of FAR 15.506(d).", "keeps_secrets": True}
    return hold_debriefing(
        request_id=request.pk,
        **{"offered_on": on, "held_on": on, **given, **more},
        by=actor(by),
        at=AWARDED_AT + days(30),
    )


@pytest.mark.rule("R-AWD-06", case="allowed")
def test_held_within_five_days_it_is_on_file(request_of_larkspur):
    contract = request_of_larkspur.notice.contract

    held(request_of_larkspur, offered_on=DUE - timedelta(days=1))

    clock = clocks_of(contract)[-1]
    assert (clock.what, clock.done_on) == ("Debriefing of Larkspur AI", DUE)
    assert day_offered(contract) == date(2026, 4, 7)
    with nothing_happens(), pytest.raises(AlreadyRecorded):
        held(request_of_larkspur)


@pytest.mark.rule("R-AWD-06", case="refused")
def test_a_later_one_says_for_the_file_why(request_of_larkspur):
    late = DUE + timedelta(days=1)

    with nothing_happens(), pytest.raises(DebriefingIncomplete) as refusal:
        held(request_of_larkspur, on=late)

    assert refusal.value.rule == "R-AWD-06"
    filed = held(request_of_larkspur, on=late, late_reason="Larkspur asked for it.")
    assert filed.late_reason == "Larkspur asked for it."


@pytest.mark.rule("R-AWD-06", case="refused")
@pytest.mark.parametrize(
    "wrong",
    [
        {"summary": " "},
        {"keeps_secrets": False},
        {"offered_on": date(2026, 4, 2)},
        {"held_on": date(2026, 4, 30)},
        {"offered_on": DUE, "held_on": date(2026, 4, 7)},
    ],
)
def test_without_its_summary_and_its_days_it_is_not_filed(request_of_larkspur, wrong):
    with nothing_happens(), pytest.raises(DebriefingIncomplete) as refusal:
        held(request_of_larkspur, **wrong)

    assert refusal.value.rule == "R-AWD-06"


def test_nobody_else_holds_it(request_of_larkspur):
    for part in ("contract_specialist", "other_agency_officer", "vendor_b_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            held(request_of_larkspur, by=part)


def test_the_officer_reads_what_is_never_disclosed_and_files_it(
    request_of_larkspur, contracting_officer, monkeypatch
):
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT + days(6))
    address = f"/debriefings/{request_of_larkspur.public_id}/hold_debriefing"
    browser = client_for(contracting_officer)
    page = read(browser.get(address))
    assert "by 8 Apr 2026" in page
    assert "point-by-point comparison" in page
    assert client_for(actor("vendor_b_signer")).get(address).status_code == 404

    words = {
        "offered_on": "2026-04-05",
        "held_on": "2026-04-05",
        "summary": "Told in the order of FAR 15.506(d).",
        "keeps_secrets": "on",
    }
    reply = submit(browser, address, words)

    assert reply.url == request_of_larkspur.notice.contract.path
    assert "It was held on 5 Apr 2026" in read(browser.get(address))
