"""What is still open on an order or a contract, and the statements that are signed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from contracting.billing.models import Invoice
from contracting.billing.states import InvoiceState
from contracting.charges.queries import not_charged
from contracting.closeout.calculations import Clock
from contracting.closeout.models import (
    ClaimsRelease,
    CompletionStatement,
    ResidualTerms,
)
from contracting.closeout.queries.undecided import undecided_on
from contracting.contracts import queries as contracts
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day, days_bounds, months_after
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.core.visibility import of_either_side
from contracting.disputes.queries.cases import undecided_claims
from contracting.ledger.queries import LineBalance, balances_of, residuals_of
from contracting.ledger.states import Holder, Residual
from contracting.metering.queries import is_rated, open_suspense_of
from contracting.orders import queries as orders
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.states import ModificationState, TaskOrderState
from contracting.payments.models import Payment
from contracting.payments.queries.debts import interest_left
from contracting.payments.queries.offsets import owed_back
from contracting.periods.queries.lists import opened_again
from contracting.reconciliation.queries import open_findings
from contracting.reference.queries import threshold
from contracting.terminations.queries import (
    open_terminations,
    running_stop,
    unpaid_settlement,
)
from contracting.terminations.states import TerminationState

COMPLETENESS = "R-CLO-01"
NOTHING_OPEN = "R-CLO-03"
FINAL_PAYMENT = "R-CLO-04"

_FINISHED = [
    TaskOrderState.CLOSED,
    TaskOrderState.CANCELLED,
    TaskOrderState.DISCARDED,
]
_UNPAID = [
    InvoiceState.RECEIVED,
    InvoiceState.DEFECTIVE,
    InvoiceState.ACCEPTED,
    InvoiceState.CERTIFIED,
]


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that stands in the way, and the rule that says so."""

    rule: str
    what: str


def balances_of_order(order: TaskOrder) -> list[LineBalance]:
    """Every line × ACRN of an order, as it stands."""
    return [
        LineBalance(line.clin, balance)
        for line in order.current_lines()
        for balance in balances_of(line.holder)
    ]


def balances_of_contract(contract: Contract) -> list[LineBalance]:
    """Every line × ACRN on which the award itself bound funds."""
    return [
        LineBalance(line.clin, balance)
        for line in contract.lines.order_by("clin", "pk")
        for balance in balances_of(Holder("contracts.line", line.pk))
    ]


def residual_terms_of(contract: Contract) -> ResidualTerms | None:
    """What the contract says of unused tokens, as recorded last."""
    found: ResidualTerms | None = contract.residual_terms.order_by("-pk").first()
    return found


def takers_of(order: TaskOrder) -> list[TaskOrder]:
    """The open orders of the contract to which unused tokens may roll over."""
    terms = residual_terms_of(order.contract)
    if terms is None or terms.disposition != Residual.ROLLED_OVER:
        return []
    others = order.contract.orders.filter(state=TaskOrderState.ISSUED)
    clins = {line.clin for line in order.current_lines()}
    return [
        each
        for each in others.exclude(pk=order.pk).order_by("piid")
        if clins <= {line.clin for line in each.current_lines()}
    ]


def residual_rows(
    order: TaskOrder,
) -> list[tuple[Any, str, OrderLine | None]]:
    """What became of the order's unused tokens, by line, and who took them."""
    clins = {line.holder: line.clin for line in order.current_lines()}
    rows = residuals_of(clins)
    takers = OrderLine.objects.filter(
        pk__in=[row.to_holder_id for row in rows if row.to_holder_id]
    ).select_related("order", "contract_line")
    to = {line.pk: line for line in takers}
    return [
        (
            row,
            clins[Holder(row.holder_kind, row.holder_id)],
            to.get(row.to_holder_id) if row.to_holder_id else None,
        )
        for row in rows
    ]


def clock_of_order(order: TaskOrder) -> Clock:
    """By when an order that has ended is closed out (R-CLO-02, FAR 4.804-1(a))."""
    return _clock(order.contract, order.period_end, final_payment_on([order]))


