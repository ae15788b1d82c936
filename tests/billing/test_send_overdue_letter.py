"""A letter about an overdue report is sent in time, and kept as it was sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from contracting.billing.models import OverdueLetter
from contracting.billing.operations.record_reporting_terms import (
    record_reporting_terms,
)
from contracting.billing.operations.send_overdue_letter import send_overdue_letter
from contracting.billing.refusals import NotOverdue
from contracting.core.errors import NotAllowed
from contracting.documents.queries import documents_of
from tests.billing.test_ask_for_report import APRIL, LATE, whole_april
from tests.builders_billing import INVOICED_AT, reported
from tests.cast import actor, client_for, nothing_happens, submit

TEN_DAYS = datetime(2026, 5, 15, 16, tzinfo=UTC)


def sent(order, *, by="contracting_officer", at=LATE, words=""):
    return send_overdue_letter(
        order_id=order.pk, month=APRIL, words=words, by=actor(by), at=at
    )


def test_the_letter_says_what_is_missing_and_what_the_clause_says(order):
    record_reporting_terms(
        contract_id=order.contract_id,
        valid_from=date(2026, 4, 1),
        forfeits_after_days=90,
        clause="clause TOK-9",
        by=actor("contracting_officer"),
        at=INVOICED_AT,
    )

    letter = sent(order, words="Call me.")

    assert letter.days_late == 15
    for words in ("April 2026", "2026-05-05", "15 days", "90 days", "TOK-9", "Call me"):
        assert words in letter.body


def test_a_letter_is_sent_after_ten_days_and_not_again_within_ten(order):
    with nothing_happens(), pytest.raises(NotOverdue):
        sent(order, at=TEN_DAYS)
    sent(order)

    with nothing_happens(), pytest.raises(NotOverdue):
        sent(order, at=LATE + timedelta(days=10))
    sent(order, at=LATE + timedelta(days=11))


def test_no_letter_is_sent_about_a_report_that_is_there(order):
    reported(order, at=TEN_DAYS, **whole_april(order))

    with nothing_happens(), pytest.raises(NotOverdue):
        sent(order)


@pytest.mark.parametrize("outsider", ["cor", "other_agency_officer", "vendor_a_signer"])
def test_nobody_else_writes(order, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        sent(order, by=outsider)


def test_the_officer_writes_on_the_page(order, told_the_time):
    told_the_time(LATE)
    page = reverse("billing:send_overdue_letter", args=[order.public_id])

    answer = submit(
        client_for(actor("contracting_officer")), page, {"month": "2026-04-01"}
    )

    assert answer.status_code == 303
    assert "overdue" not in OverdueLetter.objects.get().body
    shown = client_for(actor("vendor_a_member")).get(answer.url).content.decode()
    assert "15 days late" in shown


def test_the_letter_is_a_paper_for_both_sides_and_nobody_else(order, told_the_time):
    letter = sent(order, words="Call me.")

    (paper,) = documents_of(letter.subject)
    assert paper.kind == "letter"
    (section,) = paper.context["sections"]
    assert section["text"] == letter.body
    told_the_time(LATE)
    for who, status in (
        ("cor", 200),
        ("vendor_a_member", 200),
        ("other_agency_officer", 404),
        ("other_vendor_signer", 404),
    ):
        browser = client_for(actor(who))
        page = browser.get(f"{order.path}/reporting")
        assert page.status_code == status
        assert (paper.public_id.encode() in page.content) == (status == 200)
