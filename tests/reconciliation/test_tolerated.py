"""What a contract tolerates is accepted by it, counted, and paid apart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from contracting.contracts.models import Contract
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.documents.models import Document
from contracting.ledger.queries import balances_of
from contracting.reconciliation.matching.allowances import (
    beyond_total,
    tolerance_on,
    tolerated_total,
)
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.accept import accept_usage
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    COMPARED_AT,
    COUNTS,
    PRICES,
    TOTAL,
    Call,
    compared,
    invoiced,
    lines_of,
    reported,
    stated,
    used,
)
from tests.builders_metering import assert_the_books_balance
from tests.builders_modifications import issued_contract_modification
from tests.builders_settlement import certified_payment
from tests.cast import actor

TERMS = {
    "tolerance_percent": Decimal("2"),
    "tolerance_dollars": Decimal("0.05"),
    "tolerance_cap_percent": Decimal("0.1"),  # six cents of $60
}
STRANGER = Call("r-9", {"OUT_TEXT": 1_000})  # $0.008 that our meter has not


def tolerating(order, **terms):
    """The order, once both sides have signed tolerances for the day of its usage."""
    contract = Contract.objects.get(pk=order.contract_id)
    issued_contract_modification(on=contract, terms={**TERMS, **terms})
    order.refresh_from_db()
    return order


def accepted(invoice):
    return accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)


def line_of(acceptance, code="OUT_TEXT"):
    return acceptance.lines.get(token_class_code=code)


@pytest.mark.rule("R-REC-02", case="allowed")
def test_what_is_within_tolerance_is_accepted_by_the_contract_and_stays_listed(order):
    tolerating(order)
    reported(order, [*CALLS, STRANGER])

    compared(order)

    finding = Finding.objects.get(order=order)
    assert (finding.tolerance_tier, finding.state) == (1, "RESOLVED")
    assert finding.resolution.code == "tolerated"
    assert finding.resolution.reason == (
        "R-REC-02: within $0.05, 2 percent per line and day."
    )
    assert Dollars(finding.resolution.capped_dollars) == Dollars("0.008")
    assert tolerated_total(order) == Dollars("0.008")
    # And it is found no second time, and counted once
    compared(order, at=ACCEPTED_AT)
    assert Finding.objects.filter(order=order).count() == 1
    assert tolerated_total(order) == Dollars("0.008")


@pytest.mark.rule("R-REC-02", case="refused", held_by="verdict")
def test_what_passes_a_limit_waits_for_somebody_and_says_which(order):
    tolerating(order, tolerance_dollars=Decimal("0.00"))
    reported(order, [*CALLS, STRANGER])

    compared(order)

    finding = Finding.objects.get(order=order)
    assert (finding.tolerance_tier, finding.state) == (2, "OPEN")
    assert finding.evidence["limit"] == "$0.008 on 2026-04-20 is above $0 a day"
    assert tolerated_total(order) == Dollars()


def test_tolerances_of_a_later_day_do_not_reach_back(order):
    tolerating(order)
    before = tolerance_on(order.contract, date(2026, 4, 14))
    since = tolerance_on(order.contract, date(2026, 4, 20))

    assert (before.day_percent, since.day_percent) == (None, Decimal("2"))


@pytest.mark.rule("R-REC-03", case="allowed")
def test_a_tolerated_excess_is_paid_from_its_own_account(order):
    tolerating(order)
    reported(order, [*CALLS, STRANGER])
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 71_004}))
    compared(order)
    compared(order, invoice)

    acceptance = accepted(invoice)

    # Then what the three agree on with the tolerance is payable
    row = line_of(acceptance)
    assert (row.payable_tokens, row.beyond_tokens) == (71_004, 1_000)
    assert Dollars(row.beyond_dollars) == Dollars("0.008")
    assert Dollars(acceptance.accepted_dollars) == Dollars(
        TOTAL.amount + 1 / Decimal(100)
    )
    assert Dollars(acceptance.withheld_dollars) == Dollars()
    # And the ledger has it apart, funded, while our meter's count is what it was
    (balance,) = balances_of(order.lines.get().holder)
    assert Dollars(balance.tolerated_dollars) == beyond_total(order) == Dollars("0.008")
    assert balance.tolerated_tokens == 1_000
    assert balance.consumed_tokens == sum(COUNTS.values())
    assert balance.unaccepted == Dollars()
    assert_the_books_balance()
    # And every paper says it, the voucher too
    certified_payment(invoice=invoice, at=ACCEPTED_AT)
    for kind in ("reconciliation", "receiving_report", "voucher"):
        facts = {
            each["label"]: each["value"]
            for each in Document.objects.get(kind=kind).context["facts"]
        }
        assert facts["Beyond our meter"] == "0.008"
        assert facts["Tokens beyond it"] == 1_000
        assert facts["Tolerated on the order so far"] == "0.008"


def test_a_share_that_is_passed_is_paid_up_to_the_share(order):
    # Given half a percent of 70,004 tokens, which are 350, and small money tolerated
    tolerating(
        order,
        tolerance_percent=Decimal("0.5"),
        tolerance_de_minimis_dollars=Decimal("0.05"),
    )
    reported(order, [*CALLS, STRANGER])
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 71_004}))
    compared(order)
    compared(order, invoice)

    row = line_of(accepted(invoice))

    assert (row.payable_tokens, row.beyond_tokens) == (70_354, 350)


@pytest.mark.rule("R-REC-03", case="refused", held_by="verdict")
def test_without_a_stated_cap_nothing_beyond_our_meter_is_paid(order):
    # Given a tolerance without a cap, which accepts a difference and pays none of it
    tolerating(order, tolerance_cap_percent=None)
    reported(order, [*CALLS, STRANGER])
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 71_004}))
    compared(order)
    compared(order, invoice)

    acceptance = accepted(invoice)

    row = line_of(acceptance)
    assert (row.payable_tokens, row.beyond_tokens) == (70_004, 0)
    assert Dollars(acceptance.withheld_dollars) == Dollars("0.01")
    assert beyond_total(order) == Dollars()
    assert_the_books_balance()


def test_a_call_listed_twice_is_never_paid_by_a_tolerance(order):
    # Given a small call that the vendor lists twice, far inside of the tolerance
    small = Call("r-8", {"OUT_TEXT": 500})
    used(order, [small], at=COMPARED_AT)
    tolerating(order)
    reported(order, [*CALLS, small, small])
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 71_004}))
    compared(order)
    compared(order, invoice)

    row = line_of(accepted(invoice))

    finding = Finding.objects.get(order=order, code="DUPLICATE")
    assert finding.state == "OPEN"
    assert (row.payable_tokens, row.beyond_tokens) == (70_504, 0)


def test_what_is_paid_beyond_the_meter_stays_within_the_cap(order):
    # Given a cap of $0.003, and a difference of $0.008 tolerated under an older one
    tolerating(order)
    reported(order, [*CALLS, STRANGER])
    compared(order)
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 71_004}))
    compared(order, invoice)
    contract = Contract.objects.get(pk=order.contract_id)
    issued_contract_modification(
        on=contract, terms={"tolerance_cap_percent": Decimal("0.005")}
    )
    compared(order, invoice, at=ACCEPTED_AT)

    row = line_of(accepted(invoice))

    assert row.beyond_tokens == 375
    assert beyond_total(order) == UnitPrice(PRICES["OUT_TEXT"]).of(Tokens(375))
    assert beyond_total(order) == Dollars("0.003")


def test_an_invoice_of_what_nobody_reported_is_not_tolerated(order):
    tolerating(order)
    reported(order)
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 70_005}))
    compared(order)
    compared(order, invoice)

    row = line_of(accepted(invoice))

    assert (row.payable_tokens, row.beyond_tokens) == (70_004, 0)
    assert Finding.objects.get(order=order).tolerance_tier == 2


def test_another_price_is_not_tolerated(order):
    tolerating(order)
    reported(order)
    rest = [line for line in lines_of() if line.token_class_code != "OUT_REASONING"]
    invoice = invoiced(order, [*rest, stated("OUT_REASONING", 12_345, price="8.01")])
    compared(order, invoice)

    finding = Finding.objects.get(order=order)

    assert (finding.code, finding.tolerance_tier) == ("RATE", 2)


def test_a_tolerated_excess_is_paid_only_as_far_as_there_are_funds(order):
    # Given usage that leaves less than a cent of the forty dollars that are bound
    big = Call("r-8", {"OUT_TEXT": 4_738_000}, minute=50)
    used(order, [big], at=COMPARED_AT)
    (balance,) = balances_of(order.lines.get().holder)
    assert Dollars() < balance.funds_left < Dollars("0.01")
    tolerating(order)
    reported(order, [*CALLS, big, STRANGER])
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 4_809_004}))
    compared(order)
    compared(order, invoice)
    assert tolerated_total(order) == Dollars("0.008")

    row = line_of(accepted(invoice))

    # Then of the eight tenths of a cent only what the funds leave is paid beyond it,
    # with a cent kept for the rounding of the line
    assert (row.payable_tokens - row.beyond_tokens, row.beyond_tokens) == (
        4_808_004,
        155,
    )
    (balance,) = balances_of(order.lines.get().holder)
    assert Dollars(balance.accepted_dollars) <= Dollars("40.00")
    assert balance.funds_left >= Dollars()
    assert_the_books_balance()
