"""The pages of charges: answered, empty, refused with words, closed to outsiders."""

from datetime import date

import pytest

from contracting.charges.models import Charge, QuantityChange, Receipt
from contracting.core import clock
from contracting.core.quantities import Dollars
from tests.builders_charges import (
    SEATS,
    SERVICE,
    charged,
    in_force,
    invoiced_charges,
    line_of,
    noon,
    received,
    stated_charge,
    unit_line,
    unit_order,
)
from tests.builders_orders import issued_order
from tests.cast import actor, client_for, submit

DAY = date(2026, 5, 4)


@pytest.fixture
def order(contract, monkeypatch):
    """Seats and a service on 4 May 2026, ten seats charged for April."""
    made = unit_order(unit_line(SEATS), unit_line(SERVICE), on=contract)
    in_force(made, 10, date(2026, 4, 13))
    charged(made, date(2026, 5, 1))
    monkeypatch.setattr(clock, "now", lambda: noon(DAY))
    return made


def page(order, who="cor", path="charges"):
    return client_for(actor(who)).get(f"{order.path}/{path}".rstrip("/"))


def test_the_page_says_what_is_charged_and_what_is_left(order):
    for who in ("cor", "contracting_officer", "vendor_a_signer"):
        text = page(order, who).content.decode()
        assert "$186.00 is charged for what is bought by the month" in text
        assert "994 MO" in text
        assert "$39,814.00" in text
    assert "Take it back" not in page(order, "vendor_a_signer").content.decode()
    assert f"{order.path}/charges" in page(order, path="").content.decode()


def test_an_order_of_tokens_alone_says_so(contract, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: noon(DAY))
    order = issued_order(on=contract)
    text = page(order).content.decode()
    assert "its tokens are metered" in text
    assert "No charges" in text
    assert "buys no service" in page(order, path="record_receipt").content.decode()
    assert "calendar makes due" in page(order, path="change_quantity").content.decode()


def test_a_receipt_is_recorded_and_taken_back_on_the_page(order):
    # Given the representative on the page of the order
    client = client_for(actor("cor"))
    line = line_of(order, SERVICE)
    said = {
        "line": line.pk,
        "received_on": DAY.isoformat(),
        "received": "2",
        "rejected": "1",
        "words": "Two workshops held.",
        "evidence": "List of attendance",
    }

    # When one receipt lacks its evidence, and the next is whole
    bad = submit(client, f"{order.path}/record_receipt", said | {"evidence": ""})
    good = submit(client, f"{order.path}/record_receipt", said)

    # Then the first says so and keeps what was typed, the second is charged
    assert bad.status_code == 422
    assert "Two workshops held." in bad.content.decode()
    assert good.status_code == 303
    receipt = Receipt.objects.get()
    charge = Charge.objects.get(receipt=receipt)
    assert Dollars(charge.dollars) == Dollars("2500.00")
    back = f"/receipts/{receipt.public_id}/reverse_receipt"
    assert "Two workshops held." in client.get(back).content.decode()
    assert submit(client, back, {"reason": "One was held."}).status_code == 303
    assert "Taken back: One was held." in page(order).content.decode()


def test_a_quantity_is_changed_on_the_page_and_a_refusal_has_words(order):
    client = client_for(actor("contracting_officer"))
    said = {
        "line": line_of(order).pk,
        "effective_on": "2026-05-01",
        "quantity": "12",
        "reason": "Two more examiners.",
    }
    refused = submit(
        client, f"{order.path}/change_quantity", said | {"effective_on": "2026-12-01"}
    )
    assert refused.status_code == 422
    assert "lies outside the period of performance" in refused.content.decode()
    done = submit(client, f"{order.path}/change_quantity", said)
    assert done.status_code == 303
    assert QuantityChange.objects.filter(quantity=12).exists()


def test_others_are_told_why_not_and_outsiders_find_nothing(order):
    receipt = received(order, "1", DAY)
    back = f"/receipts/{receipt.public_id}/reverse_receipt"
    pages = [f"{order.path}/record_receipt", f"{order.path}/change_quantity", back]
    for path in pages:
        assert client_for(actor("program_manager")).get(path).status_code == 403
        assert client_for(actor("vendor_a_signer")).get(path).status_code == 403
    for path in [*pages, f"{order.path}/charges"]:
        for who in ("other_agency_officer", "other_vendor_signer"):
            assert client_for(actor(who)).get(path).status_code == 404


def test_lists_and_desks_show_an_order_without_tokens(order):
    # Given an order of seats and services alone, with an invoice
    line = stated_charge(order, date(2026, 4, 13), date(2026, 4, 30), "6", "186.00")
    invoice = invoiced_charges(order, line, at=noon(DAY))

    # Then every page that lists it or asks about it answers
    shared = ["/", "/orders/", order.path, f"{order.path}/usage", invoice.path]
    agency = [
        f"{order.path}/draft_modification",
        f"{order.path}/complete_order",
        order.contract.path,
        f"{order.contract.path}/conformed",
        f"{order.contract.path}/modifications",
    ]
    for who in ("contracting_officer", "cor", "program_manager", "auditor"):
        for path in [*shared, *agency]:
            answer = client_for(actor(who)).get(path)
            assert answer.status_code in {200, 403}, f"{who} {path}"
    for path in shared:
        assert client_for(actor("vendor_a_signer")).get(path).status_code == 200


def test_who_stops_work_reads_that_seats_go_on_being_charged(order):
    text = page(order, "contracting_officer", "stop_work").content.decode()

    assert "Line 0010 is charged by the MO, stop or no stop." in text
    assert "Line 0012 is charged" not in text
