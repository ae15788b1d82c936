"""Pages of the end: what is open, the last signatures, and what became of it all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.closeout import forms, permissions, queries
from contracting.closeout.calculations import figure_rows
from contracting.closeout.models import LegalHold
from contracting.closeout.operations.close_out_contract import close_out_contract
from contracting.closeout.operations.close_out_order import close_out_order
from contracting.closeout.operations.complete_order import complete_order
from contracting.closeout.operations.place import place_legal_hold
from contracting.closeout.operations.record_residual_terms import (
    record_residual_terms,
)
from contracting.closeout.operations.release_claims import release_claims
from contracting.closeout.operations.release_hold import release_legal_hold
from contracting.closeout.operations.release_minimum import release_minimum
from contracting.closeout.queries.retention import get_hold_for, retention_of
from contracting.closeout.queries.seen import seen_of_contract, seen_of_order
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.contracts.states import ContractState
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.views import PageView, VerbView
from contracting.documents.queries import documents_of
from contracting.documents.states import DocumentKind
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for
from contracting.orders.states import TaskOrderState

SHOWN = 200


def order_address(order: TaskOrder) -> str:
    """The page of an order."""
    return reverse("orders:order", args=[order.public_id])


def contract_address(contract: Contract) -> str:
    """The page of a contract."""
    return reverse("contracts:contract", args=[contract.public_id])


def today_of(contract: Contract) -> date:
    """The day that it is now where the contract counts its days."""
    return accounting_day(clock.now(), contract.time_zone)


class CloseOutsPage(PageView):
    """What has ended and is still open, and what is closed out?"""

    template_name = "closeout/close_outs.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        by, at = self.actor, clock.now()
        statements = queries.statements_visible_to(by).order_by("-signed_at", "-pk")
        context: dict[str, Any] = {
            "statements": statements[:SHOWN],
            "closed": statements.count(),
        }
        if by.is_vendor:
            context["to_release"] = queries.orders_to_release(by)
            context["minimums"] = queries.minimums_to_release(by, at)
        if by.is_agency:
            orders = queries.orders_to_close(by, at)
            contracts = queries.contracts_to_close(by, at)
            context |= {
                "today": at.date(),
                "orders": [
                    (
                        order,
                        blockers_of(order, at),
                        self._order_verdict(order),
                        queries.clock_of_order(order),
                    )
                    for order in orders
                ],
                "contracts": [
                    (
                        contract,
                        queries.blockers_of_contract(contract, at),
                        permissions.can_close_out_contract(
                            by, contract, today_of(contract)
                        ),
                        queries.clock_of_contract(contract),
                    )
                    for contract in contracts
                ],
            }
        return context

    def _order_verdict(self, order: TaskOrder) -> Verdict:
        on = today_of(order.contract)
        if order.state == TaskOrderState.ISSUED:
            return permissions.can_complete_order(self.actor, order, on)
        return permissions.can_close_out_order(self.actor, order, on)


def blockers_of(order: TaskOrder, at: datetime) -> list[queries.Blocker]:
    """What stands in the way of the next step of an order that has ended."""
    if order.state == TaskOrderState.ISSUED:
        return queries.blockers_of_completion(order, at)
    return queries.blockers_of_order(order)


class CompletionStatementPage(PageView):
    """What was ordered, used, paid and given back?"""

    template_name = "closeout/completion_statement.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        found = queries.get_statement_for(self.actor, ids["public_id"])
        contract, order = found.contract, found.order
        thing = order or contract
        papers = documents_of(thing.subject).visible_to(self.actor)
        context: dict[str, Any] = {
            "statement": found,
            "contract": contract,
            "order": order,
            "figures": figure_rows(found.figures),
            "paid": Dollars(found.figures["paid"]),
            "residuals": queries.residual_rows(order) if order else [],
            "documents": papers.filter(
                kind__in=(
                    DocumentKind.COMPLETION_STATEMENT,
                    DocumentKind.CLOSE_OUT_CHECKLIST,
                )
            ),
            "lines": queries.balances_of_order(order)
            if order
            else queries.balances_of_contract(contract),
        }
        if order is None:
            context["statements"] = queries.statements_visible_to(self.actor).filter(
                contract=contract, order__isnull=False
            )
        if self.actor.is_agency:
            context["events"] = events_of(thing.subject)
        return context


class CompleteOrder(VerbView):
    """Performance has ended."""

    template_name = "closeout/complete_order.html"
    form_class = forms.CompleteOrderForm
    submit_label = "Complete the order"
    done_message = "The order is physically complete. Next, it is closed out."

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return get_task_order_for(self.actor, ids["public_id"])

    def verdict(self, thing: TaskOrder) -> Verdict:
        on = today_of(thing.contract)
        return permissions.can_complete_order(self.actor, thing, on)

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {
            "order": thing,
            "contract": thing.contract,
            "blockers": queries.blockers_of_completion(thing, clock.now()),
            "cancel_url": order_address(thing),
        }

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return order_address(complete_order(order_id=thing.pk, by=by, at=at))


class ReleaseClaims(VerbView):
    """The vendor's signature that it claims nothing more under an order."""

    template_name = "closeout/release_claims.html"
    form_class = forms.ReleaseForm
    submit_label = "Sign the release"
    done_message = "The release is signed; the contracting officer has been told."

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return get_task_order_for(self.actor, ids["public_id"])

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_release_claims(self.actor, thing)

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {"given_up": queries.unclaimed_of(thing).dollars.plain()}

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        is_closed = thing.state == TaskOrderState.CLOSED
        return {
            "order": thing,
            "release": queries.release_of_order(thing),
            "open": queries.unclaimed_of(thing),
            "blockers": [] if is_closed else queries.blockers_of_release(thing),
            "lines": queries.balances_of_order(thing),
            "cancel_url": order_address(thing),
        }

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        release_claims(
            order_id=thing.pk,
            given_up=data["given_up"],
            statement=data["statement"],
            by=by,
            at=at,
        )
        return order_address(thing)


