"""Every way to settle a discrepancy, what it moves, and who may choose it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.billing.models import CreditDue
from contracting.billing.queries.credits import room_for_credits
from contracting.contracts.models import Contract
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of
from contracting.orders.models import OrderLine
from contracting.orders.states import FundsDraft
from contracting.reconciliation.matching.allowances import (
    beyond_total,
    written_off_total,
)
from contracting.reconciliation.models import Acceptance, Finding
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.resolve import resolve_finding
from contracting.reconciliation.queries.inbox import effects_of, lines_for
from contracting.reconciliation.refusals import ResolutionMissing, WriteOffExceeded
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    COUNTS,
    Call,
    compared,
    invoiced,
    lines_of,
    reported,
    used,
)
from tests.builders_credits import credited
from tests.builders_metering import assert_the_books_balance
from tests.builders_modifications import issued_contract_modification
from tests.builders_orders import (
    drafted_order,
    issued_order,
    line,
    line_of_accounting,
)
from tests.builders_reratings import APPROVED_AT, approved, prepared, price_fell
from tests.cast import actor, nothing_happens

RESOLVED_AT = ACCEPTED_AT + timedelta(days=1)
STRANGER = Call("r-9", {"OUT_TEXT": 1_000})  # $0.008 that our meter has not
BILLED = {**COUNTS, "OUT_TEXT": 71_004}


@pytest.fixture
def accepted(order):
    """An invoice with a stranger's thousand tokens, accepted but for them."""
    reported(order, [*CALLS, STRANGER])
    invoice = invoiced(order, lines_of(BILLED))
    compared(order)
    compared(order, invoice)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)
    return invoice


@pytest.fixture
def finding(accepted):
    """The stranger: small enough for a representative."""
    found = Finding.objects.get(order=accepted.order)
    assert (found.code, found.tolerance_tier) == ("MISSING_A", 2)
    return found


@pytest.fixture
def extra(order):
    """An invoice of a thousand tokens that nobody has counted, accepted without."""
    reported(order)
    invoice = invoiced(order, lines_of(BILLED))
    compared(order, invoice)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)
    found = Finding.objects.get(order=order)
    assert (found.code, found.invoice, found.tolerance_tier) == ("QTY", invoice, 2)
    return found


def resolved(finding, code, *, by="contracting_officer", **more):
    return resolve_finding(
        finding_id=finding.pk,
        code=code,
        reason="As agreed with the vendor.",
        by=actor(by),
        at=RESOLVED_AT,
        **more,
    )


def effects(finding):
    return {each.code: each for each in effects_of(finding, RESOLVED_AT)}


def test_the_vendors_report_is_accepted_from_its_own_account(finding):
    # Given that the effect is told before it is chosen
    told = effects(finding)["accept-B"]
    assert (told.payable, told.beyond) == (Dollars("0.01"), Dollars("0.008"))

    # When the representative accepts the vendor's count
    resolution = resolved(finding, "accept-B", by="cor")

    # Then what it frees is payable, beyond our meter, on funds that are there
    freed = Acceptance.objects.get(finding=finding)
    (row,) = freed.lines.all()
    assert (row.payable_tokens, row.beyond_tokens) == (1_000, 1_000)
    assert Dollars(resolution.payable_change_dollars) == Dollars("0.01")
    (balance,) = balances_of(finding.order_line.holder)
    assert Dollars(balance.tolerated_dollars) == Dollars("0.008")
    # And it may be credited like all that was paid
    (room,) = room_for_credits(finding.order_line).values()
    assert room == Dollars(balance.accepted_dollars) == Dollars("2.10")
    # And no tolerance is used up by it
    assert beyond_total(finding.order) == Dollars()
    assert_the_books_balance()


def test_the_vendors_report_may_be_accepted_before_the_invoice_is(order):
    reported(order, [*CALLS, STRANGER])
    invoice = invoiced(order, lines_of(BILLED))
    compared(order)
    compared(order, invoice)
    found = Finding.objects.get(order=order)
    assert "acceptance" in effects(found)["accept-B"].words
    resolve_finding(
        finding_id=found.pk,
        code="accept-B",
        reason="The gateway was down.",
        by=actor("cor"),
        at=ACCEPTED_AT,
    )

    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)

    freed = Acceptance.objects.get(finding=found)
    assert Dollars(freed.accepted_dollars) == Dollars("0.01")
    assert freed.lines.get().beyond_tokens == 1_000
    assert_the_books_balance()


