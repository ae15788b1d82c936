"""Every amount of the ledger on a page opens the rows that it is the sum of."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from contracting.core import clock
from contracting.core.quantities import Dollars
from contracting.ledger.models import Balance
from contracting.ledger.states import BALANCE_COLUMNS
from tests.builders_settlement import paid_invoice
from tests.cast import actor, client_for

NO_BALANCE = {
    "Amount": "a line of an invoice or of a voucher",
    "Price": "a price",
    "Ceiling": "a term of the contract or of the order",
    "Dollar ceiling, left": "a limit: the ceiling less what is used",
    "Funds, left": "a limit: what is obligated less what is used",
    "Plan": "a point of a plot: what the plan leaves on its day",
    "Left": "a point of a plot: what is obligated less what was used by its day",
    "Not used": "a limit: what is obligated less what is used",
    "Free": "what is allotted less what is bound",
    "Dollars, exact": "one of the rows themselves",
    "Funded": "a term of the order",
    "Part of the ceiling": "a term of the order",
}
"""Columns of amounts that are no balance of the ledger, each with what they are."""

PIECES = {
    ("payments", "Accepted"): "what one acceptance has added to the balance",
    ("contracts", "Used"): "a bar of a plot; the line that it draws opens its rows",
    ("contracts", "Obligated"): "a bar of a plot, as above",
}
"""The same, where the column is a balance on other pages."""


class Cells(HTMLParser):
    """The cells of a page's tables, with their column and whether they are linked."""

    def __init__(self):
        super().__init__()
        self.found, self.heads = [], []
        self.place, self.is_linked, self.is_head, self.is_foot = -1, False, False, False
        self.text = None

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.heads = []
        elif tag == "tr":
            self.place = -1
        elif tag == "tfoot":
            self.is_foot = True
        elif tag in {"td", "th"}:
            self.place += 1
            self.is_head = dict(attrs).get("scope") == "col"
            self.text, self.is_linked = "", False
        elif tag == "a" and dict(attrs).get("href", "").startswith(
            ("/ledger", "/funds")
        ):
            self.is_linked = True

    def handle_data(self, data):
        if self.text is not None:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "tfoot":
            self.is_foot = False
        if tag not in {"td", "th"} or self.text is None:
            return
        text, self.text = " ".join(self.text.split()), None
        if self.is_head:
            self.heads.append(text)
        elif self.place < len(self.heads) and not self.is_foot:
            self.found.append((self.heads[self.place], text, self.is_linked))


@pytest.mark.django_db
def test_no_amount_of_the_ledger_is_without_its_rows(monkeypatch):
    # Given an order that was used, invoiced, accepted and paid
    payment = paid_invoice()
    invoice = payment.certification.invoice
    order = invoice.order
    monkeypatch.setattr(clock, "now", lambda: payment.paid_at)
    shown = {
        f"${Dollars(getattr(row, name)).to_cents().amount:,.2f}"
        for row in Balance.objects.all()
        for name in BALANCE_COLUMNS
        if name.endswith("_dollars") and getattr(row, name)
    }
    (line,) = {row.line_of_accounting for row in Balance.objects.all()}

    # When the pages that show money of the ledger are read
    browser, read = client_for(actor("contracting_officer")), {}
    for address in (
        order.path,
        order.contract.path,
        payment.certification.path,
        reverse("ledger:funds"),
        reverse("ledger:line_of_accounting", args=[line.public_id]),
        reverse("closeout:close_out_order", args=[order.public_id]),
    ):
        page = browser.get(address)
        assert page.status_code == 200, address
        cells = Cells()
        cells.feed(page.content.decode())
        read[address] = cells.found

    # Then each of its amounts in a table opens its rows, and there are some
    bare = [
        (address, *cell)
        for address, found in read.items()
        for cell in found
        if cell[1] in shown
        and not cell[2]
        and cell[0] not in NO_BALANCE
        and (address.split("/")[1], cell[0]) not in PIECES
    ]
    assert bare == []
    assert sum(cell[2] for found in read.values() for cell in found) >= 15