def clock_of_contract(contract: Contract) -> Clock:
    """By when a contract is closed out: counted from the last day of its orders."""
    ends = [contract.ordering_end]
    ends += contract.orders.filter(piid__isnull=False).values_list(
        "period_end", flat=True
    )
    return _clock(contract, max(ends), final_payment_on(list(contract.orders.all())))


def final_payment_on(orders: Collection[TaskOrder]) -> date | None:
    """The day of the latest payment on any of these orders."""
    paid = Payment.objects.filter(
        certification__invoice__order__in=orders,
        certification__payment_return__isnull=True,
    )
    return paid.order_by("paid_on").values_list("paid_on", flat=True).last()


def _clock(contract: Contract, ended: date, paid: date | None) -> Clock:
    """Simplified: with receipt and final payment; fixed price and others by months."""
    awarded = accounting_day(contract.awarded_at, contract.time_zone)  # type: ignore[arg-type]
    simplified = threshold("SAT", awarded)
    if Dollars(contract.ceiling_dollars) <= Dollars(simplified.value):
        last = max(ended, paid or ended)
        basis = "simplified acquisition: receipt and final payment"
        return Clock(last, last, simplified.code, basis)
    fixed = all(
        pricing.startswith("fixed")
        for pricing in contract.lines.values_list("pricing", flat=True)
    )
    number = threshold("CLOSE_OUT_FIXED_PRICE" if fixed else "CLOSE_OUT_OTHER", ended)
    months = int(number.value)
    basis = f"{months} months after physical completion"
    return Clock(months_after(ended, months), ended, number.code, basis)


def blockers_of_completion(order: TaskOrder, at: datetime) -> list[Blocker]:
    """Why an order is not physically complete (R-CLO-01); empty when it is."""
    found = []
    if at < order.period.end:
        ends = order.period_end
        found.append(
            Blocker(
                COMPLETENESS,
                f"The period of performance runs until {ends.day} {ends:%b %Y}.",
            )
        )
    found += [
        Blocker(
            COMPLETENESS,
            f"Line {line.clin} owes what the calendar has made due and nobody has "
            "charged yet; the schedule does so tonight.",
        )
        for line in not_charged(order, at)
    ]
    return found + _suspense(order)


def blockers_of_order(order: TaskOrder) -> list[Blocker]:
    """What is still open on an order, each with its rule; empty when nothing is."""
    again = [Blocker(NOTHING_OPEN, words) for words in opened_again(order)]
    return _still_open(order) + again + _owed_back(order) + _unsettled(order)


def blockers_of_release(order: TaskOrder) -> list[Blocker]:
    """What may still be accepted or paid, before which nothing is released."""
    return _still_open(order)


def _still_open(order: TaskOrder) -> list[Blocker]:
    found = []
    if order.state not in {TaskOrderState.COMPLETED, TaskOrderState.CLOSED}:
        found.append(
            Blocker(
                COMPLETENESS,
                f"The order is {order.get_state_display()}. Complete it first.",
            )
        )
    found += _suspense(order)
    findings = open_findings(order).count()
    if findings:
        words = _count(findings, "discrepancy is open.", "discrepancies are open.")
        found.append(Blocker(NOTHING_OPEN, words))
    found += [
        Blocker(NOTHING_OPEN, f"Invoice {each.number} is {each.get_state_display()}.")
        for each in Invoice.objects.filter(order=order, state__in=_UNPAID).order_by(
            "pk"
        )
    ]
    drafts = order.modifications.filter(state=ModificationState.DRAFT).count()
    if drafts:
        words = _count(drafts, "modification is", "modifications are")
        found.append(Blocker(NOTHING_OPEN, f"{words} neither signed nor discarded."))
    found += [
        Blocker(NOTHING_OPEN, words)
        for words in undecided_claims(order.contract, order)
    ]
    return found + _terminations(order)


def _terminations(order: TaskOrder) -> list[Blocker]:
    found = [
        Blocker(
            NOTHING_OPEN,
            f"The termination of {each.about} is {each.get_state_display()}."
            if each.state == TerminationState.DRAFT
            else f"The termination of {each.about} is not settled.",
        )
        for each in open_terminations(order.contract, order)
    ]
    if running_stop(order) is not None:
        words = "Work is stopped: let it go on, or terminate the order."
        found.append(Blocker(NOTHING_OPEN, words))
    granted = unpaid_settlement(order)
    if granted:
        words = f"{granted} was granted in settlement and is not paid."
        found.append(Blocker(NOTHING_OPEN, words))
    return found