@pytest.mark.rule("R-REC-02", case="refused")
@pytest.mark.parametrize("code", ["accept-C", "escalate"])
def test_only_the_contracting_officer_says_the_invoice_is_right(extra, code):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        resolved(extra, code, by="cor")

    assert refusal.value.rule == "R-REC-02"


def test_the_invoices_count_is_accepted_by_the_contracting_officer(extra):
    resolution = resolved(extra, "accept-C")

    (row,) = Acceptance.objects.get(finding=extra).lines.all()
    assert (row.payable_tokens, row.beyond_tokens) == (1_000, 1_000)
    assert Dollars(resolution.payable_change_dollars) == Dollars("0.01")
    assert_the_books_balance()


@pytest.mark.parametrize("code", ["accept-B", "accept-C"])
def test_two_parts_that_round_up_are_never_paid_above_the_line(order, code):
    # Given $0.09876 and $0.0052, which are $0.10 and $0.01, of a line of $0.10
    stranger = Call("r-9", {"OUT_REASONING": 650})
    reported(order, [*CALLS, stranger] if code == "accept-B" else CALLS)
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_REASONING": 12_995}))
    compared(order)
    compared(order, invoice)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)
    found = Finding.objects.get(order=order)

    resolved(found, code)

    # Then what is freed is so many tokens as cost no further cent
    (row,) = Acceptance.objects.get(finding=found).lines.all()
    assert (row.payable_tokens, Dollars(row.payable_dollars)) == (624, Dollars())
    assert_the_books_balance()


def test_a_price_is_never_accepted_as_the_invoice_has_it(order):
    reported(order)
    lines = [
        line if line.token_class_code != "OUT_TEXT" else price_of_nine(line)
        for line in lines_of()
    ]
    invoice = invoiced(order, lines)
    compared(order, invoice)
    found = Finding.objects.get(order=order, code="RATE")

    with nothing_happens(), pytest.raises(ResolutionMissing) as refusal:
        resolved(found, "accept-C")

    assert "by modification" in refusal.value.message


def price_of_nine(line):
    from tests.builders_billing import stated

    return stated(line.token_class_code, line.tokens, price="9")


@pytest.mark.parametrize("code", ["accept-B", "shift-period", "reassign"])
def test_a_code_that_says_nothing_of_it_is_refused(order, code):
    reported(order)
    lines = [*lines_of()[:3], price_of_nine(lines_of()[3])]
    compared(order, invoiced(order, lines))
    found = Finding.objects.get(order=order)

    assert effects(found)[code].refused
    with nothing_happens(), pytest.raises(ResolutionMissing):
        resolved(found, code)


@pytest.mark.rule("R-REC-02", case="refused")
def test_nothing_is_written_off_without_a_stated_cap(finding):
    assert "no cap" in effects(finding)["write-off"].refused

    with nothing_happens(), pytest.raises(WriteOffExceeded) as refusal:
        resolved(finding, "write-off")

    assert refusal.value.rule == "R-REC-02"


@pytest.mark.rule("R-REC-02", case="allowed")
def test_write_offs_of_an_order_stay_within_the_cap(order):
    # Given two differences of $0.008 and a cap of one cent
    contract = Contract.objects.get(pk=order.contract_id)
    issued_contract_modification(
        on=contract, terms={"write_off_cap_dollars": Decimal("0.01")}
    )
    missing = Call("r-1", {**CALLS[0].tokens, "OUT_TEXT": 49_003})
    reported(order, [missing, *CALLS[1:], STRANGER])
    compared(order)
    first, second = Finding.objects.filter(order=order).order_by("tokens")
    assert (first.tokens, second.tokens) == (-1_000, 1_000)

    resolution = resolved(first, "write-off", by="cor")

    assert Dollars(resolution.capped_dollars) == Dollars("0.008")
    assert written_off_total(order) == Dollars("0.008")
    assert effects(second)["write-off"].refused.startswith("$0.002 of the cap")
    with nothing_happens(), pytest.raises(WriteOffExceeded):
        resolved(second, "write-off")


