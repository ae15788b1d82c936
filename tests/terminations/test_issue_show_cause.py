"""A show-cause notice follows days to cure, or stands where none are left."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.terminations.operations.issue_show_cause import (
    issue_show_cause_notice,
)
from contracting.terminations.refusals import CureNotOver, NotRunning, WordsMissing
from tests.builders_orders import certified_order, issued_order
from tests.cast import actor, client_for, nothing_happens
from tests.terminations.test_answer import answered
from tests.terminations.test_draft import drafted
from tests.terminations.test_issue_cure import CURE_AT, CURE_BY, cured
from tests.terminations.test_sign import signed

pytestmark = pytest.mark.django_db

ASKED_AT = CURE_AT + timedelta(days=11)
SHOWN_BY = ASKED_AT.date() + timedelta(days=10)


def asked(order, at=ASKED_AT, due_on=SHOWN_BY, by="contracting_officer", text="Late."):
    return issue_show_cause_notice(
        contract_id=order.contract_id,
        order_id=order.pk,
        text=text,
        due_on=due_on,
        by=actor(by),
        at=at,
    )


@pytest.mark.rule("R-ROL-01", case="refused")
def test_it_is_asked_when_the_days_to_cure_are_over():
    # Given an order whose vendor has been told to cure
    order = issued_order()
    with nothing_happens(), pytest.raises(CureNotOver, match="cure notice first"):
        asked(order)
    cured(order)

    # Then nobody asks before the last day of it, with few days, or without words
    last_day = ASKED_AT - timedelta(days=1)
    with nothing_happens(), pytest.raises(CureNotOver) as refusal:
        asked(order, at=last_day)
    assert str(CURE_BY) in refusal.value.message
    for wrong in ({"due_on": SHOWN_BY - timedelta(days=1)}, {"text": " "}):
        with nothing_happens(), pytest.raises(WordsMissing):
            asked(order, **wrong)
    for part in ("cor", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed) as denied:
            asked(order, by=part)
        assert denied.value.rule == "R-ROL-01"

    # And afterwards the letter says by when
    letter = asked(order)
    assert (letter.kind, letter.due_on) == ("SHOW_CAUSE", SHOWN_BY)
    facts = Document.objects.get(context__heading="Show-Cause Notice").context["facts"]
    assert {"label": "Show cause by", "value": SHOWN_BY.isoformat()} in facts


def test_it_takes_the_place_of_a_cure_notice_where_no_time_is_left():
    order = issued_order()
    late = CURE_AT + (order.period_end - CURE_AT.date()) - timedelta(days=9)

    letter = asked(order, at=late, due_on=late.date() + timedelta(days=10))

    assert letter.about == order.piid


def test_nothing_is_asked_before_the_signature():
    order = certified_order()

    with nothing_happens(), pytest.raises(NotRunning):
        asked(order)


def test_for_cause_is_signed_after_the_answer():
    # Given a vendor that has not cured, and is asked why the order should not end
    order = issued_order()
    cured(order)
    notice = asked(order)
    termination = drafted(
        order, ground="CAUSE", stop_on=SHOWN_BY + timedelta(days=5), at=ASKED_AT
    )
    assert termination.cure == notice

    # Then its answer, or its last day, comes first
    with nothing_happens(), pytest.raises(CureNotOver, match="has not answered"):
        signed(termination, at=ASKED_AT + timedelta(hours=2))
    answered(notice)
    assert signed(termination, at=ASKED_AT + timedelta(hours=3)).cure == notice


def test_officer_and_vendor_use_the_pages(monkeypatch):
    monkeypatch.setattr("contracting.core.clock.now", lambda: ASKED_AT)
    order = issued_order()
    cured(order)
    officer, vendor = (
        client_for(actor(part)) for part in ("contracting_officer", "vendor_a_signer")
    )
    page = officer.get(f"{order.path}/issue_show_cause_notice")
    assert page.status_code == 200
    assert "Cure notice of" in page.content.decode()
    stranger = client_for(actor("other_agency_officer"))
    assert stranger.get(f"{order.path}/issue_show_cause_notice").status_code == 404
    letter = asked(order)

    shown = vendor.get(letter.path).content.decode()

    assert "Cause is to be shown by" in shown
    assert "Show-cause notice" in officer.get("/letters/").content.decode()
