"""Pages of letters and terminations, from the cure notice to the settlement."""

from datetime import timedelta

import pytest

from contracting.core import clock
from contracting.terminations.models import Letter, Termination
from tests.builders_settlement import used_order
from tests.cast import actor, client_for, submit
from tests.terminations.test_draft import ENDED_AT

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(response.content.decode().split())


def test_a_termination_goes_from_draft_to_settlement_in_the_browser(monkeypatch):
    now = [ENDED_AT]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    order = used_order()
    page, whole = order.path, order.contract.path
    officer = client_for(actor("contracting_officer"))
    second = client_for(actor("second_contracting_officer"))
    vendor = client_for(actor("vendor_a_signer"))

    def done(browser, url, **data):
        answer = submit(browser, url, data)
        assert answer.status_code == 303, words(answer)
        return words(browser.get(answer["Location"]))

    # Work is stopped, and goes on again
    assert "Nothing is stopped or ended" in words(officer.get(f"{page}/ending"))
    stop = {"reason": "SAFETY", "text": "Stop.", "confirm": "on"}
    assert "not confirmed yet" in done(officer, f"{page}/stop_work", **stop)
    assert "Work has been stopped since" in words(officer.get(f"{page}/ending"))
    done(officer, f"{page}/resume_work", text="Go on.")

    # A cure notice is confirmed and answered by the vendor alone
    due = (ENDED_AT.date() + timedelta(days=12)).isoformat()
    done(officer, f"{page}/issue_cure_notice", text="Late.", due_on=due)
    letter = Letter.objects.get(kind="CURE")
    done(vendor, f"{letter.path}/receive_letter")
    assert "Faster." in done(vendor, f"{letter.path}/answer_letter", text="Faster.")
    for part in ("other_vendor_signer", "other_agency_officer"):
        stranger = client_for(actor(part))
        assert stranger.get(letter.path).status_code == 404
        assert stranger.get(f"{whole}/ending").status_code == 404

    # One officer drafts, gives up, drafts again; another signs
    terms = {
        "ground": "CONVENIENCE",
        "text": "The need ended.",
        "stop_on": ENDED_AT.date().isoformat(),
    }
    done(officer, f"{page}/draft_termination", **terms)
    first = Termination.objects.get()
    assert vendor.get(first.path).status_code == 404
    done(officer, f"{first.path}/discard_termination")
    done(officer, f"{page}/draft_termination", **terms)
    termination = Termination.objects.exclude(pk=first.pk).get()
    refused = officer.get(f"{termination.path}/sign_termination")
    assert refused.status_code == 403
    asked = words(second.get(f"{termination.path}/sign_termination"))
    assert "$9.925924 is used and not accepted yet" in asked
    done(second, f"{termination.path}/sign_termination", confirm="on")

    # The vendor proposes, the officer decides
    now[0] = ENDED_AT + timedelta(days=3)
    proposal = {"dollars": "5.00", "text": "Capacity."}
    done(vendor, f"{termination.path}/propose_settlement", **proposal)
    settled = done(
        officer,
        f"{termination.path}/decide_settlement",
        dollars="3.00",
        text="Shown.",
        confirm="on",
    )
    assert "$3.00 is granted beside the usage, and $27.07 went back" in settled
    assert "Termination for" in words(vendor.get(f"{page}/ending"))
    assert words(officer.get(f"{whole}/ending"))
