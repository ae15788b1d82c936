"""A contract says whether it is healthy, and one list says what is to be done."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from contracting.contracts.queries.administration import tasks_of
from contracting.contracts.queries.home import health_of
from contracting.core import clock
from contracting.core.quantities import Dollars, Tokens
from contracting.incidents.operations.report import report_incident
from contracting.terminations.operations.stop import stop_work
from tests.builders_instruments import agreement, definitive_contract, schedule_of
from tests.builders_metering import DELIVERED_AT, usage_source
from tests.builders_orders import (
    AWARDED_AT,
    MODIFIED_AT,
    awarded_contract,
    drafted_modification,
    drafted_order,
    issued_order,
)
from tests.builders_settlement import received_invoice, used_order
from tests.cast import actor, client_for

pytestmark = pytest.mark.django_db

OFFICER = "contracting_officer"
LATER = DELIVERED_AT + timedelta(days=1)


def listed(contract, at=LATER, by=OFFICER):
    return {(task.group, task.what) for task in tasks_of(contract, actor(by), at)}


def page_of(contract, by=OFFICER, more=""):
    return client_for(actor(by)).get(contract.path + more)


@pytest.fixture
def told_the_time(monkeypatch):
    def tell(at):
        monkeypatch.setattr(clock, "now", lambda: at)

    tell(LATER)
    return tell


def test_the_home_of_a_contract_says_what_is_used_and_left(told_the_time):
    # Given an order of $60, funded for $40, of which $9.92 and a bit are used
    order = used_order()
    contract = order.contract

    # Then the four figures are those of the ledger
    health = health_of(contract, actor(OFFICER), LATER)
    assert health is not None
    assert health.obligated == Dollars("1040.00")
    assert health.consumed == Dollars("9.925924")
    assert health.left == Dollars("30.074076")
    assert health.tokens_left == Tokens(17_000_001)
    assert health.points == [(date(2026, 4, 20), Dollars("9.925924").amount)]

    # And the page says them above the fold, with when the gateway was last heard of
    page = page_of(contract).content.decode()
    assert "is used, and" in page
    assert "a forecast needs 7 days of use" in page
    assert "last heard of" in page
    assert "Start a modification" in page


def test_a_silent_gateway_is_said_before_anything_else(told_the_time):
    contract = used_order().contract
    told_the_time(DELIVERED_AT + timedelta(days=3))

    page = page_of(contract).content.decode()

    assert "was last heard of 3 days ago: what follows may be out of date" in page


def test_a_gateway_that_is_heard_of_is_not_called_silent(told_the_time):
    contract = used_order().contract
    told_the_time(DELIVERED_AT + timedelta(hours=5))

    assert "may be out of date" not in page_of(contract).content.decode()


def test_a_new_contract_says_how_usage_begins(told_the_time):
    usage_source()
    contract = awarded_contract()

    page = page_of(contract).content.decode()

    assert "No usage yet." in page
    assert "last heard of: never" in page
    assert "Send a test event" in page


def test_each_kind_says_what_it_is(told_the_time):
    contract = definitive_contract()
    page = page_of(contract).content.decode()
    assert "definitive contract" in page
    assert "$5,000.00 of its price of $7,700.00 is obligated" in page
    assert schedule_of(contract).path in page


def test_an_agreement_says_what_may_be_called(told_the_time):
    page = page_of(agreement()).content.decode()
    assert "tokens are called; calls may be placed until" in page
    assert "Review the agreement" in page


def test_the_list_has_what_every_stage_waits_for(told_the_time):
    # Given usage that is not reported, a stopped order, an incident and two drafts
    order = used_order()
    contract = order.contract
    drafted_modification(on=order)
    drafted_order(on=contract, title="Second pilot")
    report_incident(
        contract_id=contract.pk,
        title="Keys were exposed",
        severity="CONFIDENTIALITY",
        text="A key was found in a public repository.",
        discovered_at=LATER - timedelta(hours=2),
        by=actor("vendor_a_signer"),
        at=LATER - timedelta(hours=1),
    )
    stop_work(
        order_id=order.pk,
        reason="SAFETY",
        text="The keys were exposed.",
        by=actor(OFFICER),
        at=LATER,
    )

    # Then one list has them all, each with its day, the next one first
    found = listed(contract)
    assert ("Reports", f"Usage report on {order.piid}") in found
    assert ("Orders", "Task order Second pilot is a draft") in found
    assert ("Modifications", f"A modification of {order.piid} is drafted") in found
    assert ("Incidents", "Next update on the incident: Keys were exposed") in found
    assert (
        "Letters",
        f"Work under {order.piid} is stopped: let it go on, or end it",
    ) in found
    days = [
        task.due_on for task in tasks_of(contract, actor(OFFICER), LATER) if task.due_on
    ]
    assert days == sorted(days)
    reports = [
        task
        for task in tasks_of(contract, actor(OFFICER), LATER)
        if task.group == "Reports"
    ]
    assert [task.due_on for task in reports] == [date(2026, 4, 23)]

    # And the page shows them, and one kind alone when asked
    page = page_of(contract, more="/administration").content.decode()
    assert "Keys were exposed" in page
    only = page_of(contract, more="/administration?group=Letters").content.decode()
    assert "is stopped" in only
    assert "Keys were exposed" not in only.split("<tbody>")[1]


def test_what_is_overdue_is_said_first(told_the_time):
    contract = used_order().contract
    told_the_time(datetime(2026, 5, 1, 15, 0, tzinfo=UTC))

    page = page_of(contract, more="/administration").content.decode()

    assert "overdue since" in page


def test_a_vendor_reads_its_own_side_of_the_list(told_the_time):
    order = used_order()
    drafted_order(on=order.contract, title="Second pilot")
    received_invoice(order=order)

    found = listed(order.contract, by="vendor_a_signer")

    assert ("Reports", f"Usage report on {order.piid}") in found
    assert not any(group == "Representatives" for group, _ in found)
    assert ("Orders", "Task order Second pilot is a draft") not in found
    answer = page_of(order.contract, "vendor_a_signer", "/administration")
    assert answer.status_code == 200


def test_nothing_to_do_is_an_answer_too(told_the_time):
    told_the_time(AWARDED_AT + timedelta(days=200))
    contract = awarded_contract()
    browser = client_for(actor("cor"))
    page = browser.get(f"{contract.path}/administration").content.decode()
    assert "Nothing is open on this contract" in page


@pytest.mark.parametrize(
    ("by", "status"),
    [("other_agency_officer", 404), ("vendor_b_signer", 404), ("auditor", 200)],
)
def test_who_may_not_see_the_contract_finds_no_list(by, status, told_the_time):
    contract = awarded_contract()
    url = reverse("contracts:administration", args=[contract.public_id])

    assert client_for(actor(by)).get(url).status_code == status


def test_a_period_that_ends_is_on_the_list(told_the_time):
    order = issued_order(at=MODIFIED_AT)
    at = datetime(2026, 8, 1, 15, 0, tzinfo=UTC)

    assert ("Orders", f"{order.piid}: performance ends") in listed(order.contract, at)
