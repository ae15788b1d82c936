"""A proper invoice is received; an improper one is told everything that is wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.billing.models import Invoice
from contracting.billing.refusals import (
    AmountExceedsObligation,
    ArithmeticWrong,
    DuplicateInvoice,
    ImproperInvoice,
    OutsidePeriod,
)
from contracting.billing.states import InvoiceState
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.notices.models import Notice
from tests.builders_billing import (
    COUNTS,
    HOUR,
    INVOICED_AT,
    TOTAL,
    header_of,
    invoiced,
    lines_of,
    stated,
)
from tests.cast import actor, nothing_happens, person


@pytest.mark.rule("R-INV-01", case="allowed")
@pytest.mark.rule("R-INV-07", case="allowed")
def test_a_proper_invoice_is_received(order):
    # When the vendor's system sends an invoice with every element
    invoice = invoiced(order)

    # Then it waits with its lines, and the representative is told
    assert invoice.state == InvoiceState.RECEIVED
    assert Dollars(invoice.total_dollars) == TOTAL
    assert [line.tokens for line in invoice.lines.order_by("position")] == list(
        COUNTS.values()
    )
    told = Notice.objects.filter(subject_kind="billing.invoice").get()
    assert told.recipient_user == person(actor("cor"))
    assert told.url_path == f"/invoices/{invoice.public_id}"


@pytest.mark.rule("R-INV-01", case="refused")
@pytest.mark.parametrize(
    ("element", "words"),
    [
        ("remit_to", "name and address to which payment is sent"),
        ("tin", "taxpayer identification number"),
        ("defect_contact", "contact in case of a defective invoice"),
        ("contract_number", "contract number"),
    ],
)
def test_an_invoice_without_an_element_is_improper(order, element, words):
    header = {**header_of(order), element: " "}

    with nothing_happens(), pytest.raises(ImproperInvoice) as refusal:
        invoiced(order, header=header)

    assert refusal.value.rule == "R-INV-01"
    assert words in refusal.value.message


@pytest.mark.rule("R-INV-01", case="refused")
@pytest.mark.parametrize("element", ["contract_number", "order_number"])
def test_an_invoice_that_names_another_contract_or_order_is_improper(order, element):
    header = {**header_of(order), element: "2032H526D00099"}

    with nothing_happens(), pytest.raises(ImproperInvoice) as refusal:
        invoiced(order, header=header)

    assert refusal.value.data["element"] == element
    assert "2032H526D00099" in refusal.value.message


@pytest.mark.rule("R-INV-01", case="allowed")
def test_a_contract_number_with_hyphens_and_small_letters_is_the_same(order):
    piid = order.contract.piid or ""
    written = f"{piid[:6]}-{piid[6:8]}-{piid[8:]}".lower()

    assert invoiced(order, header={**header_of(order), "contract_number": written})


def test_an_invoice_without_a_number_or_lines_is_improper(order):
    with nothing_happens(), pytest.raises(ImproperInvoice) as refusal:
        invoiced(order, [], number=" ")

    assert refusal.value.data["missing"] == [
        "invoice number",
        "line items with quantity, unit price and extended price",
    ]


def test_a_line_names_a_line_of_the_order_and_a_model(order):
    lines = [stated("OUT_TEXT", 10, clin="0009", model="nobody-1")]

    with nothing_happens(), pytest.raises(ImproperInvoice) as refusal:
        invoiced(order, lines)

    assert [each["message"] for each in refusal.value.data["defects"]] == [
        "Line 1: the order has no line '0009'.",
        "Line 1: no model is called 'nobody-1'.",
    ]


def test_every_defect_is_told_at_once(order):
    # Given an invoice without a payee, with a wrong sum, of a future period
    header = {**header_of(order), "remit_to": ""}
    lines = [
        stated("OUT_TEXT", 10_000, amount=Dollars("9.99")),
        stated("IN_UNCACHED", 10_000, period_start=HOUR[0] - timedelta(hours=1)),
    ]

    # When it is sent
    with nothing_happens(), pytest.raises(ImproperInvoice) as refusal:
        invoiced(order, lines, header=header, total=Dollars("1.00"))

    # Then the vendor reads all of it, each with its rule
    assert [each["rule"] for each in refusal.value.data["defects"]] == [
        "R-INV-01",
        "R-INV-07",
        "R-INV-07",
        "R-INV-06",
    ]


@pytest.mark.rule("R-INV-07", case="refused")
@pytest.mark.parametrize(
    ("lines", "total"),
    [
        ([stated("OUT_TEXT", 70_004, amount=Dollars("0.57"))], Dollars("0.57")),
        ([stated("OUT_TEXT", 70_004)], Dollars("0.57")),
    ],
)
def test_an_extension_or_total_that_does_not_tie_is_refused(order, lines, total):
    with nothing_happens(), pytest.raises(ArithmeticWrong) as refusal:
        invoiced(order, lines, total=total)

    assert refusal.value.rule == "R-INV-07"


def test_an_extension_is_rounded_half_up_once(order):
    # 625 tokens at $8 per million are exactly half a cent
    invoice = invoiced(order, [stated("OUT_TEXT", 625)])

    assert Dollars(invoice.total_dollars) == Dollars("0.01")


@pytest.mark.rule("R-INV-03", case="refused")
def test_a_number_is_used_once_by_a_vendor(order):
    invoiced(order, [stated("OUT_TEXT", 10_000)])

    with nothing_happens(), pytest.raises(DuplicateInvoice) as refusal:
        invoiced(order, [stated("IN_UNCACHED", 10_000)])

    assert refusal.value.rule == "R-INV-03"


@pytest.mark.rule("R-INV-03", case="refused")
def test_a_line_and_period_is_billed_once(order):
    invoiced(order)
    overlapping = stated("OUT_TEXT", 10, period_start=HOUR[1] - timedelta(minutes=1))

    with nothing_happens(), pytest.raises(DuplicateInvoice) as refusal:
        invoiced(order, [overlapping], number="MM-2604-002")

    assert refusal.value.data["line"] == 1


def test_two_lines_of_one_invoice_do_not_overlap_either(order):
    lines = [stated("OUT_TEXT", 10_000), stated("OUT_TEXT", 20_000)]

    with nothing_happens(), pytest.raises(DuplicateInvoice):
        invoiced(order, lines)


@pytest.mark.rule("R-INV-03", case="allowed")
def test_periods_that_touch_do_not_overlap(order):
    half = HOUR[0] + timedelta(minutes=30)
    lines = [
        stated("OUT_TEXT", 10_000, period_end=half),
        stated("OUT_TEXT", 20_000, period_start=half),
    ]

    assert invoiced(order, lines).lines.count() == 2


@pytest.mark.rule("R-INV-06", case="allowed")
def test_usage_on_the_last_instant_of_the_period_can_be_invoiced(order):
    end = order.period.end
    line = stated(
        "OUT_TEXT", 10_000, period_start=end - timedelta(hours=1), period_end=end
    )

    invoice = invoiced(
        order,
        [line],
        period_start=line.period_start,
        period_end=end,
        at=end + timedelta(days=1),
    )

    assert invoice.period_end == end


@pytest.mark.rule("R-INV-06", case="refused")
def test_a_line_outside_the_period_of_performance_is_refused(order):
    before = order.period.start - timedelta(hours=1)
    line = stated("OUT_TEXT", 10_000, period_start=before)

    with nothing_happens(), pytest.raises(OutsidePeriod) as refusal:
        invoiced(order, [line], period_start=before)

    assert refusal.value.rule == "R-INV-06"


def test_an_invoice_for_what_is_not_over_yet_is_refused(order):
    later = INVOICED_AT + timedelta(days=1)

    with nothing_happens(), pytest.raises(OutsidePeriod):
        invoiced(order, period_end=later)


def test_an_invoice_dated_in_the_future_is_refused(order):
    tomorrow = (INVOICED_AT + timedelta(days=1)).date()

    with nothing_happens(), pytest.raises(OutsidePeriod):
        invoiced(order, invoiced_on=tomorrow)


@pytest.mark.rule("R-INV-05", case="allowed")
def test_as_much_as_is_obligated_can_be_invoiced(order):
    # Forty dollars are obligated: five million tokens of text cost forty dollars
    invoice = invoiced(order, [stated("OUT_TEXT", 5_000_000, acrn="AA")])

    assert Dollars(invoice.total_dollars) == Dollars("40.00")


@pytest.mark.rule("R-INV-05", case="refused")
def test_more_than_is_obligated_is_refused(order):
    with nothing_happens(), pytest.raises(AmountExceedsObligation) as refusal:
        invoiced(order, [stated("OUT_TEXT", 5_001_250)])

    assert refusal.value.rule == "R-INV-05"
    assert refusal.value.data["short_by"] == Dollars("0.01")


def test_what_another_invoice_asks_for_is_no_longer_free(order):
    invoiced(order, [stated("OUT_TEXT", 4_000_000)])

    with nothing_happens(), pytest.raises(AmountExceedsObligation):
        invoiced(order, [stated("OUT_REASONING", 1_250_000)], number="MM-2604-002")


def test_an_acrn_that_the_line_does_not_have_is_a_defect(order):
    with nothing_happens(), pytest.raises(ImproperInvoice):
        invoiced(order, [stated("OUT_TEXT", 10_000, acrn="ZZ")])


def test_a_wrong_price_is_received_and_left_to_the_comparison(order):
    invoice = invoiced(order, [stated("OUT_TEXT", 70_004, price="9.50")])

    assert invoice.state == InvoiceState.RECEIVED


@pytest.mark.parametrize(
    "outsider", ["other_vendor_signer", "vendor_b_signer", "contracting_officer"]
)
def test_nobody_else_invoices_for_the_vendor(order, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        invoiced(order, by=actor(outsider))


def test_a_member_of_the_vendor_may_invoice_by_hand(order):
    invoiced(order, lines_of(), by=actor("vendor_a_member"))

    assert Invoice.objects.get().received_by == "Ria Meridian"
