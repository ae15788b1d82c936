"""Work on orders, from the draft to the payment and the close-out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from accounts.states import Role
from contracting.billing import permissions as may_bill
from contracting.billing import queries as billing
from contracting.billing.queries.clocks import return_by
from contracting.billing.states import InvoiceState
from contracting.closeout import permissions as may_close
from contracting.closeout import queries as closeout
from contracting.contracts import permissions as may_award
from contracting.contracts import queries as contracts
from contracting.contracts.calculations import funded
from contracting.contracts.queries.ordering import appointment_of
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Refused
from contracting.core.quantities import Dollars
from contracting.desk.calculations import Item, address, count, listed
from contracting.desk.permissions.items import (
    draft_awards,
    item,
    offered_awards,
    some,
    uncertified,
)
from contracting.desk.queries import LIMIT, represented
from contracting.metering import permissions as may_meter
from contracting.metering import queries as metering
from contracting.modifications import permissions as may_modify
from contracting.modifications import queries as modifications
from contracting.modifications.calculations import raised_minimum
from contracting.modifications.models import ContractModification
from contracting.modifications.queries.minimum import minimum_certified
from contracting.orders import permissions as may_order
from contracting.orders import queries as orders
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.queries.placing import signing_checks
from contracting.orders.queries.ratified import beyond, orders_beyond
from contracting.orders.states import ModificationState, TaskOrderState
from contracting.payments import permissions as may_pay
from contracting.payments import queries as payments
from contracting.reconciliation import permissions as may_reconcile
from contracting.reconciliation import queries as reconciliation

_ORD: Final = TaskOrderState


# Orders and modifications ------------------------------------------------------------


def _orders(by: Actor, *states: str) -> list[TaskOrder]:
    return some(orders.visible_to(by).filter(state__in=states).order_by("pk"))


def _drafted(by: Actor) -> list[Modification]:
    found = orders.modifications_visible_to(by)
    return some(found.filter(state=ModificationState.DRAFT).order_by("pk"))


def orders_to_submit(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _orders(by, _ORD.DRAFT):
        verdict = may_order.can_submit_task_order(by, each)
        yield item(each, "orders:order", "Send the order for review", verdict)


def orders_to_sign(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    """Orders that wait for a warrant, or for the letter of an ordering officer."""
    is_officer = by.has_role(Role.CONTRACTING_OFFICER)
    for each in _orders(by, _ORD.APPROVED):
        letter = None if is_officer else appointment_of(by, each.contract, on)
        if not is_officer and (letter is None or letter.gap(on)):
            continue
        verdict = may_order.can_issue_task_order(by, each, on)
        checks = [check for check in signing_checks(each, on) if not check.is_done]
        missing = (checks[0].why or checks[0].what) if checks else ""
        rule = checks[0].rule if checks else ""
        page, due = "orders:issue_task_order", each.period_start
        yield item(each, page, "Sign the order", verdict, missing, rule, due=due)


def to_dispose(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _orders(by, _ORD.SUBMITTED, _ORD.APPROVED):
        said = orders.undisposed_of(each)
        if said:
            names = listed([str(one.membership.user) for one in said])
            verdict = may_order.can_dispose_nonconcurrence(by, each)
            page = "orders:dispose_nonconcurrence"
            asked = f"Answer {names}, who did not concur"
            yield item(each, page, asked, verdict, since=said[0].at)


def uses_to_ratify(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in some(orders_beyond(by)):
        found = beyond(each)
        if found.left and not found.waits:
            asked = "Have use beyond the funds ratified, or leave it unpaid"
            yield item(each, "orders:order", asked, amount=found.left)


def modifications_to_sign(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _drafted(by):
        missing, rule = "", ""
        if each.funds_added and orders.certification_of_modification(each) is None:
            missing, rule = "The funds it adds are not certified yet.", "R-MOD-03"
        elif each.is_bilateral and each.vendor_signed_at is None:
            missing, rule = "The vendor has not signed yet.", "R-MOD-02"
        verdict = may_order.can_issue_modification(by, each, on)
        page, due = "orders:issue_modification", each.effective_on
        asked = "Sign the modification"
        yield item(each, page, asked, verdict, missing, rule, due=due)
    for one in _contract_modifications(by):
        missing, rule = "", ""
        if one.base_version != one.contract.version:
            missing, rule = "Another was signed since: revise it.", "R-MOD-05"
        elif raised_minimum(one) and minimum_certified(one) is None:
            missing, rule = "The funds it adds are not certified yet.", "R-MOD-03"
        elif one.is_bilateral and one.vendor_signed_at is None:
            missing, rule = "The vendor has not signed yet.", "R-MOD-02"
        verdict = may_modify.can_issue_contract_modification(by, one, on)
        page = "modifications:issue_contract_modification"
        yield item(one, page, "Sign the modification", verdict, missing, rule)


def _contract_modifications(by: Actor) -> list[ContractModification]:
    found = modifications.visible_to(by)
    return some(found.filter(state=ModificationState.DRAFT).order_by("pk"))


def to_countersign(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    yield from offered_awards(by, at, on)
    for each in _drafted(by):
        if each.vendor_signed_at is None:
            verdict = may_order.can_sign_modification(by, each)
            page, due = "orders:sign_modification", each.effective_on
            yield item(each, page, "Sign the modification", verdict, due=due)
    for one in _contract_modifications(by):
        if one.vendor_signed_at is None and one.base_version == one.contract.version:
            verdict = may_modify.can_sign_contract_modification(by, one)
            page = "modifications:sign_contract_modification"
            yield item(one, page, "Sign the modification", verdict)


def funds_to_certify(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for order in _orders(by, _ORD.SUBMITTED, _ORD.APPROVED):
        if orders.certification_of(order) is None:
            verdict = may_order.can_certify_task_order_funds(by, order)
            page, due = "orders:certify_task_order_funds", order.period_start
            yield item(order, page, "Certify funds", verdict, due=due)
    for contract in draft_awards(by):
        if uncertified(contract):
            verdict = may_award.can_certify_contract_funds(by, contract)
            page = "contracts:certify_contract_funds"
            amount = funded(contract)
            asked = "Certify the guaranteed minimum"
            if not contract.takes_orders:
                asked = "Certify the funds of its lines"
            yield item(contract, page, asked, verdict, amount=amount)
    for each in _drafted(by):
        if each.funds_added and orders.certification_of_modification(each) is None:
            verdict = may_order.can_certify_modification_funds(by, each)
            page, due = "orders:certify_modification_funds", each.effective_on
            yield item(each, page, "Certify the added funds", verdict, due=due)
    for one in _contract_modifications(by):
        if raised_minimum(one) and minimum_certified(one) is None:
            verdict = may_modify.can_certify_minimum_funds(by, one)
            page, amount = "modifications:certify_minimum_funds", raised_minimum(one)
            asked = "Certify the higher minimum"
            yield item(one, page, asked, verdict, amount=amount)


# From usage to payment ---------------------------------------------------------------


def in_suspense(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    verdict = may_meter.can_assign_usage(by, by.organization_id or 0)
    for group in metering.suspense(by.organization_id or 0)[:LIMIT]:
        yield Item(
            text=f"{group.reason_label}: {group.detail}",
            url=address("metering:suspense"),
            asked=f"Assign {count(group.events, 'held call')}",
            since=group.first_at,
            why_not=verdict.reason if isinstance(verdict, Refused) else "",
        )


def to_accept(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    received = billing.invoices_visible_to(by).filter(state=InvoiceState.RECEIVED)
    mine = received.filter(order__contract__in=represented(by, on)).order_by("pk")
    yield from _to_return(by, on)
    for each in some(mine):
        verdict = may_reconcile.can_accept_usage(by, each, on)
        received_on = accounting_day(each.received_at, each.order.contract.time_zone)
        due = received_on + timedelta(days=7)
        asked, since = "Accept or return the invoice", each.received_at
        yield item(each, "reconciliation:invoice", asked, verdict, since=since, due=due)


def _to_return(by: Actor, on: date) -> Iterator[Item]:
    """What came by post with defects: back within seven days of receipt (R-INV-02)."""
    waiting = billing.invoices_visible_to(by).filter(state=InvoiceState.DEFECTIVE)
    for each in some(waiting.filter(order__contract__in=represented(by, on))):
        verdict = may_bill.can_return_invoice(by, each, on)
        asked, due = "Return the invoice with its defects", return_by(each)
        page, since = "billing:return_invoice", each.received_at
        yield item(each, page, asked, verdict, rule="R-INV-02", since=since, due=due)


def findings(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    unsettled = reconciliation.findings_visible_to(by).filter(resolution__isnull=True)
    for each in some(unsettled.order_by("due_on", "pk")):
        verdict = may_reconcile.can_resolve_finding(by, each, on)
        if by.has_role(Role.CONTRACTING_OFFICER) and each.tolerance_tier <= 2:
            continue
        yield item(
            *(each, "reconciliation:finding", "Settle the discrepancy", verdict),
            text=f"{each.get_code_display().capitalize()}, order {each.order.name}",
            amount=Dollars(each.amount_dollars),
            due=each.due_on,
            since=each.found_at,
        )


def orders_to_complete(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    over = orders.visible_to(by).filter(state=_ORD.ISSUED, period_end__lt=on)
    for each in some(over.order_by("period_end")):
        held = metering.open_suspense_of(each).count()
        missing = f"{count(held, 'call')} of it in suspense." if held else ""
        verdict = may_close.can_complete_order(by, each, on)
        page, asked = "closeout:complete_order", "Say that it is complete"
        yield item(each, page, asked, verdict, missing, "R-CLO-01")


def to_close_out(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for order in _orders(by, _ORD.COMPLETED):
        blockers = closeout.blockers_of_order(order)
        missing = " ".join(blocker.what for blocker in blockers[:2])
        verdict = may_close.can_close_out_order(by, order, on)
        page, rule = "closeout:close_out_order", blockers[0].rule if blockers else ""
        due = closeout.clock_of_order(order).due_on
        yield item(order, page, "Close out the order", verdict, missing, rule, due=due)
    over = contracts.visible_to(by).filter(
        state__in=[ContractState.AWARDED, ContractState.COMPLETED], ordering_end__lt=on
    )
    for each in some(over.order_by("ordering_end")):
        blockers = closeout.blockers_of_contract(each, at)
        missing = " ".join(blocker.what for blocker in blockers[:2])
        verdict = may_close.can_close_out_contract(by, each, on)
        page, rule = "closeout:close_out_contract", blockers[0].rule if blockers else ""
        due, asked = closeout.clock_of_contract(each).due_on, "Close out the contract"
        yield item(each, page, asked, verdict, missing, rule, due=due)


def to_pay(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    accepted = billing.invoices_visible_to(by).filter(state=InvoiceState.ACCEPTED)
    for each in some(accepted.order_by("pk")):
        yield item(
            *(each, "payments:certify_payment", "Certify the payment"),
            may_pay.can_certify_payment(by, each),
            amount=reconciliation.accepted_total(each),
            due=payments.payment_due_on(each),
        )
    certified = payments.certifications_visible_to(by).filter(payment__isnull=True)
    for one in some(certified.order_by("due_on", "pk")):
        verdict = may_pay.can_record_payment(by, one)
        page, amount = "payments:record_payment", Dollars(one.dollars)
        asked, more = "Record the payment", {"amount": amount, "due": one.due_on}
        yield item(one, page, asked, verdict, note=f"Invoice {one.invoice}", **more)


def returned_invoices(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    recent = at - timedelta(days=90)
    returned = billing.invoices_visible_to(by).filter(
        state=InvoiceState.RETURNED, returned_at__gte=recent
    )
    for each in some(returned.order_by("-returned_at")):
        asked, since = "Correct it and send it again", each.returned_at
        yield item(each, "reconciliation:invoice", asked, since=since)
