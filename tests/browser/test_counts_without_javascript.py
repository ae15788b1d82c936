"""A difference is followed to its calls without a script, and without a barrier."""

from datetime import timedelta

from tests.browser.pages import look
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    COUNTS,
    compared,
    invoiced,
    lines_of,
    reported,
    used,
)
from tests.builders_orders import issued_order

DUPLICATED = {**COUNTS, "IN_UNCACHED": 900_001, "OUT_TEXT": 90_005}


def compared_order(number):
    """An invoice of a call that the report lists twice, compared with both."""
    order = issued_order()
    used(order)
    reported(order, [*CALLS, CALLS[1]])
    invoice = invoiced(order, lines_of(DUPLICATED), number=number)
    compared(order, invoice)
    compared(order)
    return order, invoice


def test_a_difference_is_followed_to_its_calls(stage):
    # Given an invoice that differs from our meter
    order, invoice = compared_order("MM-1")
    stage.at(ACCEPTED_AT + timedelta(hours=1))

    # When a representative asks whether all agree, and opens the invoice
    screen = stage.see("cor", "orders:order", order.public_id)
    screen.follow("Whether meter, report and invoice agree")
    assert "1 discrepancy waits for an answer" in screen.answer()
    assert "Unexplained: $0.00" in screen.main.inner_text()
    screen.follow(invoice.number)

    # Then a class of its lines opens the calls behind it
    screen.follow("IN_UNCACHED")
    assert "1 call differs" in screen.answer()


def test_the_pages_of_the_counts_have_no_barriers(stage, axe):
    order, invoice = compared_order("MM-2")
    stage.at(ACCEPTED_AT + timedelta(hours=1))
    run = invoice.reconciliations.get()

    for part in ("cor", "vendor_a_member"):
        for route, public_id in (
            ("reconciliation:order_reconciliation", order.public_id),
            ("reconciliation:run", run.public_id),
        ):
            screen = stage.see(part, route, public_id, script=True)
            assert look(screen.visitor, axe) == [], route
