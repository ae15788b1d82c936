"""Telling the unsuccessful offerors."""

from datetime import date

import pytest

from contracting.contracts.queries import clocks_of, running_clocks
from contracting.contracts.refusals import AlreadyRecorded, NoticeIncomplete
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from tests.builders_orders import AWARDED_AT, awarded_contract, certified_contract
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.contracts.results import REASON, notified, read


@pytest.mark.rule("R-AWD-05", case="allowed")
def test_the_loser_is_told_what_the_regulation_fixes(decision):
    # Given an award on two offers, of which nobody but the awardee knows officially
    contract = awarded_contract(on=decision)
    clock = clocks_of(contract)[0]
    assert (clock.due_on, clock.done_on) == (date(2026, 4, 2), None)
    told = Notice.objects.filter(recipient_user_id=actor("vendor_b_signer").user_id)
    assert not told.filter(title__contains="was not selected").exists()

    # When the officer sends the notice on the third day
    sent = notified(contract, after=3)

    # Then Larkspur reads count, awardee, items, prices and reason, and nothing else
    letter = told.get(title__contains="was not selected")
    assert letter.url_path == f"/submissions/{sent.submission.public_id}/status"
    assert letter.body == sent.body
    for words in (
        "2 offers were received",
        "Meridian Models, 1 Meridian Way",
        "0001AA",
        "$2.000000 per million tokens",
        REASON,
        "in writing within 3 days",
    ):
        assert words in letter.body
    outsider = actor("other_vendor_signer").user_id
    about = Notice.objects.filter(subject_kind="contracts.contract")
    assert not about.filter(recipient_user_id=outsider).exists()

    # And the clock stands still
    clock = clocks_of(contract)[0]
    assert clock.done_on == date(2026, 4, 2)
    assert not clock.was_late
    with nothing_happens(), pytest.raises(AlreadyRecorded):
        notified(contract, after=3)


@pytest.mark.rule("R-AWD-05", case="refused")
def test_a_late_notice_says_for_the_file_why(decision):
    contract = awarded_contract(on=decision)
    clock, _report = running_clocks(actor("contracting_officer"))
    assert clock.is_overdue(date(2026, 4, 3))

    with nothing_happens(), pytest.raises(NoticeIncomplete) as refusal:
        notified(contract, after=4)

    assert refusal.value.rule == "R-AWD-05"
    assert notified(contract, after=4, late_reason="The office was closed.").late_reason


@pytest.mark.rule("R-AWD-05", case="refused")
def test_each_offeror_is_told_a_reason(decision):
    contract = awarded_contract(on=decision)

    with nothing_happens(), pytest.raises(NoticeIncomplete) as refusal:
        notified(contract, reason=" ")

    assert refusal.value.rule == "R-AWD-05"


def test_nobody_is_told_before_the_award(decision):
    contract = certified_contract(on=decision)

    with nothing_happens(), pytest.raises(NoticeIncomplete):
        notified(contract)
    address = f"/contracts/{contract.public_id}/notify_unsuccessful"
    assert client_for(actor("contracting_officer")).get(address).status_code == 404


def test_nobody_else_tells_them(decision):
    contract = awarded_contract(on=decision)

    for part in ("contract_specialist", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            notified(contract, by=part)


def test_the_letter_is_read_before_it_is_sent(
    decision, contracting_officer, monkeypatch
):
    # Given an officer on the fifth day, which is too late
    contract = awarded_contract(on=decision)
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT + days(5))
    browser, address = client_for(contracting_officer), contract.path
    assert "overdue" in browser.get(address).content.decode()
    assert (
        "2 of 2 are overdue" in browser.get("/contracts/after_award").content.decode()
    )

    # When they read the letter, and send it
    page = browser.get(f"{address}/notify_unsuccessful").content.decode()
    assert "2 offers were received" in page
    assert "that day has passed" in page
    (other,) = contract.solicitation.submissions.filter(
        vendor__name="Larkspur AI", opened_offer__isnull=False
    )
    words = {
        f"reason_{other.public_id}": REASON,
        "late_reason": "The office was closed.",
        "confirm": "on",
    }
    reply = submit(browser, f"{address}/notify_unsuccessful", words)

    # Then the contract says that it went out late, and Larkspur reads it
    assert reply.url == address
    said = read(browser.get(address))
    assert "done on 4 Apr 2026, late" in said
    status = f"/submissions/{other.public_id}/status"
    larkspur = client_for(actor("vendor_b_signer"))
    assert REASON in larkspur.get(status).content.decode()
    assert client_for(actor("vendor_a_signer")).get(status).status_code == 404
    assert client_for(actor("cor")).get("/contracts/after_award").status_code == 404
