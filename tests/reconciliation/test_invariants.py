"""The invariants of reconciliation hold, and would notice if they did not."""

from __future__ import annotations

import pytest

from contracting.billing.models import Invoice
from contracting.billing.states import InvoiceState
from contracting.reconciliation.invariants import INVARIANTS
from contracting.reconciliation.models import (
    Acceptance,
    AcceptedLine,
    Finding,
    Resolution,
)
from contracting.reconciliation.operations.accept import accept_usage
from tests.builders_billing import ACCEPTED_AT, CALLS, compared, reported
from tests.cast import actor


def broken():
    return {each.code for each in INVARIANTS if each.exceptions()}


@pytest.fixture
def acceptance(order, invoice) -> Acceptance:
    """An invoice accepted in full."""
    compared(order)
    compared(order, invoice)
    return accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)


def test_they_hold_when_all_agrees(acceptance):
    assert broken() == set()


def test_what_is_accepted_beside_the_ledger_is_noticed(acceptance):
    # A class more on a line, as nobody can through a verb
    line = acceptance.lines.get(token_class_code="OUT_TEXT")
    AcceptedLine.objects.create(
        acceptance=acceptance,
        invoice_line=line.invoice_line,
        token_class_code="OUT_AUDIO",
        payable_tokens=1_000_000,
        usd_per_million_tokens="1",
        exact_dollars="1",
        payable_dollars="1.01",
    )

    assert broken() == {"REC-1", "REC-2", "REC-3"}


def test_an_acceptance_without_a_comparison_is_noticed(order, invoice):
    compared(order)
    Invoice.objects.filter(pk=invoice.pk).update(state=InvoiceState.ACCEPTED)

    assert broken() == {"REC-4"}


def test_a_result_that_does_not_repeat_is_noticed(order):
    run = compared(order)
    run.pk, run.public_id, run.result_sha256 = None, "", "0" * 64
    run.number += "1"
    run.save(force_insert=True)

    assert broken() == {"REC-5"}


def test_what_no_step_explains_is_noticed(order, invoice):
    run = compared(order, invoice)
    run.pk, run.public_id = None, ""
    run.waterfall["steps"][-1][2] = "0.01"
    run.number += "1"
    run.save(force_insert=True)

    assert broken() == {"REC-7"}


def test_what_is_tolerated_or_written_off_beyond_its_cap_is_noticed(order):
    reported(order, [*CALLS, CALLS[1]])
    compared(order)
    finding = Finding.objects.get(order=order)
    assert broken() == set()

    # As nobody can through a verb, since the contract states no cap
    Resolution.objects.create(
        finding=finding,
        code="write-off",
        reason="Too small.",
        capped_dollars="0.66",
        resolved_by_name="Nobody",
        resolved_at=ACCEPTED_AT,
    )

    assert broken() == {"REC-8"}


def test_what_is_beyond_our_meter_beside_the_ledger_is_noticed(acceptance):
    line = acceptance.lines.get(token_class_code="OUT_TEXT")
    AcceptedLine.objects.create(
        acceptance=acceptance,
        invoice_line=line.invoice_line,
        token_class_code="OUT_AUDIO",
        payable_tokens=10,
        beyond_tokens=10,
        usd_per_million_tokens="1",
        exact_dollars="0.00001",
        beyond_dollars="0.00001",
        payable_dollars="0",
    )

    assert {"REC-8", "REC-9"} < broken()