def blockers_of_contract(contract: Contract, at: datetime) -> list[Blocker]:
    """What is still open on a contract; empty when nothing is."""
    found = blockers_of_minimum(contract, at)
    found += [Blocker(NOTHING_OPEN, words) for words in undecided_on(contract)]
    found += [Blocker(NOTHING_OPEN, words) for words in undecided_claims(contract)]
    owed = minimum_owed(contract)
    release = release_of_contract(contract)
    if owed > (Dollars(release.dollars) if release else Dollars()):
        words = (
            f"The guaranteed minimum is not reached: {owed} is owed to the vendor. "
            "Order and pay for it, or the vendor gives it up by a release."
        )
        found.append(Blocker(NOTHING_OPEN, words))
    return found


def blockers_of_minimum(contract: Contract, at: datetime) -> list[Blocker]:
    """What may still count towards the guaranteed minimum."""
    found = []
    ends = contract.ordering_end
    bounds = days_bounds(contract.ordering_start, ends, contract.time_zone)
    if at < bounds.end:
        words = f"Orders may be placed until {ends.day} {ends:%b %Y}."
        found.append(Blocker(COMPLETENESS, words))
    found += [
        Blocker(
            NOTHING_OPEN,
            f"Order {order.piid or order.title} is {order.get_state_display()}, "
            "not closed out.",
        )
        for order in contract.orders.exclude(state__in=_FINISHED).order_by("pk")
    ]
    return found


def minimum_owed(contract: Contract) -> Dollars:
    """What the guaranteed minimum leaves unpaid (FAR 16.504(a)(1)); never negative."""
    owed = Dollars(contract.minimum_dollars) - paid_on_contract(contract)
    return max(owed, Dollars())


def release_of_order(order: TaskOrder) -> ClaimsRelease | None:
    """The vendor's latest release of its claims under an order."""
    return ClaimsRelease.objects.filter(order=order).order_by("pk").last()


def release_of_contract(contract: Contract) -> ClaimsRelease | None:
    """The vendor's latest word on the guaranteed minimum of a contract."""
    rows = ClaimsRelease.objects.filter(contract=contract, order__isnull=True)
    return rows.order_by("pk").last()


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """What was used and funded and is not accepted: what a release gives up."""

    dollars: Dollars
    tokens: Tokens


def unclaimed_of(order: TaskOrder) -> Unclaimed:
    """What a release of an order would give up, exactly."""
    rows = [each.balance for each in balances_of_order(order)]
    return Unclaimed(
        total_dollars(row.unaccepted for row in rows),
        Tokens(sum(row.unaccepted_tokens.count for row in rows)),
    )


def paid_on_contract(contract: Contract) -> Dollars:
    """Everything paid on the contract's orders."""
    return total_dollars(
        Dollars(amount)
        for amount in Payment.objects.filter(
            certification__invoice__order__contract=contract,
            certification__payment_return__isnull=True,
        ).values_list("dollars", flat=True)
    )


def statements_visible_to(actor: Actor) -> QuerySet[CompletionStatement]:
    """The agency's own; to the vendor, those of its contracts."""
    rows = CompletionStatement.objects.select_related(
        "contract__agency", "contract__vendor", "order", "signed_by__user"
    )
    return of_either_side(
        rows, actor, agency="contract__agency", vendor="contract__vendor"
    )


def get_statement_for(actor: Actor, public_id: str) -> CompletionStatement:
    """One completion statement.

    :raises NotVisible: if it is not there for this actor
    """
    found = statements_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such completion statement."
        raise NotVisible(message)
    return found


def statement_of_order(order: TaskOrder) -> CompletionStatement | None:
    """The completion statement of an order, once it is signed."""
    return CompletionStatement.objects.filter(order=order).first()


def statement_of_contract(contract: Contract) -> CompletionStatement | None:
    """The completion statement of a contract, once it is signed."""
    return CompletionStatement.objects.filter(
        contract=contract, order__isnull=True
    ).first()


