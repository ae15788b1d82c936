"""Reads of payments: who sees which, what is owed, when, and from which funds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from contracting.billing.models import Invoice
from contracting.billing.queries import invoices_visible_to
from contracting.billing.states import InvoiceState
from contracting.contracts.models import Contract
from contracting.contracts.queries.administration import Task
from contracting.contracts.queries.file import Filed
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.quantities import (
    Dollars,
    PricePerUnit,
    Tokens,
    UnitPrice,
    total_dollars,
)
from contracting.core.visibility import of_either_side
from contracting.ledger.calculations import spread
from contracting.ledger.queries import balances_of, transfers_because
from contracting.ledger.states import COLUMNS, Holder
from contracting.orders.models import HOLDER_OF_A_LINE, OrderLine
from contracting.payments.models import Payment, PaymentCertification
from contracting.payments.queries.clocks import (
    clocks_of,
    standing,
    sum_of,
    uncertified,
)
from contracting.reconciliation.models import (
    Acceptance,
    AcceptedCharge,
    AcceptedLine,
)
from contracting.reconciliation.queries import accepted_total
from contracting.reference.models import TokenClass

_ACCEPTED = COLUMNS["accepted_dollars"]


def certifications_visible_to(actor: Actor) -> QuerySet[PaymentCertification]:
    """The agency's own; to the vendor, those of its invoices."""
    rows = PaymentCertification.objects.select_related(
        "invoice__order__contract__agency",
        "invoice__vendor",
        "certified_by__user",
        "payment",
        "payment_return",
        "early_payment",
    )
    return of_either_side(
        rows, actor, agency="invoice__order__contract__agency", vendor="invoice__vendor"
    )


