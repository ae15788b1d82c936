"""The vendor's release: what is used and never accepted does not block the end."""

import pytest
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.billing.refusals import AmountExceedsObligation
from contracting.closeout.models import ClaimsRelease, CompletionStatement
from contracting.closeout.operations.close_out_order import close_out_order
from contracting.closeout.operations.release_claims import release_claims
from contracting.closeout.queries import unclaimed_of
from contracting.closeout.refusals import (
    AlreadyClosedOut,
    CloseOutIncomplete,
    NotReleasable,
    ReleaseOutdated,
    StatementMissing,
)
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, Tokens
from contracting.documents.models import Document
from contracting.ledger.models import LineOfAccounting
from contracting.notices.models import Notice
from contracting.operate.queries import broken_invariants
from contracting.orders.states import FundsDraft, TaskOrderState
from tests.builders_metering import PRICES, assert_the_books_balance
from tests.builders_orders import issued_order, line, line_of_accounting
from tests.builders_settlement import (
    CLOSED_AT,
    USED,
    accepted_invoice,
    balances,
    certified_payment,
    closed_order,
    completed_order,
    paid_invoice,
    received_invoice,
    reported,
    resolved,
    used_order,
)
from tests.cast import actor, client_for, nothing_happens, submit

TOKENS = sum(USED.values())
FEWER = USED | {"OUT_TEXT": USED["OUT_TEXT"] - 100_000}
"""A hundred thousand tokens of output less than was used: eighty cents."""

WORDS = "Our books for this order are closed."


def release(order, by=None, **more):
    """Release the claims under an order, as the vendor's signer who read the page."""
    given = {
        "order_id": order.pk,
        "given_up": unclaimed_of(order).dollars,
        "statement": WORDS,
        "by": by or actor("vendor_a_signer"),
        "at": CLOSED_AT,
    }
    return release_claims(**(given | more))


@pytest.fixture
def under_billed(db):
    """A complete order whose vendor has billed and reported less than was used."""
    order = used_order()
    reported(order, tokens=FEWER)
    paid_invoice(order=order, billed=FEWER)
    resolved(order)
    return completed_order(order=order)


@pytest.mark.rule("R-CLO-04", case="allowed")
def test_what_the_vendor_never_billed_is_given_up_and_goes_back(under_billed):
    # Given usage that meter counted and neither report nor invoice did
    order = under_billed
    open_now = unclaimed_of(order)
    assert open_now.tokens == Tokens(100_000)
    assert open_now.dollars == Dollars("0.80")
    with nothing_happens(), pytest.raises(CloseOutIncomplete):
        closed_order(order=order)

    # When the vendor releases its claims
    released = release(order)

    # Then its word is kept, and the officer is told
    assert released.dollars == Dollars("0.80").amount
    assert released.tokens == 100_000
    notice = Notice.objects.latest("pk")
    assert "released its claims" in notice.title
    assert "$0.8, 100,000 TOK" in notice.body
    assert events_of(order.subject).latest("pk").event == "closeout.claims.released"
    assert unclaimed_of(order) == open_now

    # And at close-out its dollars go back while its tokens stay used
    funds = LineOfAccounting.objects.get(label="Claims modernization").funds
    before = funds.free
    statement = closed_order(order=order)
    (row,) = balances(order)
    assert row.obligated_dollars == row.paid_dollars
    assert row.given_up_dollars == Dollars("0.80").amount
    assert row.consumed_tokens == TOKENS
    funds.refresh_from_db()
    assert funds.free - before == Dollars(40) - Dollars(row.paid_dollars)
    assert statement.figures["given_up"] == "0.8"
    assert statement.figures["given_up_tokens"] == 100_000
    assert statement.figures["used_tokens"] == TOKENS
    paper = str(Document.objects.get(kind="completion_statement").context)
    assert "Given up by the vendor, dollars" in paper
    assert "accepted or given up by the vendor" in paper
    assert_the_books_balance()
    assert broken_invariants() == {}


def test_calls_that_the_report_leaves_out_are_given_up(db):
    # Given a report and an invoice without one of the two calls
    order = used_order()
    only = {"IN_UNCACHED": USED["IN_UNCACHED"]}
    reported(order, tokens=only)
    paid_invoice(order=order, billed=only)
    resolved(order)
    completed_order(order=order)

    # When the vendor gives up the rest, to the last digit
    assert release(order).dollars == Dollars("5.234568").amount

    # Then the order is closed out
    closed_order(order=order)
    assert broken_invariants() == {}


def test_an_invoice_below_the_price_ends_too(db):
    # Given an invoice at half of the order's price
    order = used_order()
    reported(order)
    invoice = accepted_invoice(order=order, prices=PRICES | {"OUT_TEXT": "4.00"})
    paid_invoice(certification=certified_payment(invoice=invoice))
    resolved(order)
    completed_order(order=order)

    # Then tokens are accepted in full, and dollars are left to give up
    open_now = unclaimed_of(order)
    assert open_now.tokens == Tokens(0)
    assert open_now.dollars == Dollars("2.617284")
    release(order)
    closed_order(order=order)
    assert broken_invariants() == {}