class ReleaseMinimum(VerbView):
    """The vendor's signature that it gives up what its minimum leaves unpaid."""

    template_name = "closeout/release_minimum.html"
    form_class = forms.ReleaseForm
    submit_label = "Sign the release"
    done_message = "The release is signed; the contracting officer has been told."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_release_minimum(self.actor, thing)

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"given_up": queries.minimum_owed(thing).plain()}

    def extra(self, thing: Contract) -> dict[str, Any]:
        is_closed = thing.state == ContractState.CLOSED
        at = clock.now()
        return {
            "contract": thing,
            "release": queries.release_of_contract(thing),
            "owed": queries.minimum_owed(thing),
            "blockers": [] if is_closed else queries.blockers_of_minimum(thing, at),
            "paid": queries.paid_on_contract(thing),
            "cancel_url": contract_address(thing),
        }

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        release_minimum(
            contract_id=thing.pk,
            given_up=data["given_up"],
            statement=data["statement"],
            by=by,
            at=at,
        )
        return contract_address(thing)


class CloseOutOrder(VerbView):
    """The contracting officer's last signature on an order."""

    template_name = "closeout/close_out_order.html"
    form_class = forms.CloseOutOrderForm
    submit_label = "Sign and close out"
    done_message = "The order is closed out; what was left is back with its funds."

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return get_task_order_for(self.actor, ids["public_id"])

    def verdict(self, thing: TaskOrder) -> Verdict:
        on = today_of(thing.contract)
        return permissions.can_close_out_order(self.actor, thing, on)

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {"seen_sha256": seen_of_order(thing)}

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        lines = queries.balances_of_order(thing)
        is_closed = thing.state == TaskOrderState.CLOSED
        return {
            "order": thing,
            "contract": thing.contract,
            "statement": queries.statement_of_order(thing),
            "blockers": [] if is_closed else queries.blockers_of_order(thing),
            "release": queries.release_of_order(thing),
            "clock": queries.clock_of_order(thing),
            "today": today_of(thing.contract),
            "terms": queries.residual_terms_of(thing.contract),
            "takers": queries.takers_of(thing),
            "lines": lines,
            "left": total_dollars(
                each.balance.funds_left + each.balance.unaccepted for each in lines
            ),
            "cancel_url": order_address(thing),
        }

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return close_out_order(
            order_id=thing.pk,
            remarks=data["remarks"],
            rolls_over_to=data.get("rolls_over_to"),
            seen_sha256=data["seen_sha256"],
            by=by,
            at=at,
        ).path

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        takers = [(each.pk, each.name) for each in queries.takers_of(thing)]
        return {"takers": takers}