def get_certification_for(actor: Actor, public_id: str) -> PaymentCertification:
    """One certified payment.

    :raises NotVisible: if it is not there for this actor
    """
    found = certifications_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such payment."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def payments_visible_to(actor: Actor) -> QuerySet[Payment]:
    """What was paid, the latest first."""
    return (
        Payment.objects.filter(
            certification__in=certifications_visible_to(actor),
            certification__payment_return__isnull=True,
        )
        .select_related(
            "certification__invoice__order__contract", "certification__invoice__vendor"
        )
        .order_by("-paid_on", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """An accepted amount that is not paid yet, and when it is due.

    ``certification`` is ``None`` until a certifying officer has certified it.
    """

    invoice: Invoice
    certification: PaymentCertification | None
    dollars: Dollars
    due_on: date
    is_overdue: bool


def owed_to_or_by(
    actor: Actor, at: datetime, *, contract: Contract | None = None
) -> list[Owed]:
    """What the actor's agency owes, or the actor's vendor is owed; next due first.

    :param contract: only what is owed on it; on all of them when ``None``
    """
    found = []
    invoices = (
        invoices_visible_to(actor)
        .filter(state__in=[InvoiceState.ACCEPTED, InvoiceState.CERTIFIED])
        .select_related("order__contract__agency", "vendor")
    )
    if contract is not None:
        invoices = invoices.filter(order__contract=contract)
    for invoice in invoices:
        today = accounting_day(at, invoice.order.contract.time_zone)
        for voucher in standing(invoice).filter(payment__isnull=True):
            dollars, due = Dollars(voucher.dollars), voucher.due_on
            found.append(Owed(invoice, voucher, dollars, due, due < today))
        waiting = list(uncertified(invoice))
        if waiting:
            dollars = sum_of(waiting)
            due = min(clocks_of(each).due_on for each in waiting)
            found.append(Owed(invoice, None, dollars, due, due < today))
    return sorted(found, key=lambda each: (each.due_on, each.invoice.pk))


def last_voucher_of(invoice: Invoice) -> PaymentCertification | None:
    """The latest voucher of an invoice that finance has not given back."""
    return standing(invoice).last()


def payment_due_on(invoice: Invoice) -> date | None:
    """When what is accepted of an invoice is due first, or ``None`` before that."""
    accepted = Acceptance.objects.filter(invoice=invoice)
    return min((clocks_of(each).due_on for each in accepted), default=None)


def acceptances_of(certification: PaymentCertification) -> QuerySet[Acceptance]:
    """What a voucher pays, oldest first: what agreed, then what resolutions freed."""
    return (
        Acceptance.objects.filter(certifications__certification=certification)
        .select_related("accepted_by__user", "finding")
        .order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """What is payable of one class on one line of the invoice.

    Its class is the invoice's, or the right one that a resolution has put in its place.
    """

    clin: str
    position: int
    model: str
    token_class: str
    token_class_label: str
    period: Any
    tokens: Tokens
    price: UnitPrice
    dollars: Dollars


def voucher_lines(acceptances: QuerySet[Acceptance]) -> list[VoucherLine]:
    """What these acceptances have accepted of tokens, line by line."""
    rows = (
        AcceptedLine.objects.filter(acceptance__in=acceptances, payable_tokens__gt=0)
        .select_related(
            "invoice_line__order_line__contract_line", "invoice_line__model"
        )
        .order_by("invoice_line__position", "pk")
    )
    labels = dict(TokenClass.objects.values_list("code", "label"))
    return [
        VoucherLine(
            clin=row.invoice_line.order_line.clin,
            position=row.invoice_line.position,
            model=row.invoice_line.model.snapshot,
            token_class=row.token_class_code,
            token_class_label=labels.get(row.token_class_code, row.token_class_code),
            period=row.invoice_line.period,
            tokens=Tokens(row.payable_tokens),
            price=UnitPrice(row.usd_per_million_tokens),
            dollars=Dollars(row.payable_dollars),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class VoucherCharge:
    """What is payable of one invoice line of months, hours, pieces or a settlement."""

    clin: str
    position: int
    description: str
    period: Any
    unit: str
    units: Decimal
    price: PricePerUnit
    dollars: Dollars


def voucher_charges(acceptances: QuerySet[Acceptance]) -> list[VoucherCharge]:
    """What these acceptances have of what is owed not by tokens, line by line."""
    rows = (
        AcceptedCharge.objects.filter(acceptance__in=acceptances, payable_dollars__gt=0)
        .select_related("charge_line__order_line__contract_line")
        .order_by("charge_line__position", "pk")
    )
    return [
        VoucherCharge(
            clin=row.charge_line.order_line.clin,
            position=row.charge_line.position,
            description=row.charge_line.description,
            period=row.charge_line.period,
            unit=row.charge_line.unit,
            units=row.units,
            price=PricePerUnit(row.charge_line.usd_per_unit),
            dollars=Dollars(row.payable_dollars),
        )
        for row in rows
    ]


def tokens_of(lines: Iterable[VoucherLine]) -> Tokens:
    """How many tokens are paid for."""
    return Tokens(sum(line.tokens.count for line in lines))


def accepted_by_acrn(
    acceptances: Iterable[Acceptance],
) -> dict[int, dict[str, Dollars]]:
    """What these have accepted by order line and ACRN, in whole cents."""
    sums: dict[tuple[int, str], list[Dollars]] = defaultdict(list)
    for acceptance in acceptances:
        subject = acceptance.subject
        for row in transfers_because(subject.kind, subject.id):
            balance = row.credit.balance or row.debit.balance
            effect = _ACCEPTED.effect(row.debit.kind, row.credit.kind)
            if balance is None or not effect:
                continue
            key = balance.holder_id, balance.acrn
            sums[key].append(Dollars(effect * row.dollars))
    found: dict[int, dict[str, Dollars]] = {}
    for (line_id, acrn), amounts in sorted(sums.items()):
        found.setdefault(line_id, {})[acrn] = total_dollars(amounts)
    return found


def taken_off_by_funds(
    certification: PaymentCertification,
) -> dict[tuple[Holder, str], Dollars]:
    """What a voucher takes off, by the order line and ACRN to which it comes back.

    Credits come back to their own funds; the discount to those that the voucher pays
    from, in their order.
    """
    sums: dict[tuple[Holder, str], Dollars] = {}
    for row in certification.offsets.select_related("credit").order_by("pk"):
        key = (holder_of(row.credit.order_line_id), row.credit.acrn)
        sums[key] = sums.get(key, Dollars()) + Dollars(row.dollars)
    parts = parts_of(certification)
    left = [each - sums.get(key, Dollars()) for key, each in parts.items()]
    room = [max(each, Dollars()) for each in left]
    discounts = spread(Dollars(certification.discount_dollars), room)
    for key, dollars in zip(parts, discounts, strict=True):
        if dollars:
            sums[key] = sums.get(key, Dollars()) + dollars
    return sums


def parts_of(
    certification: PaymentCertification,
) -> dict[tuple[Holder, str], Dollars]:
    """What a voucher pays by order line and ACRN, in the order of their keys."""
    parts = {
        (holder_of(int(line_id)), acrn): Dollars(Decimal(amount))
        for line_id, by_acrn in certification.by_acrn.items()
        for acrn, amount in by_acrn.items()
    }
    return dict(sorted(parts.items()))


def shares_of(
    certification: PaymentCertification, dollars: Dollars
) -> dict[int, Dollars]:
    """Cents shared among the lines of accounting of a voucher, by what each pays.

    Each share is rounded down to the cent; what is left goes to the one that pays most.
    """
    paying: dict[int, Dollars] = {}
    for (holder, acrn), part in parts_of(certification).items():
        (row,) = (row for row in balances_of(holder) if row.acrn == acrn)
        pk = row.line_of_accounting_id
        paying[pk] = paying.get(pk, Dollars()) + part
    whole = total_dollars(paying.values())
    cents = int(dollars.amount * 100)
    shares = {
        pk: cents * int(part.amount * 100) // int(whole.amount * 100)
        for pk, part in sorted(paying.items())
    }
    most = max(sorted(paying), key=lambda pk: paying[pk].amount)
    shares[most] += cents - sum(shares.values())
    return {pk: Dollars(Decimal(each) / 100) for pk, each in shares.items() if each}


def withheld_of(invoice: Invoice) -> Dollars:
    """What an invoice asks for and nobody has accepted."""
    return invoice.asked - accepted_total(invoice)


def lines_of_accounting_of(parts: dict[int, dict[str, Dollars]]) -> set[int]:
    """The lines of accounting that pay what is accepted by order line and ACRN."""
    return {
        row.line_of_accounting_id
        for line_id, by_acrn in parts.items()
        for row in balances_of(holder_of(line_id))
        if by_acrn.get(row.acrn)
    }


@dataclass(frozen=True, slots=True)
class Classified:
    """A part of a voucher by order line and ACRN: its accounting classification."""

    order_line_id: int
    clin: str
    acrn: str
    line_of_accounting: str
    dollars: Dollars
    line: Any


def classification_of(certification: PaymentCertification) -> list[Classified]:
    """From which funds a voucher is paid, by contract line and ACRN."""
    lines = OrderLine.objects.select_related("contract_line").in_bulk(
        [int(line_id) for line_id in certification.by_acrn]
    )
    found = []
    for line_id, parts in certification.by_acrn.items():
        line = lines[int(line_id)]
        rows = {row.acrn: row for row in balances_of(holder_of(int(line_id)))}
        found += [
            Classified(
                order_line_id=line.pk,
                clin=line.clin,
                acrn=acrn,
                line_of_accounting=str(rows[acrn].line_of_accounting),
                dollars=Dollars(Decimal(amount)),
                line=rows[acrn].line,
            )
            for acrn, amount in parts.items()
        ]
    return sorted(found, key=lambda each: (each.clin, each.acrn))


def holder_of(order_line_id: int) -> Holder:
    """An order line as the ledger knows it."""
    return Holder(HOLDER_OF_A_LINE, order_line_id)


def tasks_on(contract: Contract, actor: Actor, at: datetime) -> Iterable[Task]:
    """What is accepted and not paid, by the day on which it is due (R-PAY-01)."""
    for owed in owed_to_or_by(actor, at, contract=contract):
        what = f"Pay {owed.dollars} on invoice {owed.invoice.number}"
        who = "Disbursing office" if owed.certification else "Payment certifier"
        path = owed.invoice.path
        yield Task("Payments", what, path, owed.due_on, who, "R-PAY-01")


def filed_on(contract: Contract, actor: Actor) -> Iterable[Filed]:
    """What was paid, for the file of the contract."""
    made = payments_visible_to(actor).filter(
        certification__invoice__order__contract=contract,
        certification__payment_return__isnull=True,
    )
    for payment in made.select_related("certification__invoice").order_by("pk"):
        invoice = payment.certification.invoice
        what = f"Payment of {Dollars(payment.dollars)} on invoice {invoice.number}"
        yield Filed("PAYMENTS", what, invoice.path, payment.paid_on)
