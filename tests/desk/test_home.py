"""The first page: for everybody what is open, for a role the answer to its question."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from contracting.desk.queries import LIMIT
from contracting.desk.states import NAVIGATION, QUESTIONS
from contracting.submissions.operations.log import log_health
from tests.builders import RELEASED_AT, drafted_requisition, released_solicitation
from tests.builders_orders import (
    MODIFIED_AT,
    ORDERED_AT,
    awarded_contract,
    drafted_modification,
    issued_order,
    submitted_order,
)
from tests.builders_settlement import (
    CERTIFIED_AT,
    INVOICED_AT,
    PAID_AT,
    certified_payment,
    paid_invoice,
    received_invoice,
    used_order,
)
from tests.cast import AT, actor, client_for, organization, person
from tests.desk.conftest import OUTSIDERS, ROLES
from tests.offers import before, submitted_offer
from tests.proposals.drafts import saved, whole_draft

pytestmark = pytest.mark.django_db


def test_every_role_has_a_question_and_at_most_seven_entries():
    assert set(NAVIGATION) == set(QUESTIONS)
    assert max(len(entries) for entries in NAVIGATION.values()) <= 7


def test_a_visitor_reads_what_is_open_and_what_was_awarded(told_the_time):
    # Given an award, and another solicitation that takes offers
    contract = awarded_contract()
    open_one = released_solicitation()
    told_the_time(RELEASED_AT + timedelta(days=1))

    # When anybody opens the site
    text = Client().get("/").content.decode()

    # Then both are there, and the way in
    assert "<strong>1</strong> opportunity is open for offers" in text
    assert "<strong>1</strong> award is published" in text
    assert str(open_one.piid) in text
    assert str(contract.piid) in text
    assert 'href="/accounts/login/"' in text


def test_a_visitor_of_an_empty_site_reads_what_will_be_there():
    text = Client().get("/").content.decode()

    assert "Nothing is open for offers right now; no award is published yet." in text
    assert "A solicitation appears here at the instant of its release" in text


@pytest.mark.parametrize("part", [*ROLES, *OUTSIDERS])
def test_an_empty_desk_answers_and_says_what_happens_next(part, told_the_time):
    page = client_for(actor(part)).get("/")

    assert page.status_code == 200
    assert page.context["desk"].answer
    assert f"<h1>{QUESTIONS[actor(part).role]}</h1>" in page.content.decode()
    assert b"dd-empty" in page.content


def test_whoever_has_not_chosen_a_role_chooses_one_first(contracting_officer):
    user = person(contracting_officer)
    Membership.objects.create(
        user=user, organization=organization(contracting_officer), role="COR"
    )
    browser = Client()
    browser.force_login(user)

    page = browser.get("/")

    assert page.status_code == 302
    assert page["Location"].startswith("/membership")


def test_nobody_outside_reads_anything_of_an_agency_or_a_vendor(told_the_time):
    # Given an order in use, its invoice, a modification, an open offer
    invoice = received_invoice()
    order = invoice.order
    drafted_modification(on=order)
    submitted_offer(on=released_solicitation())

    # When another agency's officer and another vendor's signer look at their desks
    told_the_time(RELEASED_AT + timedelta(days=1))
    pages = {part: client_for(actor(part)).get("/") for part in OUTSIDERS}

    # Then nothing is there but what is open to every vendor
    assert pages["other_agency_officer"].context["desk"].work == []
    (group,) = pages["other_vendor_signer"].context["desk"].work
    assert [item.asked for item in group.items] == ["Read and offer"]
    for page in pages.values():
        assert str(order.piid).encode() not in page.content
        assert invoice.number.encode() not in page.content
        assert b"Pilot of the claims assistant" not in page.content


def test_the_program_reads_how_long_its_orders_last(desk):
    order = used_order()

    page = desk("program_manager", INVOICED_AT)

    (burn,) = page.lists["burns"].rows
    assert burn.text == order.piid
    assert (str(burn.consumed), str(burn.funded)) == ("$9.925924", "$40")
    assert burn.tokens.count == 2_999_999
    assert page.answer.startswith(
        f"Not as it goes: {order.piid} ends before its period"
    )
    assert page.figures[2].value == "$30.07"


def test_the_representative_reads_whether_the_three_agree(desk):
    # Given an invoice on usage that nobody has compared, on a contract they represent
    invoice = received_invoice()

    page = desk("cor", INVOICED_AT)

    assert page.answer.startswith("Nothing has been compared yet")
    assert page.lists["contracts"].rows[0].text == invoice.order.contract.piid
    assert [item.asked for group in page.work for item in group.items] == [
        "Accept or return the invoice"
    ]


def test_the_payment_certifier_reads_what_is_payable_and_when(desk):
    certification = certified_payment()

    page = desk("payment_certifier", CERTIFIED_AT)

    assert page.answer == "1 payment waits for you. The first is due on 29 May 2026."
    (item,) = page.work[0].items
    assert (item.asked, str(item.amount)) == ("Record the payment", "$9.92")
    assert item.url.endswith(f"{certification.public_id}/record_payment")


def test_the_vendor_reads_when_it_is_paid_and_then_that_it_was(desk):
    certification = certified_payment()

    before = desk("vendor_a_member", CERTIFIED_AT)
    paid_invoice(certification=certification)
    afterwards = desk("vendor_a_member", PAID_AT)

    assert before.answer.endswith("$9.92 is paid by 29 May 2026.")
    assert before.figures[1].value == "1"
    assert afterwards.answer == (
        "Nothing is due from you. $9.92 was paid on 28 May 2026, the last payment."
    )
    (item,) = afterwards.lists["invoices"].rows
    assert (item.state, f"{item.due}") == ("PAID", "2026-05-28")


def test_the_auditor_reads_whether_the_record_holds(desk):
    drafted_requisition()

    page = desk("auditor")

    assert page.answer.startswith("Yes: every entry of")
    assert page.lists["events"].rows[0].event == "requisitions.requisition.drafted"


def test_an_officer_for_whom_nothing_waits_reads_the_next_known_date(desk):
    solicitation = released_solicitation()

    page = desk("contracting_officer", RELEASED_AT)

    assert page.answer == (
        "Nothing waits for your signature. The next known date: offers for "
        f"{solicitation.piid} are due on 20 Mar 2026."
    )


def test_a_list_shows_its_first_rows_and_how_many_there_are(desk):
    for _ in range(6):
        drafted_requisition()

    page = desk("contract_specialist")

    needs = page.lists["needs"]
    assert (len(needs.rows), needs.total, needs.is_cut) == (5, 6, True)


def test_a_desk_asks_the_database_as_often_for_many_orders_as_for_one(told_the_time):
    contract = awarded_contract()
    issued_order(on=contract)
    told_the_time(MODIFIED_AT)
    browser = client_for(actor("program_manager"))
    browser.get("/")

    with CaptureQueriesContext(
        connection,
    ) as one:
        browser.get("/")
    for _ in range(3):
        issued_order(on=contract)
    with CaptureQueriesContext(connection) as many:
        page = browser.get("/")

    assert page.context["desk"].lists["burns"].total == 4
    assert len(many) == len(one)
    assert LIMIT == 20


def test_the_reviewer_finds_the_oldest_first_and_what_they_said_last(desk):
    order = submitted_order()

    page = desk("technical_reviewer", ORDERED_AT + timedelta(days=1))

    (item,) = page.work[0].items
    assert item.url == f"{order.path}/review_task_order"
    assert item.asked == "Review version 1"
    said = page.lists["said"].rows
    assert "Concurs, version" in said[0].note
    assert said[0].since > AT


def test_a_vendor_reads_what_is_due_in_both_zones_and_how_far_the_draft_is(
    told_the_time,
):
    # Given a vendor in another zone than the agency, with a draft
    solicitation = released_solicitation()
    whole_draft(on=solicitation)
    vendor = organization(actor("vendor_a_signer"))
    vendor.time_zone = "America/Los_Angeles"
    vendor.save(update_fields=["time_zone"])

    # When its signer comes to the desk, 90 minutes before the deadline
    told_the_time(before(solicitation, minutes=90))
    page = client_for(actor("vendor_a_signer")).get("/").content.decode()

    # Then it is led to the draft, with the deadline in both zones and what is left
    assert "Finish our draft" in page
    assert "Not submitted yet. 5 of 5 parts ready." in page
    assert f'href="/opportunities/{solicitation.public_id}/draft"' in page
    due = page[page.index("<dt>Due</dt>") :][:600]
    assert "EDT" in due
    assert "PDT" in due
    assert "1\xa0hour, 30\xa0minutes left" in due

    # And a draft of an alternate stands beside it, with how far that one is
    saved(solicitation, "TECHNICAL", {"text": "Another model."}, alternate=1)
    page = client_for(actor("vendor_a_signer")).get("/").content.decode()
    assert "Finish our draft of alternate 1" in page
    assert "Not submitted yet. 4 of 5 parts ready." in page
    assert f"/opportunities/{solicitation.public_id}/alternates/1/draft" in page

    # And a rival reads nothing of it
    rival = client_for(actor("vendor_b_signer")).get("/").content.decode()
    assert "Finish our draft" not in rival


def test_a_desk_says_since_when_nothing_has_run_by_itself(told_the_time):
    # Given a schedule that was last seen four minutes ago, and then six
    stale = "This page may be stale."
    told_the_time(AT)
    assert stale not in client_for(actor("cor")).get("/").content.decode()
    log_health(at=AT)

    for minutes, is_stale in ((4, False), (6, True)):
        told_the_time(AT + timedelta(minutes=minutes))
        for part in ("contracting_officer", "vendor_a_signer"):
            page = client_for(actor(part)).get("/").content.decode()
            assert (stale in page) is is_stale
