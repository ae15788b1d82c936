"""Invoices are shared out by dated rules, and what is nobody's is shown."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracting.allocations.calculations import NOBODY, Target
from contracting.allocations.models import AllocationRule
from contracting.allocations.operations.set_allocation import set_allocation
from contracting.allocations.queries import allocation_of, totals_by
from contracting.allocations.refusals import AllocationWrong
from contracting.billing.models import Invoice
from contracting.core.errors import NotAllowed
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from tests.builders_settlement import ACCEPTED_AT, received_invoice
from tests.cast import actor, client_for, nothing_happens, submit
from tests.worlds import once_per_file

pytestmark = pytest.mark.django_db

world = once_per_file(received_invoice)
APRIL = date(2026, 4, 1)
CLAIMS = Target("Claims", "", "Assistant")
APPEALS = Target("Appeals", "Backlog", "Assistant")


@pytest.fixture
def invoice(world):
    """$9.92 on two lines of April."""
    found = Invoice.objects.select_related("order__contract")
    return found.get(pk=world)


def ruled(invoice, *shares, by="program_manager", since=APRIL, **scope):
    return set_allocation(
        contract_id=invoice.order.contract_id,
        shares=[(target, Decimal(percent)) for target, percent in shares],
        valid_from=since,
        reason="Seats of the two offices.",
        by=actor(by),
        at=ACCEPTED_AT,
        **scope,
    )


def cents(invoice):
    found: dict[Target, int] = {}
    for part in allocation_of(invoice.order.contract, APRIL):
        found[part.target] = found.get(part.target, 0) + part.cents
    return found


def test_what_no_rule_gives_away_is_unallocated(invoice):
    assert cents(invoice) == {NOBODY: 992}

    ruled(invoice, (CLAIMS, "66.6667"), (APPEALS, "20"))

    # $4.69 and $5.23, each line for itself
    found = cents(invoice)
    assert sum(found.values()) == 992
    assert found == {CLAIMS: 313 + 349, APPEALS: 94 + 104, NOBODY: 62 + 70}


def test_the_narrowest_scope_counts_and_the_latest_day(invoice):
    order = invoice.order
    line = order.lines.get()
    ruled(invoice, (CLAIMS, "100"))
    ruled(invoice, (APPEALS, "100"), order_id=order.pk)
    assert cents(invoice) == {APPEALS: 992}

    # A rule of the line is narrower; one that begins after the period does not count
    ruled(invoice, (CLAIMS, "100"), order_id=order.pk, order_line_id=line.pk)
    ruled(invoice, (APPEALS, "100"), since=date(2026, 5, 1), order_id=order.pk)
    assert cents(invoice) == {CLAIMS: 992}

    # And a later one without shares leaves all of it unallocated
    ruled(invoice, order_id=order.pk, order_line_id=line.pk)
    assert cents(invoice) == {NOBODY: 992}


def test_a_rule_is_kept_as_it_was_set(invoice):
    rule = ruled(invoice, (CLAIMS, "100"))
    with transaction.atomic(), pytest.raises(DatabaseError):
        AllocationRule.objects.filter(pk=rule.pk).update(valid_from=date(2026, 1, 1))


@pytest.mark.parametrize(
    "shares",
    [
        [(CLAIMS, "60"), (APPEALS, "40.0001")],
        [(CLAIMS, "50"), (CLAIMS, "50")],
        [(NOBODY, "10")],
        [(CLAIMS, "0")],
        [(CLAIMS, "-1")],
        [(CLAIMS, "33.33333")],
        [(Target("x" * 81), "1")],
    ],
    ids=["more", "twice", "nobody", "nothing", "below", "too fine", "too long"],
)
def test_shares_are_parts_of_one_whole(invoice, shares):
    with nothing_happens(), pytest.raises(AllocationWrong):
        ruled(invoice, *shares)


def test_a_scope_is_of_the_contract(invoice):
    other = TaskOrder.objects.exclude(pk=invoice.order_id).first()
    assert other is None or other.state in TaskOrderState.values
    with nothing_happens(), pytest.raises(AllocationWrong):
        ruled(invoice, (CLAIMS, "1"), order_id=10**9)
    with nothing_happens(), pytest.raises(AllocationWrong):
        ruled(invoice, (CLAIMS, "1"), order_id=invoice.order_id, order_line_id=10**9)


@pytest.mark.parametrize(
    "outsider", ["payment_certifier", "other_agency_officer", "vendor_a_signer"]
)
def test_nobody_else_shares_it_out(invoice, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        ruled(invoice, (CLAIMS, "1"), by=outsider)


def test_the_page_shows_each_share_and_the_file_adds_up(invoice):
    contract = invoice.order.contract
    manager = client_for(actor("program_manager"))
    page = f"{contract.path}/allocation"
    assert "$9.92 is nobody’s yet" in text_of(manager.get(page))

    # When the shares are set on the page, at first with a line that cannot be read
    said = {
        "scope": f"{invoice.order_id}",
        "valid_from": "2026-04-01",
        "shares": "Claims; ; Assistant; sixty",
        "reason": "Seats.",
    }
    wrong = submit(manager, f"{contract.path}/set_allocation", said)
    assert wrong.status_code == 422
    said["shares"] = "Claims; ; Assistant; 60\nAppeals; Backlog; Assistant; 40"
    for scope in ("contract", f"{invoice.order_id}"):
        said["scope"] = scope
        page_of_it = f"{contract.path}/set_allocation"
        assert submit(manager, page_of_it, said).status_code == 303
    assert [rule.order for rule in AllocationRule.objects.order_by("pk")] == [
        None,
        invoice.order,
    ]

    # Then it says whose the month is, by office and by project, and nothing is lost
    found = text_of(manager.get(page))
    assert "All of $9.92 invoiced in April 2026 is allocated, to 2 offices." in found
    by_project = text_of(manager.get(page, {"by": "project"}))
    assert "Backlog" in by_project
    assert "<svg" in by_project
    file = manager.get(page, {"format": "csv", "month": "2026-04"}).content.decode()
    rows = list(csv.DictReader(io.StringIO(file)))
    assert sum(Decimal(row["amount_usd"]) for row in rows) == Decimal("9.92")
    parts = allocation_of(contract, APRIL)
    assert sum(n for _name, n in totals_by(parts, "capability")) == 992


def test_an_empty_month_and_a_wrong_one_are_said(invoice):
    manager = client_for(actor("program_manager"))
    page = f"{invoice.order.contract.path}/allocation"
    march = text_of(manager.get(page, {"month": "2026-03"}))
    assert "Nothing is invoiced in March 2026." in march
    assert manager.get(page, {"month": "soon"}).status_code == 422
    assert manager.get(page, {"month": "soon", "format": "csv"}).status_code == 422


def test_who_may_read_and_not_set_is_told_why_and_strangers_find_nothing(invoice):
    contract = invoice.order.contract
    verb = f"{contract.path}/set_allocation"
    assert client_for(actor("payment_certifier")).get(verb).status_code == 403
    for stranger in ("other_agency_officer", "vendor_a_signer", "other_vendor_signer"):
        browser = client_for(actor(stranger))
        for url in (f"{contract.path}/allocation", verb):
            assert browser.get(url).status_code == 404


def text_of(page):
    assert page.status_code == 200
    return " ".join(page.content.decode().split())
