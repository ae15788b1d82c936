"""An invoice is filled in with what meter and report agree on; edits are marked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as some

from contracting.billing.calculations import read_lines
from contracting.billing.models import Invoice, InvoiceDraft
from contracting.billing.queries.drafts import edits_of
from contracting.core.errors import NotAllowed
from contracting.core.quantities import UnitPrice
from contracting.reconciliation.matching.agreed import agreed_lines
from contracting.reconciliation.operations.draft_invoice import draft_invoice
from contracting.reconciliation.refusals import NothingAgreed
from contracting.reconciliation.states import Metered, Reported, Slot
from tests.builders_billing import (
    CALLS,
    COUNTS,
    HOUR,
    INVOICED_AT,
    TOTAL,
    Call,
    header_of,
    invoiced,
    lines_of,
    reported,
)
from tests.cast import actor, client_for, nothing_happens, submit

APRIL = datetime(2026, 4, 1, 4, tzinfo=UTC)
MAY = datetime(2026, 5, 1, 4, tzinfo=UTC)
KEY = (1, 1, "STANDARD", "OUT_TEXT")
DAY = date(2026, 4, 20)
PRICE = UnitPrice("8.00")


def drafted(order, *, by="vendor_a_member", start=APRIL, end=MAY):
    return draft_invoice(
        order_id=order.pk,
        period_start=start,
        period_end=end,
        by=actor(by),
        at=INVOICED_AT,
    )


def counts_of(draft):
    return {line["token_class"]: int(line["tokens"]) for line in draft.lines}


def test_what_both_sides_count_is_filled_in(order):
    reported(order)

    assert counts_of(drafted(order)) == COUNTS


def test_of_each_call_the_smaller_count_is_filled_in(order):
    # Given a report that leaves out r-1 and doubles the output of r-2
    _first, second, third = CALLS
    doubled = Call("r-2", {**second.tokens, "OUT_TEXT": 40_002}, attempt=2, minute=20)
    reported(order, [doubled, third, Call("r-9", {"OUT_TEXT": 5}, minute=50)])

    assert counts_of(drafted(order)) == {
        "IN_UNCACHED": 250_000,
        "IN_CACHE_READ": 30_000,
        "OUT_TEXT": 20_001,
        "OUT_REASONING": 12_345,
    }


def test_what_is_invoiced_already_is_left_out(order):
    reported(order)
    invoiced(order, lines_of()[:1])

    assert "IN_UNCACHED" not in counts_of(drafted(order, start=HOUR[0], end=HOUR[1]))


def test_without_a_report_there_is_nothing_to_fill_in(order):
    with nothing_happens(), pytest.raises(NothingAgreed):
        drafted(order)


@pytest.mark.parametrize("outsider", ["vendor_b_signer", "cor", "other_agency_officer"])
def test_nobody_else_fills_one_in(order, outsider):
    reported(order)

    with nothing_happens(), pytest.raises(NotAllowed):
        drafted(order, by=outsider)


def form_of(page, order, **changed):
    zone_free = "%Y-%m-%dT%H:%M:%S"
    initial = page.context["form"].initial
    local = timedelta(hours=-4)
    return {
        **{name: initial[name] for name in ("draft", "lines", "total")},
        "period_start": (initial["period_start"] + local).strftime(zone_free),
        "period_end": (initial["period_end"] + local).strftime(zone_free),
        "number": "MM-1",
        "invoiced_on": "2026-04-27",
        **header_of(order),
        **changed,
    }


def test_a_vendor_sends_what_was_filled_in_and_edits_are_marked(order, told_the_time):
    # Given a vendor that lets an invoice be filled in with one click
    reported(order)
    browser = client_for(actor("vendor_a_member"))
    page = reverse("reconciliation:draft_invoice", args=[order.public_id])
    sent = submit(
        browser,
        page,
        {
            "period_start": "2026-04-20T00:00:00",
            "period_end": "2026-04-21T00:00:00",
        },
    )
    assert sent.status_code == 303
    filled = browser.get(sent.url)
    assert filled.context["form"].initial["total"] == TOTAL.plain()

    # When it lowers one line and sends it
    lower = filled.context["form"].initial["lines"].replace("70004,8", "70003,8")
    where = reverse("billing:receive_invoice", args=[order.public_id])
    answer = submit(browser, where, form_of(filled, order, lines=lower))

    # Then the invoice is received, and both sides read what was changed
    assert answer.status_code == 303
    invoice = Invoice.objects.get()
    assert invoice.draft == InvoiceDraft.objects.get()
    edits = edits_of(invoice)
    assert len(edits) == 1, edits
    (edit,) = edits
    assert "70,003 tokens instead of 70,004" in edit
    shown = client_for(actor("cor")).get(invoice.path).content.decode()
    assert "70,003 tokens instead of 70,004" in shown
    for outsider, status in (("vendor_b_signer", 404), ("cor", 403)):
        assert client_for(actor(outsider)).get(page).status_code == status


def test_what_was_filled_in_is_a_proper_invoice_as_it_stands(order):
    reported(order)
    draft = drafted(order, start=HOUR[0], end=HOUR[1])

    invoice = invoiced(order, read_lines(draft.lines), draft=draft.public_id)

    assert edits_of(invoice) == []
    assert invoice.total_dollars == TOTAL.amount


def row(kind, request, tokens, *, minute=0, bucket=None):
    more = {"bucket": bucket} if kind is Reported else {}
    return kind(
        request_id=request,
        attempt=1,
        order_line_id=1,
        model_id=1,
        token_class="OUT_TEXT",
        tier="STANDARD",
        occurred_at=HOUR[0] + timedelta(minutes=minute),
        day=DAY,
        tokens=tokens,
        price=PRICE,
        **more,
    )


def agreed_on(metered, said, billed=()):
    lines, left_out = agreed_lines(
        metered,
        said,
        period=(APRIL, MAY),
        prices={KEY: [(APRIL, None, PRICE)]},
        billed={KEY: list(billed)},
    )
    return [line.tokens.count for line in lines], left_out


@settings(max_examples=60, deadline=None)
@given(
    ours=some.dictionaries(some.sampled_from("abcdef"), some.integers(0, 99)),
    theirs=some.dictionaries(some.sampled_from("abcdef"), some.integers(0, 99)),
)
def test_never_more_than_either_side_counts(ours, theirs):
    found, _ = agreed_on(
        [row(Metered, name, tokens) for name, tokens in ours.items()],
        [row(Reported, name, tokens) for name, tokens in theirs.items()],
    )

    both = sum(min(tokens, theirs.get(name, 0)) for name, tokens in ours.items())
    assert sum(found) == both
    assert sum(found) <= min(sum(ours.values()), sum(theirs.values()))


def test_a_sum_of_a_day_is_compared_with_our_sum_of_the_day():
    slot = Slot(APRIL, MAY, DAY)

    found, _ = agreed_on(
        [row(Metered, "a", 60), row(Metered, "b", 50, minute=9)],
        [row(Reported, "", 100, bucket=slot)],
    )

    assert found == [100]


@pytest.mark.parametrize(
    ("billed", "tokens", "left_out"),
    [
        ([(APRIL, HOUR[0])], [7], []),
        ([(HOUR[1], MAY)], [7], []),
        ([(APRIL, HOUR[1])], [], []),
        ([(HOUR[0], HOUR[1])], [], [KEY]),
    ],
    ids=["begins later", "ends sooner", "all of it", "in two pieces"],
)
def test_only_the_rest_of_the_period_is_asked_for(billed, tokens, left_out):
    assert agreed_on([row(Metered, "a", 7)], [row(Reported, "a", 7)], billed) == (
        tokens,
        left_out,
    )
