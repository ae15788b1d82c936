"""Invoices, discrepancies, credits and payments of one order, in any order of verbs.

Two ACRNs pay for it. Meter and report differ, invoices ask for too much, credits are
stated, set off, refunded and cancelled, vouchers are paid late, returned and certified
anew. After each verb the invariants hold, and the ledger has paid of each ACRN what a
page of plain additions says. Whatever has happened, everything that is accepted can be
paid in the end, and no part of a credit is lost.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from contracting.billing.calculations.credits import StatedCredit
from contracting.billing.invariants import INVARIANTS as BILLING
from contracting.billing.models import CreditDue, CreditSettlement, Invoice
from contracting.billing.operations.cancel_credit import cancel_credit
from contracting.billing.operations.return_invoice import return_invoice
from contracting.billing.states import CreditKind, InvoiceState, LineKind
from contracting.core.errors import Refusal
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.invariants import INVARIANTS as LEDGER
from contracting.orders.states import FundsDraft
from contracting.payments.invariants import INVARIANTS as PAYMENTS
from contracting.payments.models import (
    EarlyPayment,
    PaymentCertification,
    PaymentOffset,
)
from contracting.payments.operations.authorize_early_payment import (
    authorize_early_payment,
)
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.demand_refund import demand_refund
from contracting.payments.operations.record import record_payment
from contracting.payments.operations.record_refund import record_refund
from contracting.payments.operations.return_payment import return_payment
from contracting.payments.operations.return_refund import return_refund
from contracting.payments.operations.waive_credit import waive_credit
from contracting.payments.queries import taken_off_by_funds
from contracting.payments.queries.offsets import owed_on
from contracting.reconciliation.invariants import INVARIANTS as RECONCILIATION
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.dispute import dispute_finding
from contracting.reconciliation.operations.resolve import resolve_finding
from tests.builders_billing import (
    HOUR,
    INVOICED_AT,
    Call,
    compared,
    invoiced,
    reported,
    stated,
    used,
)
from tests.builders_credits import credited
from tests.builders_orders import issued_order, line, line_of_accounting
from tests.builders_settlement import balances
from tests.cast import actor

METERED = (
    Call("r-1", {"OUT_TEXT": 654_321, "OUT_REASONING": 12_345}),
    Call("r-2", {"IN_CACHE_READ": 800_000, "OUT_TEXT": 77}, minute=10),
    Call("r-3", {"IN_UNCACHED": 1_900_000}, minute=20),
    Call("r-4", {"IN_UNCACHED": 99_999}, minute=30),
)
REPORTED = (
    *METERED[:3],
    Call("r-8", {"OUT_REASONING": 650}, minute=40),  # $0.0052 that we have not
    Call("r-9", {"OUT_TEXT": 1_000, "IN_UNCACHED": 90_000}, minute=45),
)
ASKED = {
    "OUT_TEXT": (654_398, 655_398, 700_000),
    "OUT_REASONING": (12_345, 12_995, 13_000),
    "IN_CACHE_READ": (800_000, 790_000),
    "IN_UNCACHED": (1_900_000, 2_089_999, 2_500_000),
}
SEEDS, STEPS, TRIES = (40, 40, 200) if os.environ.get("FULL") else (2, 18, 60)
LATE = 77_777
CODES = ("accept-A", "accept-B", "accept-C", "credit", "shift-period", "withdrawn")
CERTIFIER, OFFICER = "payment_certifier", "contracting_officer"
CHECKED = [
    each
    for each in (*LEDGER, *BILLING, *PAYMENTS, *RECONCILIATION)
    if each.code != "REC-5"
]


def total_of(rows) -> Dollars:
    """The sum of their dollars."""
    return total_dollars(
        Dollars(each) for each in rows.values_list("dollars", flat=True)
    )


def standing_refunds():
    """What came back and was not taken back."""
    rows = CreditSettlement.objects.filter(kind="REFUND")
    return rows.filter(refund_return__isnull=True)


class Owed:
    """One life of an order, by one seed; ``at`` is the hour that it has come to."""

    def __init__(self, order, seed: int) -> None:
        self.order = order
        self.chance = random.Random(seed)
        self.at = INVOICED_AT + timedelta(days=1)
        self.invoices = 0
        self.done: list[str] = []

    @property
    def today(self) -> date:
        return accounting_day(self.at, self.order.contract.time_zone)

    def play(self, steps: int) -> None:
        verbs: list[Callable[[], object]] = [
            *[self.bill, self.accept, self.settle, self.certify, self.pay] * 3,
            *[self.credit, self.give_voucher_back, self.refund] * 2,
            *[self.cancel, self.give_invoice_back, self.dispute, self.come_late],
            *[self.demand, self.waive, self.give_refund_back],
        ]
        for verb in (self.bill, self.accept, self.certify, self.pay, self.credit):
            self.step(verb)
        for _ in range(TRIES):
            if len(self.done) < steps:
                self.step(self.chance.choice(verbs))

    def step(self, verb: Callable[[], object]) -> bool:
        """Do it or be refused; then everything must hold."""
        self.at += timedelta(hours=self.chance.choice([1, 1, 30, 200]))
        try:
            with transaction.atomic():
                verb()
        except (Refusal, IndexError):
            return False
        self.done.append(verb.__name__)
        self.hold()
        return True

    def hold(self) -> None:
        broken = {each.code: each.exceptions() for each in CHECKED}
        assert not any(broken.values()), (self.done, broken)
        paid = {row.acrn: Dollars(row.paid_dollars) for row in balances(self.order)}
        assert paid == self.paid_by_plain_additions(), self.done
        for credit in CreditDue.objects.filter(order=self.order):
            where = self.gone(credit) + owed_on(credit) + self.waits(credit)
            assert where == Dollars(credit.dollars), self.done

    def paid_by_plain_additions(self) -> dict[str, Dollars]:
        sums = {row.acrn: Dollars() for row in balances(self.order)}
        for voucher in PaymentCertification.objects.filter(payment__isnull=False):
            if not voucher.is_paid:
                continue
            for parts in voucher.by_acrn.values():
                for acrn, dollars in parts.items():
                    sums[acrn] += Dollars(Decimal(dollars))
            for (_, acrn), dollars in taken_off_by_funds(voucher).items():
                sums[acrn] -= dollars
        for each in standing_refunds():
            sums[each.credit.acrn] -= Dollars(each.dollars)
        return sums

    def gone(self, credit: CreditDue) -> Dollars:
        """What of a credit came back, is on vouchers that stand, or was cancelled."""
        offsets = PaymentOffset.objects.filter(
            credit=credit, certification__payment_return__isnull=True
        )
        others = credit.settlements.exclude(kind="SET_OFF").filter(
            refund_return__isnull=True
        )
        return total_dollars(
            Dollars(each)
            for rows in (offsets, others)
            for each in rows.values_list("dollars", flat=True)
        )

    def waits(self, credit: CreditDue) -> Dollars:
        """What invoices will take off that are not on vouchers as a whole yet."""
        decided = [str(InvoiceState.CERTIFIED), str(InvoiceState.PAID)]
        sums = []
        for stated_line in credit.lines.filter(voided_at__isnull=True):
            if stated_line.invoice.state not in decided:
                rows = PaymentOffset.objects.filter(credit_line=stated_line)
                gone = self.standing(rows) + total_of(stated_line.reopenings)
                sums.append(Dollars(stated_line.amount_dollars) - gone)
        for each in credit.settlements.filter(kind="SET_OFF"):
            rows = PaymentOffset.objects.filter(settlement=each)
            last = rows.order_by("pk")[rows.count() - 1]
            if str(last.certification.invoice.state) not in decided:
                taken = self.standing(rows)
                sums.append(Dollars(each.dollars) - taken - total_of(each.reopenings))
        return total_dollars(sums)

    def standing(self, rows) -> Dollars:
        return total_of(rows.filter(certification__payment_return__isnull=True))

    # The verbs ------------------------------------------------------------------------

    def one_of(self, rows):
        found = list(rows.order_by("pk"))
        return self.chance.choice(found)

    def in_state(self, *states):
        return self.one_of(Invoice.objects.filter(order=self.order, state__in=states))

    def bill(self) -> None:
        codes = self.chance.sample(sorted(ASKED), self.chance.choice([1, 2]))
        self.ask(
            stated(
                code,
                self.chance.choice(ASKED[code]),
                acrn=self.chance.choice(["", "", "AA", "AB"]),
            )
            for code in codes
        )

    def ask(self, lines) -> None:
        asked = list(lines)
        left = total_dollars(each.amount for each in asked)
        for credit in CreditDue.objects.filter(order=self.order).order_by("pk"):
            most = min(credit.open, left)
            if most and self.chance.random() < 0.4:
                asked.append(StatedCredit(credit=credit.public_id, amount=most))
                left -= most
        self.invoices += 1
        invoiced(
            self.order, asked, number=f"MM-{self.invoices}", at=self.at, total=left
        )

    def come_late(self) -> None:
        """A call of the hour that both sides learn of now, asked for beside others."""
        call = Call(f"late-{len(self.done)}", {"IN_UNCACHED": LATE}, minute=50)
        used(self.order, [call], at=self.at)
        reported(self.order, [call], label=call.request, at=self.at)
        self.ask([stated("IN_UNCACHED", LATE, kind=LineKind.ADJUSTMENT)])

    def accept(self) -> None:
        invoice = self.in_state(InvoiceState.RECEIVED)
        compared(self.order, at=self.at)
        compared(self.order, invoice, at=self.at)
        accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=self.at)

    def give_invoice_back(self) -> None:
        return_invoice(
            invoice_id=self.in_state(InvoiceState.RECEIVED).pk,
            reasons=["It names no remittance."],
            by=actor("cor"),
            at=self.at,
        )

    def finding(self):
        return self.one_of(
            Finding.objects.filter(order=self.order, resolution__isnull=True)
        )

    def settle(self) -> None:
        resolve_finding(
            finding_id=self.finding().pk,
            code=self.chance.choice(CODES),
            reason="As agreed.",
            by=actor(OFFICER),
            at=self.at,
        )

    def dispute(self) -> None:
        dispute_finding(
            finding_id=self.finding().pk,
            reason="Please explain.",
            by=actor(OFFICER),
            at=self.at,
        )

    def credit(self) -> None:
        cents = Decimal(self.chance.choice([1, 77, 250, 480])) / 100
        credited(
            self.order,
            str(cents),
            acrn=self.chance.choice(["AA", "AB"]),
            kind=CreditKind.OTHER,
            at=self.at,
        )

    def a_credit(self):
        return self.one_of(CreditDue.objects.filter(order=self.order))

    def cancel(self) -> None:
        cancel_credit(
            credit_id=self.a_credit().pk,
            reason="It is not due.",
            by=actor(OFFICER),
            at=self.at,
        )

    def demand(self) -> None:
        demand_refund(
            credit_id=self.a_credit().pk,
            basis="As agreed.",
            by=actor(OFFICER),
            at=self.at,
        )

    def waive(self) -> None:
        waive_credit(
            credit_id=self.a_credit().pk,
            reason="It costs more to collect.",
            by=actor(OFFICER),
            at=self.at,
        )

    def refund(self) -> None:
        credit = self.a_credit()
        record_refund(
            credit_id=credit.pk,
            dollars=self.chance.choice([credit.open, Dollars("0.50")]),
            received_on=self.today,
            reference="DEPOSIT",
            by=actor(CERTIFIER),
            at=self.at,
        )

    def give_refund_back(self) -> None:
        return_refund(
            settlement_id=self.one_of(standing_refunds()).pk,
            reason="The deposit did not clear.",
            by=actor(CERTIFIER),
            at=self.at,
        )

    def certify(self) -> None:
        certify_payment(
            invoice_id=self.in_state(InvoiceState.ACCEPTED).pk,
            set_off=self.chance.random() < 0.7,
            by=actor(CERTIFIER),
            at=self.at,
        )

    def vouchers(self, *, paid: bool):
        standing = PaymentCertification.objects.filter(payment_return__isnull=True)
        return standing.filter(payment__isnull=not paid)

    def pay(self) -> None:
        self.pay_one(self.one_of(self.vouchers(paid=False)))

    def pay_one(self, voucher: PaymentCertification) -> None:
        if not EarlyPayment.objects.filter(certification=voucher).exists():
            authorize_early_payment(
                certification_id=voucher.pk,
                reason="The vendor is small.",
                by=actor("funds_certifier"),
                at=self.at,
            )
        record_payment(
            certification_id=voucher.pk,
            paid_on=self.today,
            reference="TRACE",
            by=actor(CERTIFIER),
            at=self.at,
        )

    def give_voucher_back(self) -> None:
        self.give_back(
            self.one_of(self.vouchers(paid=self.chance.choice([True, False])))
        )

    def give_back(self, voucher: PaymentCertification) -> None:
        return_payment(
            certification_id=voucher.pk,
            reason="The bank sent it back.",
            by=actor(CERTIFIER),
            at=self.at,
        )

    # The end --------------------------------------------------------------------------

    def pay_all(self) -> None:
        """Certify and pay what is accepted: no voucher that stands is ever stuck."""
        for _ in range(3):
            self.at += timedelta(hours=1)
            for voucher in self.vouchers(paid=False).order_by("pk"):
                self.pay_one(voucher)
            accepted = Invoice.objects.filter(
                order=self.order, state=InvoiceState.ACCEPTED
            )
            for invoice in accepted.order_by("pk"):
                certify_payment(invoice_id=invoice.pk, by=actor(CERTIFIER), at=self.at)
        self.hold()
        open_ones = [InvoiceState.ACCEPTED, InvoiceState.CERTIFIED]
        left = Invoice.objects.filter(order=self.order, state__in=open_ones)
        assert not left.exists(), self.done


@pytest.fixture
def order(db):
    """An hour of nearly ten dollars, six of them from ACRN AA; both sides differ."""
    funds = [
        FundsDraft("AA", line_of_accounting().pk, Dollars("6.00"), Dollars("6.00")),
        FundsDraft("AB", line_of_accounting("Second pot").pk, Dollars("34.00")),
    ]
    made = issued_order(lines=[line(funds=funds)])
    used(made, METERED)
    reported(made, REPORTED, period_start=HOUR[0])
    return made


def test_nothing_is_paid_twice_and_no_credit_is_lost(order):
    verbs: set[str] = set()
    for seed in range(SEEDS):
        with transaction.atomic():
            life = Owed(order, seed)
            life.play(STEPS)
            life.pay_all()
            verbs |= set(life.done)
            transaction.set_rollback(True)

    assert verbs >= {"bill", "accept", "settle", "certify", "pay", "credit"}