class RecordResidualTerms(VerbView):
    """What does the signed contract say of tokens that are not used?"""

    template_name = "closeout/record_residual_terms.html"
    form_class = forms.RecordResidualTermsForm
    submit_label = "Record the terms"
    done_message = "The terms are recorded; each close-out follows them."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_record_residual_terms(self.actor, thing)

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {
            "contract": thing,
            "terms": queries.residual_terms_of(thing),
            "cancel_url": contract_address(thing),
        }

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        record_residual_terms(contract_id=thing.pk, **data, by=by, at=at)
        return contract_address(thing)


class CloseOutContract(VerbView):
    """The contracting officer's last signature on a contract."""

    template_name = "closeout/close_out_contract.html"
    form_class = forms.CloseOutForm
    submit_label = "Sign and close out"
    done_message = "The contract is closed out."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        on = today_of(thing)
        return permissions.can_close_out_contract(self.actor, thing, on)

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"seen_sha256": seen_of_contract(thing)}

    def extra(self, thing: Contract) -> dict[str, Any]:
        lines = queries.balances_of_contract(thing)
        is_closed = thing.state == ContractState.CLOSED
        at = clock.now()
        return {
            "contract": thing,
            "statement": queries.statement_of_contract(thing),
            "blockers": [] if is_closed else queries.blockers_of_contract(thing, at),
            "release": queries.release_of_contract(thing),
            "clock": queries.clock_of_contract(thing),
            "today": today_of(thing),
            "lines": lines,
            "left": total_dollars(each.balance.funds_left for each in lines),
            "owed": queries.minimum_owed(thing),
            "paid": queries.paid_on_contract(thing),
            "cancel_url": contract_address(thing),
        }

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return close_out_contract(
            contract_id=thing.pk,
            remarks=data["remarks"],
            seen_sha256=data["seen_sha256"],
            by=by,
            at=at,
        ).path


class RetentionPage(PageView):
    """Until when is the file kept, and what holds it?"""

    template_name = "closeout/retention.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        contract = _file_of(self.actor, ids["public_id"])
        holds = contract.legal_holds.select_related(
            "placed_by__user", "release__released_by__user"
        )
        on = today_of(contract)
        retention = retention_of(contract, on)
        return {
            "contract": contract,
            "retention": retention,
            "is_free": retention.may_be_disposed_of(on),
            "holds": holds.order_by("-pk"),
            "may_place": permissions.can_place_legal_hold(self.actor, contract),
            "may_release": permissions.can_release_legal_hold(self.actor, contract),
        }


def _file_of(actor: Actor, public_id: str) -> Contract:
    """The contract, for people of its agency: the file is the agency's.

    :raises NotVisible: for everybody else
    """
    if not actor.is_agency:
        message = "The file of a contract is the agency's."
        raise NotVisible(message)
    return get_contract_for(actor, public_id)


class PlaceLegalHold(VerbView):
    """Keep everything."""

    template_name = "closeout/place_legal_hold.html"
    form_class = forms.PlaceLegalHoldForm
    submit_label = "Place the legal hold"
    done_message = "The file is held: nothing of it is disposed of."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return _file_of(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_place_legal_hold(self.actor, thing)

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": retention_address(thing)}

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        words = {name: data[name] for name in ("matter", "reason")}
        place_legal_hold(contract_id=thing.pk, **words, by=by, at=at)
        return retention_address(thing)


class ReleaseLegalHold(VerbView):
    """The matter is over."""

    template_name = "closeout/release_legal_hold.html"
    form_class = forms.ReleaseLegalHoldForm
    submit_label = "Release the legal hold"
    done_message = "The legal hold is released."

    def thing(self, *_: Any, **ids: Any) -> LegalHold:
        return get_hold_for(self.actor, ids["public_id"])

    def verdict(self, thing: LegalHold) -> Verdict:
        return permissions.can_release_legal_hold(self.actor, thing.contract)

    def extra(self, thing: LegalHold) -> dict[str, Any]:
        back = retention_address(thing.contract)
        return {"hold": thing, "contract": thing.contract, "cancel_url": back}

    def perform(
        self, *, thing: LegalHold, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        release_legal_hold(hold_id=thing.pk, reason=data["reason"], by=by, at=at)
        return retention_address(thing.contract)


def retention_address(contract: Contract) -> str:
    """The page that says until when the file of a contract is kept."""
    return reverse("closeout:retention", args=[contract.public_id])