def test_a_credit_is_owed_for_what_was_accepted_too_much(order, invoice):
    # Given an invoice that is accepted, and a price that falls since that day
    compared(order, invoice)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)
    price_fell(order.contract, first_day=date(2026, 4, 20))
    approved(prepared(order.contract))
    compared(order, at=APPROVED_AT)
    found = Finding.objects.get(code="RATE", resolution__isnull=True)
    assert effects(found)["credit"].credit == Dollars("0.33")

    resolve_finding(
        finding_id=found.pk,
        code="credit",
        reason="On the next invoice.",
        by=actor("contracting_officer"),
        at=APPROVED_AT,
    )

    credit = CreditDue.objects.get(order=order)
    assert (Dollars(credit.dollars), credit.kind) == (Dollars("0.33"), "RATCHET")
    assert (credit.because_kind, credit.because_id) == (found.subject.kind, found.pk)


def test_a_credit_returns_to_the_acrns_that_have_room_for_it(db):
    # Given usage of two ACRNs, of which the later one has $0.90 of $1.09 credited
    funds = [
        FundsDraft("AA", line_of_accounting().pk, Dollars("1.00"), Dollars("1.00")),
        FundsDraft("AB", line_of_accounting("Second pot").pk, Dollars("39.00")),
    ]
    order = issued_order(lines=[line(funds=funds)])
    used(order)
    reported(order)
    invoice = invoiced(order)
    compared(order, invoice)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)
    credited(order, "0.90", acrn="AB", at=ACCEPTED_AT)

    # When a lower price makes a credit of $0.33 due
    price_fell(order.contract, first_day=date(2026, 4, 20))
    approved(prepared(order.contract))
    compared(order, at=APPROVED_AT)
    found = Finding.objects.get(code="RATE", resolution__isnull=True)
    resolve_finding(
        finding_id=found.pk,
        code="credit",
        reason="On the next invoice.",
        by=actor("contracting_officer"),
        at=APPROVED_AT,
    )

    # Then the later one takes what it has left, and the earlier one the rest
    due = CreditDue.objects.filter(because_id=found.pk).order_by("acrn")
    shares = [(each.acrn, Dollars(each.dollars)) for each in due]
    assert shares == [("AA", Dollars("0.14")), ("AB", Dollars("0.19"))]
    assert_the_books_balance()


def test_a_credit_of_what_was_withheld_is_owed_by_nobody(finding):
    resolved(finding, "credit")

    assert not CreditDue.objects.exists()


def test_what_belongs_elsewhere_names_the_other_line(finding):
    with nothing_happens(), pytest.raises(ResolutionMissing):
        resolved(finding, "reassign")
    with nothing_happens(), pytest.raises(ResolutionMissing):
        resolved(finding, "reassign", reassigned_to=finding.order_line_id)
    with nothing_happens(), pytest.raises(ResolutionMissing):
        resolved(finding, "accept-A", reassigned_to=finding.order_line_id)

    line = finding.order_line
    other = OrderLine.objects.create(
        order=line.order,
        contract_line=line.contract_line,
        description="More tokens",
        ceiling_tokens=1,
        ceiling_dollars=1,
        is_removed=True,
    )
    resolution = resolved(finding, "reassign", reassigned_to=other.pk)

    assert resolution.reassigned_to == other
    assert not Acceptance.objects.filter(finding=finding).exists()


def test_nothing_belongs_to_an_order_that_its_vendor_does_not_know(finding):
    draft = drafted_order(on=finding.order.contract)
    line = draft.lines.get()

    assert line not in lines_for(finding)
    with nothing_happens(), pytest.raises(ResolutionMissing, match="signed order"):
        resolved(finding, "reassign", reassigned_to=line.pk)


@pytest.mark.parametrize("code", ["shift-period", "escalate", "withdrawn"])
def test_what_moves_no_money_moves_none(finding, code):
    assert effects(finding)[code].words == "No money moves."

    resolution = resolved(finding, code)

    assert resolution.payable_change_dollars == resolution.capped_dollars == 0
    assert not Acceptance.objects.filter(finding=finding).exists()