def test_funds_that_are_burnt_to_the_last_cent_in_halves_of_a_cent_end_too(db):
    # Given ten dollars, used as 3.335 and 6.665
    funds = FundsDraft("AA", line_of_accounting().pk, Dollars("10.00"))
    burnt = line(dollars=funds.dollars, funds=[funds])
    used = {"IN_UNCACHED": 1_667_500, "OUT_TEXT": 833_125}
    order = used_order(order=issued_order(lines=[burnt]), tokens=used)
    assert balances(order)[0].funds_left == Dollars(0)
    reported(order, tokens=used)

    # When it is invoiced a cent above the funds, that is sent back
    with pytest.raises(AmountExceedsObligation):
        received_invoice(order=order, billed=used)

    # And with a token less it is paid as far as the funds and their rounding go
    payment = paid_invoice(order=order, billed=used | {"OUT_TEXT": 833_124})
    assert payment.dollars == Dollars("9.99").amount
    resolved(order)
    completed_order(order=order)

    # Then what is left is a few tokens, which the vendor gives up
    assert unclaimed_of(order).tokens == Tokens(2)
    release(order)
    statement = closed_order(order=order)
    assert statement.deobligated_dollars == Dollars("0.01").amount
    (row,) = balances(order)
    assert row.obligated_dollars == row.paid_dollars
    assert broken_invariants() == {}


def test_a_release_is_of_the_amount_that_was_shown(under_billed):
    with nothing_happens(), pytest.raises(ReleaseOutdated) as refusal:
        release(under_billed, given_up=Dollars("0.70"))

    assert "You were shown $0.7; $0.8 is given up now" in refusal.value.message


@pytest.mark.rule("R-CLO-04", case="refused")
def test_nothing_is_released_while_an_invoice_may_still_be_paid(db):
    # Given an order with an invoice that is accepted and not paid
    order = used_order()
    reported(order)
    invoice = received_invoice(order=order)
    completed_order(order=order)

    for step in (lambda: None, lambda: accepted_invoice(invoice=invoice)):
        step()
        with nothing_happens(), pytest.raises(NotReleasable) as refusal:
            release(order)
        assert refusal.value.rule == "R-CLO-04"
        assert f"Invoice {invoice.number} is" in refusal.value.message
    certified_payment(invoice=invoice)


def test_an_order_that_still_runs_is_not_released(db):
    order = used_order()

    with nothing_happens(), pytest.raises(NotReleasable) as refusal:
        release(order)

    assert "Complete it first" in refusal.value.message


def test_a_release_says_why(under_billed):
    with nothing_happens(), pytest.raises(StatementMissing):
        release(under_billed, statement="  ")


def test_after_close_out_nothing_is_released(closed):
    with nothing_happens(), pytest.raises(AlreadyClosedOut):
        release(closed.order)


@pytest.mark.parametrize(
    "part",
    [
        "contracting_officer",
        "cor",
        "vendor_b_signer",
        "other_vendor_signer",
        "other_agency_officer",
    ],
)
def test_only_the_vendors_signer_releases_its_claims(completed, part):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        release(completed, by=actor(part))

    assert refusal.value.rule == "R-CLO-04"


def test_a_vendor_signs_its_release_on_the_page(
    under_billed, told_the_time, vendor_a_signer, contracting_officer
):
    # Given a signer who finds the order among those to release
    address = reverse("closeout:release_claims", args=[under_billed.public_id])
    browser = client_for(vendor_a_signer)
    assert address in browser.get(reverse("closeout:close_outs")).content.decode()
    page = browser.get(address).content.decode()
    assert "gives up <strong>$0.80</strong>, 100,000 tokens" in page

    # When the form is signed
    data = {"given_up": "0.8", "statement": WORDS, "confirm": "on"}
    response = submit(browser, address, data)
    assert response.status_code == 303
    assert ClaimsRelease.objects.get(order=under_billed).statement == WORDS

    # Then the officer reads it above the last signature, and closes out
    close_page = reverse("closeout:close_out_order", args=[under_billed.public_id])
    officer = client_for(contracting_officer)
    text = officer.get(close_page).content.decode()
    assert WORDS in text
    assert submit(officer, close_page, {"confirm": "on"}).status_code == 303
    under_billed.refresh_from_db()
    assert under_billed.state == TaskOrderState.CLOSED
    statement = CompletionStatement.objects.get(order=under_billed)
    text = officer.get(statement.path).content.decode()
    assert "Given up by the vendor" in text


@pytest.mark.parametrize(
    "part", ["other_agency_officer", "other_vendor_signer", "vendor_b_signer"]
)
def test_for_an_outsider_there_is_nothing_to_release(completed, told_the_time, part):
    address = reverse("closeout:release_claims", args=[completed.public_id])
    browser = client_for(actor(part))

    with nothing_happens():
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"form_token": "x"}).status_code == 404


def test_the_release_covers_no_more_than_it_names(under_billed):
    # Given a release that names less than is open
    release(under_billed)
    ClaimsRelease.objects.create(
        contract=under_billed.contract,
        order=under_billed,
        dollars=Dollars("0.10").amount,
        tokens=1,
        statement=WORDS,
        signed_by=ClaimsRelease.objects.get().signed_by,
        signed_at=CLOSED_AT,
    )

    # When the order is closed out
    with nothing_happens(), pytest.raises(CloseOutIncomplete) as refusal:
        close_out_order(
            order_id=under_billed.pk, by=actor("contracting_officer"), at=CLOSED_AT
        )

    # Then the rest stands in the way
    assert "it has released $0.1." in refusal.value.message
