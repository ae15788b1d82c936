"""What finance says is recorded whole, held against what is owed, and once."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.payments.calculations.batches import ANSWER
from contracting.payments.models import Payment, PaymentCertification
from contracting.payments.operations.import_payment_status import (
    Imported,
    import_payment_status,
)
from contracting.payments.refusals import StatusRefused
from tests.builders_settlement import PAID_AT, PAYABLE
from tests.cast import actor, client_for, nothing_happens, submit


def answer(*rows):
    return "\n".join([",".join(ANSWER), *(",".join(row) for row in rows), ""]).encode()


def paid_row(voucher, **changed):
    row = {
        "voucher_number": voucher.voucher_number,
        "status": "PAID",
        "paid_on": "2026-05-28",
        "reference": "TRACE-7",
        "amount": PAYABLE,
        "reason": "",
        **changed,
    }
    return [row[name] for name in ANSWER]


def imported(voucher, content, part="payment_certifier"):
    return import_payment_status(
        agency_id=voucher.invoice.order.contract.agency_id,
        content=content,
        by=actor(part),
        at=PAID_AT,
    )


def test_a_payment_is_recorded_and_the_same_file_again_is_known(certified):
    content = answer(paid_row(certified))

    assert imported(certified, content) == Imported(paid=1, returned=0, known=0)
    assert Payment.objects.get().reference == "TRACE-7"
    assert imported(certified, content) == Imported(paid=0, returned=0, known=1)


def test_the_file_of_a_payment_that_came_back_later_is_still_known(certified):
    content = answer(paid_row(certified))
    imported(certified, content)
    imported(certified, answer(paid_row(certified, status="RETURNED", reason="Closed")))

    assert imported(certified, content) == Imported(paid=0, returned=0, known=1)
    assert not PaymentCertification.objects.get(pk=certified.pk).is_paid


def test_a_return_is_recorded_with_its_reason(certified):
    row = paid_row(certified, status="RETURNED", reason="Account closed")

    assert imported(certified, answer(row)) == Imported(paid=0, returned=1, known=0)
    certified.refresh_from_db()
    assert certified.payment_return.reason == "Account closed"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"amount": "9.91"}, "is certified"),
        ({"amount": "9.915"}, "whole cents"),
        ({"paid_on": "28 May"}, "no day"),
        ({"paid_on": "2026-05-20"}, "may be paid from"),
        ({"status": "DONE"}, "status"),
        ({"voucher_number": "X-V001"}, "no voucher"),
        ({"reference": ""}, "trace number"),
        ({"status": "RETURNED"}, "Say why"),
        ({"reference": "TRACE\0"}, "NUL"),
        ({"reason": "x" * 4_001}, "more than 4,000"),
    ],
)
def test_a_row_that_cannot_be_recorded_stops_the_file(certified, changed, words):
    with nothing_happens(), pytest.raises(StatusRefused, match=words):
        imported(certified, answer(paid_row(certified, **changed)))


@pytest.mark.parametrize("content", [b"", b"\xff", b"a,b\n1,2\n", answer()])
def test_a_file_that_is_none_is_refused(certified, content):
    with nothing_happens(), pytest.raises(StatusRefused):
        imported(certified, content)


def test_a_voucher_is_named_once(certified):
    with nothing_happens(), pytest.raises(StatusRefused, match="twice"):
        imported(certified, answer(paid_row(certified), paid_row(certified)))


def test_nobody_else_imports(certified):
    with nothing_happens(), pytest.raises(NotAllowed):
        imported(certified, answer(paid_row(certified)), part="cor")


def test_the_page_takes_the_file(certified, told_the_time):
    told_the_time(PAID_AT)
    browser = client_for(actor("payment_certifier"))
    address = reverse("payments:import_payment_status")
    wrong = answer(paid_row(certified, amount="1.00"))

    page = submit(
        browser, address, {"file": SimpleUploadedFile("s.csv", wrong, "text/csv")}
    )
    assert page.status_code == 422

    right = answer(paid_row(certified))
    page = submit(
        browser, address, {"file": SimpleUploadedFile("s.csv", right, "text/csv")}
    )
    assert page.status_code == 303
    assert Payment.objects.count() == 1