def orders_to_close(actor: Actor, at: datetime) -> list[TaskOrder]:
    """Orders whose period has ended and which are not closed out, longest first."""
    found = orders.visible_to(actor).filter(
        state__in=[TaskOrderState.ISSUED, TaskOrderState.COMPLETED],
        period_end__lte=at.date(),
    )
    return [
        order for order in found.order_by("period_end", "pk") if order.period.end <= at
    ]


def orders_to_release(actor: Actor) -> list[TaskOrder]:
    """Complete orders of the actor's vendor with usage that nobody has settled yet."""
    if not actor.is_vendor:
        return []
    found = orders.visible_to(actor).filter(state=TaskOrderState.COMPLETED)
    return [
        order
        for order in found.order_by("period_end", "pk")
        if any(each.rule == FINAL_PAYMENT for each in _unsettled(order))
    ]


def minimums_to_release(actor: Actor, at: datetime) -> list[Contract]:
    """Contracts of the actor's vendor that only their minimum keeps open."""
    if not actor.is_vendor:
        return []
    found = []
    for contract in contracts_to_close(actor, at):
        release = release_of_contract(contract)
        released = Dollars(release.dollars) if release else Dollars()
        is_open = bool(blockers_of_minimum(contract, at))
        if not is_open and minimum_owed(contract) > released:
            found.append(contract)
    return found


def contracts_to_close(actor: Actor, at: datetime) -> list[Contract]:
    """Contracts whose ordering period has ended and which are not closed out."""
    found = contracts.visible_to(actor).filter(
        state__in=[ContractState.AWARDED, ContractState.COMPLETED],
        ordering_end__lte=at.date(),
    )
    return [
        contract
        for contract in found.order_by("ordering_end", "pk")
        if days_bounds(
            contract.ordering_start, contract.ordering_end, contract.time_zone
        ).end
        <= at
    ]


def _suspense(order: TaskOrder) -> list[Blocker]:
    found = []
    held = open_suspense_of(order).count()
    if held:
        one, many = "call is still in suspense.", "calls are still in suspense."
        found.append(Blocker(COMPLETENESS, _count(held, one, many)))
    lines = (line.contract_line for line in order.current_lines())
    unrated = [line.clin for line in lines if line.is_by_volume and not is_rated(line)]
    if unrated:
        words = (
            f"Usage of line {', '.join(unrated)} is not on its steps or in its pool "
            "yet. It is rated each night, or now on the usage page."
        )
        found.append(Blocker(COMPLETENESS, words))
    return found


def _owed_back(order: TaskOrder) -> list[Blocker]:
    owed = owed_back(order)
    words = (
        f"The vendor still owes ${owed.amount:,.2f} back. It takes that off an invoice "
        "or pays it back, or the contracting officer cancels or waives the credit."
    )
    found = [Blocker(NOTHING_OPEN, words)] if owed else []
    interest, missing = interest_left(order)
    if interest:
        words = (
            f"The vendor still owes ${interest.amount:,.2f} of interest on what it "
            "paid back late. It pays it, or the contracting officer waives it."
        )
        found.append(Blocker(NOTHING_OPEN, words))
    return found + [Blocker(NOTHING_OPEN, words) for words in missing]


def _unsettled(order: TaskOrder) -> list[Blocker]:
    rows = [each.balance for each in balances_of_order(order)]
    found = []
    unaccepted = total_dollars(row.unaccepted for row in rows)
    release = release_of_order(order)
    released = Dollars(release.dollars) if release else Dollars()
    if unaccepted > released:
        words = (
            f"Usage worth {unaccepted} is not invoiced and accepted yet. The vendor "
            "invoices it, or gives it up by a release of claims"
        )
        words += f"; it has released {released}." if release else "."
        found.append(Blocker(FINAL_PAYMENT, words))
    unpaid = total_dollars(row.unpaid for row in rows)
    if unpaid:
        words = f"{unpaid} is accepted and not paid yet."
        found.append(Blocker(FINAL_PAYMENT, words))
    return found


def _count(number: int, one: str, more: str) -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {more}"
