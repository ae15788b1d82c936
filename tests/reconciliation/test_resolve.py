"""A discrepancy closes with a code and a reason, and nothing on record is changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.billing.states import InvoiceState
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.documents.queries import documents_of
from contracting.payments.operations.certify import certify_payment
from contracting.reconciliation.models import Acceptance, Finding
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.dispute import dispute_finding
from contracting.reconciliation.operations.resolve import resolve_finding
from contracting.reconciliation.queries.inbox import effects_of, seen_of
from contracting.reconciliation.refusals import AlreadyResolved, ResolutionMissing
from contracting.reconciliation.states import FindingState
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    COUNTS,
    Call,
    compared,
    invoiced,
    lines_of,
    reported,
)
from tests.builders_metering import assert_the_books_balance
from tests.cast import actor, nothing_happens

RESOLVED_AT = ACCEPTED_AT + timedelta(days=1)
REASON = "The gateway saw this call once."


@pytest.fixture
def finding(order):
    """A call that the vendor lists twice: a third of the usage, so of tier 3."""
    reported(order, [*CALLS, CALLS[1]])
    compared(order)
    return Finding.objects.get(order=order)


@pytest.fixture
def small(order):
    """A stranger of a thousand tokens, which a representative may settle."""
    reported(order, [*CALLS, Call("r-9", {"OUT_TEXT": 1_000})])
    compared(order)
    return Finding.objects.get(order=order)


@pytest.fixture
def waiting(order):
    """An invoice of cached input at the full price, compared and not accepted yet."""
    reported(order)
    counts = {**COUNTS, "IN_UNCACHED": 780_001}
    del counts["IN_CACHE_READ"]
    invoice = invoiced(order, lines_of(counts))
    compared(order, invoice)
    return Finding.objects.get(order=order)


@pytest.fixture
def shifted(waiting):
    """The same, accepted but for that."""
    accept_usage(invoice_id=waiting.invoice_id, by=actor("cor"), at=ACCEPTED_AT)
    return waiting


def resolved(
    finding, *, code="accept-A", reason=REASON, by="contracting_officer", **more
):
    return resolve_finding(
        finding_id=finding.pk,
        code=code,
        reason=reason,
        **more,
        by=actor(by),
        at=RESOLVED_AT,
    )


def test_a_discrepancy_is_resolved_as_it_was_read(waiting):
    # Given an officer who reads what each resolution would do before the acceptance
    read = seen_of(effects_of(waiting, ACCEPTED_AT))

    # When the invoice is accepted meanwhile, so that accept-A makes something payable
    accept_usage(invoice_id=waiting.invoice_id, by=actor("cor"), at=ACCEPTED_AT)
    with nothing_happens(), pytest.raises(Stale, match="has changed since you read"):
        resolved(waiting, seen_sha256=read)

    # Then the officer reads it once more
    resolved(waiting, seen_sha256=seen_of(effects_of(waiting, RESOLVED_AT)))
    assert state_of(waiting) == FindingState.RESOLVED


def state_of(finding):
    return Finding.objects.get(pk=finding.pk).state


@pytest.mark.parametrize("code", ["accept-A", "credit", "rebill", "withdrawn"])
def test_a_discrepancy_closes_with_a_code_and_a_reason(finding, code):
    resolution = resolved(finding, code=code)

    assert (resolution.code, resolution.reason) == (code, REASON)
    assert resolution.resolved_by_name == "Ada Officer"
    assert state_of(finding) == FindingState.RESOLVED


@pytest.mark.rule("R-REC-04", case="refused")
@pytest.mark.parametrize(
    ("code", "reason"),
    [("accept-A", " "), ("", REASON), ("forget-it", REASON), ("arrived", REASON)],
)
def test_a_discrepancy_does_not_close_without_code_and_reason(finding, code, reason):
    with nothing_happens(), pytest.raises(ResolutionMissing) as refusal:
        resolved(finding, code=code, reason=reason)

    assert refusal.value.rule == "R-REC-04"


def test_what_is_settled_is_not_found_again(order, finding):
    resolved(finding)

    compared(order, at=RESOLVED_AT + timedelta(days=1))

    assert Finding.objects.filter(order=order).count() == 1


def test_a_disputed_discrepancy_is_resolved(finding):
    dispute_finding(
        finding_id=finding.pk, reason="Why twice?", by=actor("cor"), at=ACCEPTED_AT
    )

    resolved(finding, code="credit")

    assert state_of(finding) == FindingState.RESOLVED


def test_a_discrepancy_is_resolved_once(finding):
    resolved(finding)

    with nothing_happens(), pytest.raises(AlreadyResolved):
        resolved(finding, code="credit")


def test_what_the_invoice_put_into_a_dearer_class_is_paid_at_its_own_price(shifted):
    # When our meter's count of cached input is accepted after all
    resolution = resolved(shifted)

    # Then it is freed at the price of cached input
    freed = Acceptance.objects.get(finding=shifted)
    report = documents_of(freed.subject).get()
    assert report.kind == "receiving_report"
    (row,) = report.context["accepted"]
    assert (row["quantity"], row["amount"]) == (130_000, "0.13")
    assert "read from the cache" in row["description"]
    assert Dollars(freed.accepted_dollars) == Dollars("0.13")
    assert Dollars(resolution.payable_change_dollars) == Dollars("0.13")
    assert_the_books_balance()


def test_a_credit_frees_nothing(shifted):
    resolved(shifted, code="credit")

    assert not Acceptance.objects.filter(finding=shifted).exists()


def certified(finding, hours):
    return certify_payment(
        invoice_id=finding.invoice_id,
        by=actor("payment_certifier"),
        at=ACCEPTED_AT + timedelta(hours=hours),
    )


def test_what_is_freed_after_a_certification_is_certified_by_a_voucher_of_its_own(
    shifted,
):
    # Given the undisputed part is certified
    first = certified(shifted, hours=1)

    # When the rest is freed, then it waits for another voucher, which pays it alone
    resolved(shifted)
    shifted.invoice.refresh_from_db()
    assert shifted.invoice.state == InvoiceState.ACCEPTED
    freed = Acceptance.objects.get(finding=shifted)
    second = certified(shifted, hours=48)

    assert second.dollars == freed.accepted_dollars
    assert (first.voucher_number[-4:], second.voucher_number[-4:]) == ("V001", "V002")
    shifted.invoice.refresh_from_db()
    assert shifted.invoice.state == InvoiceState.CERTIFIED
    assert_the_books_balance()


@pytest.fixture
def forgotten(order):
    """A call that the vendor invoices and forgot to report; the rest is accepted."""
    reported(order, CALLS[:2])
    invoice = invoiced(order)
    compared(order, invoice)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)
    return Finding.objects.get(order=order, code="MISSING_B")


@pytest.mark.rule("R-REC-03", case="allowed")
def test_what_our_meter_counted_and_the_invoice_asks_for_is_paid_after_all(forgotten):
    # When our count is accepted
    resolution = resolved(forgotten)

    # Then the call is payable on its own lines, with a receiving report of its own
    freed = Acceptance.objects.get(finding=forgotten)
    assert {
        row.token_class_code: row.payable_tokens
        for row in freed.lines.all()
        if row.payable_tokens
    } == {"IN_CACHE_READ": 30_000, "OUT_REASONING": 12_345}
    assert Dollars(freed.exact_dollars) == Dollars("0.12876")
    assert resolution.payable_change_dollars == freed.accepted_dollars
    papers = documents_of(freed.subject).values_list("kind", flat=True)
    assert list(papers) == ["receiving_report"]
    assert_the_books_balance()


@pytest.mark.rule("R-REC-04", case="refused")
def test_nothing_is_rebilled_while_an_accepted_invoice_stands(forgotten):
    with nothing_happens(), pytest.raises(ResolutionMissing) as refusal:
        resolved(forgotten, code="rebill")

    assert "cannot invoice it anew" in refusal.value.message


def test_what_was_settled_before_acceptance_is_freed_with_it(order):
    reported(order, CALLS[:2])
    invoice = invoiced(order)
    compared(order, invoice)
    missing = Finding.objects.get(order=order, code="MISSING_B")
    resolved(missing)

    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=RESOLVED_AT)

    freed = Acceptance.objects.get(finding=missing)
    assert Dollars(freed.exact_dollars) == Dollars("0.12876")
    assert_the_books_balance()


def test_the_representative_settles_what_is_small(small):
    resolved(small, by="cor")

    assert state_of(small) == FindingState.RESOLVED


@pytest.mark.parametrize(
    "outsider", ["cor", "other_agency_officer", "vendor_a_signer", "auditor"]
)
def test_nobody_but_a_contracting_officer_settles_what_is_large(finding, outsider):
    assert finding.tolerance_tier == 3

    with nothing_happens(), pytest.raises(NotAllowed):
        resolved(finding, by=outsider)
