"""Asking for a debriefing."""

from datetime import date

import pytest

from contracting.contracts.refusals import AlreadyRecorded
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from tests.builders_orders import AWARDED_AT, awarded_contract
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.contracts.results import asked, notified, read


@pytest.mark.rule("R-AWD-06", case="allowed")
@pytest.mark.parametrize(
    ("after", "is_required", "due_on"),
    [
        (0, True, date(2026, 4, 6)),  # the fifth day is a Sunday
        (3, True, date(2026, 4, 8)),
        (4, False, None),
    ],
)
def test_asked_in_time_it_is_required(decision, after, is_required, due_on):
    # Given a notice of Tuesday, 31 March
    notice = notified(awarded_contract(on=decision))

    # When Larkspur asks
    request = asked(notice, after=after)

    # Then it is due five days later, or not required at all
    assert (request.is_required, request.due_on) == (is_required, due_on)
    told = Notice.objects.filter(title="Larkspur AI asks for a debriefing")
    assert told.filter(
        recipient_user_id=actor("contracting_officer").user_id, due_on=due_on
    ).exists()
    with nothing_happens(), pytest.raises(AlreadyRecorded):
        asked(notice)


@pytest.mark.rule("R-AWD-06", case="refused")
def test_only_who_was_told_asks(decision):
    notice = notified(awarded_contract(on=decision))

    for part in ("vendor_a_signer", "contracting_officer", "other_vendor_signer"):
        with nothing_happens(), pytest.raises(NotAllowed) as refusal:
            asked(notice, by=part)
        assert refusal.value.rule == "R-AWD-06"


def test_the_vendor_asks_on_its_page(decision, vendor_b_signer, monkeypatch):
    # Given a vendor that was told yesterday
    contract = awarded_contract(on=decision)
    other = contract.solicitation.submissions.get(vendor__name="Larkspur AI")
    status = f"/submissions/{other.public_id}"
    browser = client_for(vendor_b_signer)
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT + days(2))
    assert "We are told why by 2 Apr 2026" in read(browser.get(f"{status}/status"))
    assert browser.get(f"{status}/request_debriefing").status_code == 404
    notified(contract)

    # When it asks for a debriefing
    assert "for by 3 Apr 2026 is required" in read(browser.get(f"{status}/status"))
    page = read(browser.get(f"{status}/request_debriefing"))
    assert "point-by-point comparison" in page
    reply = submit(browser, f"{status}/request_debriefing", {"questions": ""})

    # Then its page says by when it is held, and nothing about anybody else
    assert reply.url == f"{status}/status"
    said = read(browser.get(reply.url))
    assert "held by 6 Apr 2026" in said
    winner = contract.solicitation.submissions.get(vendor__name="Meridian Models")
    theirs = f"/submissions/{winner.public_id}/status"
    assert browser.get(theirs).status_code == 404
    assert "Our offer was selected" in read(
        client_for(actor("vendor_a_signer")).get(theirs)
    )
