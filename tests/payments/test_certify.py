"""The certifying officer's signature: what, from which funds, and when it is due."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.operations.grant_membership import grant_membership
from accounts.queries import actor_of
from accounts.states import Role
from contracting.audit.queries import events_of
from contracting.billing.states import InvoiceState
from contracting.core.errors import NotAllowed
from contracting.core.periods import is_business_day
from contracting.core.quantities import Dollars
from contracting.ledger.models import LineOfAccounting
from contracting.ledger.refusals import AccountCancelled
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.notices.models import Notice
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.states import FundsDraft
from contracting.payments.calculations import due_on
from contracting.payments.models import PaymentCertification
from contracting.payments.operations.certify import certify_payment
from contracting.payments.queries import classification_of
from contracting.payments.refusals import AlreadyCertified, NotAccepted
from tests.builders_credits import credited
from tests.builders_metering import assert_the_books_balance
from tests.builders_modifications import drafted_contract_modification
from tests.builders_orders import (
    MODIFIED_AT,
    funded_modification,
    issued_order,
    line,
    line_of_accounting,
)
from tests.builders_settlement import (
    CERTIFIED_AT,
    DUE_ON,
    PAYABLE,
    USED,
    accepted_invoice,
    certified_payment,
    paid_invoice,
    received_invoice,
    reported,
    used_order,
)
from tests.cast import actor, client_for, nothing_happens, submit


def also_certifier(part: str):
    """The same person in a second membership, as a payment certifier."""
    one = actor(part)
    member = grant_membership(
        organization_id=one.own_organization_id,
        user_id=one.own_user_id,
        role=Role.PAYMENT_CERTIFIER,
        by=actor("administrator"),
        at=CERTIFIED_AT - timedelta(days=30),
    )
    return actor_of(member)


@pytest.mark.rule("R-FND-10", case="allowed")
@pytest.mark.rule("R-ROL-04", case="allowed")
def test_a_third_person_certifies_what_was_accepted(accepted, payment_certifier):
    # When somebody who neither accepted the usage nor signed the order certifies it
    certification = certify_payment(
        invoice_id=accepted.pk, by=payment_certifier, at=CERTIFIED_AT
    )

    # Then the voucher names the accepted cents, its funds and its day
    assert certification.dollars == Dollars(PAYABLE).amount
    assert certification.due_on == DUE_ON
    assert certification.voucher_number == f"{accepted.order.piid}-V001"
    (part,) = classification_of(certification)
    assert (part.clin, part.acrn, part.dollars) == ("0001", "AA", Dollars(PAYABLE))

    # And the invoice, the record and the vendor know
    accepted.refresh_from_db()
    assert accepted.state == InvoiceState.CERTIFIED
    (event,) = events_of(certification.subject)
    assert (event.event, event.actor_name) == (
        "payments.payment.certified",
        "Ned Payment",
    )
    notices = Notice.objects.filter(subject_kind="payments.certification")
    assert {str(notice.recipient_user) for notice in notices} == {
        "Quin Meridian",
        "Ria Meridian",
        "Sol Meridian",
    }
    assert notices[0].title == f"Invoice {accepted.number}: ${PAYABLE} will be paid"
    assert_the_books_balance()


@pytest.mark.rule("R-FND-05", case="refused")
def test_what_a_closed_account_owes_is_not_certified(accepted, payment_certifier):
    # Given accepted usage on funds that ended on 30 September 2020
    LineOfAccounting.objects.update(
        funds_available_from=date(2019, 10, 1), funds_available_to=date(2020, 9, 30)
    )

    with nothing_happens(), pytest.raises(AccountCancelled) as refusal:
        certify_payment(invoice_id=accepted.pk, by=payment_certifier, at=CERTIFIED_AT)

    # Then the way to current funds is told
    assert refusal.value.rule == "R-FND-05"
    assert "31 U.S.C. 1553(b)" in str(refusal.value)


@pytest.mark.rule("R-ROL-04", case="refused")
@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("cor", "You accepted this usage"),
        ("contracting_officer", "You signed the order"),
    ],
)
def test_who_accepted_or_signed_cannot_certify(accepted, part, reason):
    # Given the acceptor and the signer, each also a certifying officer
    certifier = also_certifier(part)

    # When they certify
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        certify_payment(invoice_id=accepted.pk, by=certifier, at=CERTIFIED_AT)

    # Then somebody else must
    assert refusal.value.rule == "R-ROL-04"
    assert reason in refusal.value.message


def test_usage_worth_less_than_half_a_cent_is_settled_at_nothing(db):
    # Given an order of which a hundred tokens were used: $0.0002
    few = {"IN_UNCACHED": 100}
    order = used_order(tokens=few)
    reported(order, tokens=few)

    # When it is invoiced, accepted, certified and recorded at $0.00
    payment = paid_invoice(order=order, billed=few)

    # Then the invoice is settled and names no funds
    certification = payment.certification
    assert certification.dollars == 0
    assert certification.by_acrn == {}
    certification.invoice.refresh_from_db()
    assert certification.invoice.state == InvoiceState.PAID
    assert_the_books_balance()


def of_the_order(accepted):
    ready = funded_modification(on=accepted.order)
    return issue_modification(
        modification_id=ready.pk,
        by=actor("second_contracting_officer"),
        at=MODIFIED_AT + timedelta(hours=2),
        seen_version=ready.version,
    )


def of_the_contract(accepted):
    ready = drafted_contract_modification(
        on=accepted.order.contract, authority="B", terms={"title": "Language models"}
    )
    return issue_contract_modification(
        modification_id=ready.pk,
        by=actor("second_contracting_officer"),
        at=MODIFIED_AT + timedelta(hours=2),
        seen_version=ready.version,
    )


@pytest.mark.rule("R-ROL-04", case="refused")
@pytest.mark.parametrize("signed", [of_the_order, of_the_contract])
def test_who_signed_a_modification_cannot_certify(accepted, signed):
    # Given a second officer who has signed a modification, and no more
    signed(accepted)
    certifier = also_certifier("second_contracting_officer")

    # When they certify
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        certify_payment(invoice_id=accepted.pk, by=certifier, at=CERTIFIED_AT)

    # Then somebody else must
    assert refusal.value.rule == "R-ROL-04"
    assert "You signed a modification" in refusal.value.message


@pytest.mark.parametrize(
    "part",
    [
        "cor",
        "contracting_officer",
        "funds_certifier",
        "auditor",
        "vendor_a_signer",
        "other_agency_officer",
        "other_vendor_signer",
    ],
)
def test_nobody_else_certifies(accepted, part):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        certify_payment(invoice_id=accepted.pk, by=actor(part), at=CERTIFIED_AT)

    assert refusal.value.rule == "R-ROL-04"


@pytest.mark.rule("R-FND-10", case="refused")
def test_nothing_is_paid_before_it_is_accepted(order, payment_certifier):
    # Given an invoice that nobody has accepted
    invoice = received_invoice(order=order)

    # When its payment is certified
    with nothing_happens(), pytest.raises(NotAccepted) as refusal:
        certify_payment(invoice_id=invoice.pk, by=payment_certifier, at=CERTIFIED_AT)

    # Then the rule against advance payment is named
    assert refusal.value.rule == "R-FND-10"


def test_a_second_certifying_officer_is_told_of_the_first(certified):
    for state in ("certified", "paid"):
        if state == "paid":
            paid_invoice(certification=certified)
        with nothing_happens(), pytest.raises(AlreadyCertified):
            certified_payment(invoice=certified.invoice)


def test_what_differs_stays_withheld(order):
    # Given an invoice for a thousand tokens more than were used
    billed = USED | {"OUT_TEXT": USED["OUT_TEXT"] + 1_000_000}
    invoice = accepted_invoice(order=order, billed=billed)

    # When its undisputed part is certified
    certification = certified_payment(invoice=invoice)

    # Then what was used is paid, and the rest is not
    assert certification.dollars == Dollars(PAYABLE).amount
    assert invoice.total_dollars - certification.dollars == Dollars("8.00").amount


def test_a_voucher_names_every_acrn_exactly_as_usage_drew_on_it(db):
    # Given usage that goes over from one line of accounting to the next
    funds = [
        FundsDraft("AA", line_of_accounting().pk, Dollars("3.00"), Dollars("3.00")),
        FundsDraft("AB", line_of_accounting("Second pot").pk, Dollars("37.00")),
    ]
    order = issued_order(lines=[line(funds=funds)])
    used_order(order=order)
    reported(order)

    # When its payment is certified and recorded
    certification = certified_payment(order=order)
    paid_invoice(certification=certification)

    # Then each pot bears what was drawn on it, to the last digit
    parts = {part.acrn: part.dollars for part in classification_of(certification)}
    assert parts == {"AA": Dollars("3.00"), "AB": Dollars("6.92")}
    assert_the_books_balance()


def test_vouchers_of_an_order_are_numbered_without_a_gap(order):
    # Given a second invoice on the same order
    first = certified_payment(order=order, billed={"IN_UNCACHED": USED["IN_UNCACHED"]})
    second = certified_payment(
        order=order, billed={"OUT_TEXT": USED["OUT_TEXT"]}, number="MM-2604-002"
    )

    # Then their vouchers follow each other, and together pay what was used
    assert [each.voucher_number[-4:] for each in (first, second)] == ["V001", "V002"]
    assert first.dollars + second.dollars == Dollars(PAYABLE).amount
    assert_the_books_balance()


# When it is due -----------------------------------------------------------------------


@pytest.mark.rule("R-PAY-01", case="allowed")
@pytest.mark.parametrize(
    ("received", "accepted", "due", "why"),
    [
        (
            date(2026, 4, 27),
            date(2026, 4, 29),
            date(2026, 5, 29),
            "acceptance is later",
        ),
        (date(2026, 4, 27), date(2026, 4, 27), date(2026, 5, 27), "same day"),
        (
            date(2025, 12, 23),
            date(2025, 12, 23),
            date(2026, 1, 22),
            "over the holidays",
        ),
        (date(2026, 4, 25), date(2026, 4, 25), date(2026, 5, 26), "a Saturday, then"),
        (date(2028, 2, 29), date(2028, 2, 29), date(2028, 3, 30), "a leap day"),
        (date(2026, 5, 20), date(2026, 5, 20), date(2026, 6, 22), "Juneteenth, Friday"),
        (date(2025, 12, 20), date(2025, 12, 20), date(2026, 1, 20), "Dr. King's day"),
    ],
)
def test_payment_is_due_thirty_days_after_the_later_day(received, accepted, due, why):
    assert due_on(received=received, accepted=accepted, payment_days=30) == due, why


@pytest.mark.rule("R-PAY-01", case="refused", held_by="arithmetic")
def test_a_day_of_rest_is_never_the_day_on_which_payment_is_due():
    first = date(2026, 1, 1)
    for number in range(4 * 366):
        received = first + timedelta(days=number)
        due = due_on(received=received, accepted=received, payment_days=30)
        assert is_business_day(due)
        assert timedelta(days=30) <= due - received <= timedelta(days=34)


@pytest.mark.parametrize(
    ("received_at", "days_to_accept", "due"),
    [
        # Received on 23 December, accepted on the 24th
        (datetime(2026, 12, 23, 20, 0, tzinfo=UTC), 1, date(2027, 1, 25)),
        # Received late on a Friday in Washington, which is Saturday in UTC
        (datetime(2026, 5, 2, 2, 0, tzinfo=UTC), 0, date(2026, 6, 1)),
        # Received and accepted on a Saturday; Memorial Day is moved to Tuesday
        (datetime(2026, 4, 25, 15, 0, tzinfo=UTC), 0, date(2026, 5, 26)),
    ],
)
def test_days_are_counted_where_the_contract_counts_them(
    order, received_at, days_to_accept, due
):
    # Given an invoice received and accepted at these instants
    invoice = received_invoice(order=order, at=received_at)
    accepted_at = received_at + timedelta(days=days_to_accept)
    accepted_invoice(invoice=invoice, at=accepted_at)

    # When it is certified
    certification = certified_payment(
        invoice=invoice, at=accepted_at + timedelta(days=1)
    )

    # Then the voucher has the right day
    assert certification.due_on == due


def test_a_certification_is_only_ever_added(certified):
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentCertification.objects.filter(pk=certified.pk).update(dollars=0)


def test_a_voucher_is_certified_as_it_was_read(accepted, told_the_time):
    # Given a page that was read before somebody found that the vendor owes a dollar
    told_the_time(CERTIFIED_AT)
    browser = client_for(actor("payment_certifier"))
    address = reverse("payments:certify_payment", args=[accepted.public_id])
    read = browser.get(address)
    form = {
        "form_token": read.context["form_token"],
        "seen_sha256": read.context["form"]["seen_sha256"].value(),
        "confirm": "on",
    }
    credited(accepted.order, "1.00", at=CERTIFIED_AT - timedelta(minutes=1))

    # When it is signed as it was read, it is refused, and nothing happens
    with nothing_happens():
        stale = browser.post(address, form)
    assert stale.status_code == 409
    assert "has changed since you read it" in stale.content.decode()
    with nothing_happens():
        assert browser.post(address, {**form, "seen_sha256": ""}).status_code == 422

    # Then what it shows now can be signed
    signed = submit(browser, address, {"confirm": "on", "set_off": "on"})
    assert signed.status_code == 303
    voucher = PaymentCertification.objects.get(invoice=accepted)
    assert voucher.offset_dollars == Dollars("1.00").amount
