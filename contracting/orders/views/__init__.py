"""Pages of orders and of their modifications."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar

from django.forms import Form
from django.urls import reverse

from contracting.approvals.queries import standing_decisions, standings
from contracting.approvals.queries.queues import overrides_on
from contracting.approvals.views import ReviewVerb
from contracting.audit.queries import events_of, milestones
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.contracts.queries.room import room_of
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.views import KeyPage, PageView, VerbView
from contracting.documents.queries import documents_of
from contracting.incidents.queries import lapse_of
from contracting.ledger.queries import adjustments_of, contract_balance
from contracting.orders import calculations, forms, permissions, queries
from contracting.orders.forms import modifications as modifying
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.operations.cancel import cancel_task_order
from contracting.orders.operations.certify_modification import (
    certify_modification_funds,
)
from contracting.orders.operations.discard import discard_task_order
from contracting.orders.operations.discard_modification import discard_modification
from contracting.orders.operations.dispose import dispose_nonconcurrence
from contracting.orders.operations.draft_modification import draft_modification
from contracting.orders.operations.edit import edit_task_order
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.operations.review import review_task_order
from contracting.orders.operations.sign import sign_modification
from contracting.orders.operations.submit import submit_task_order
from contracting.orders.queries.estimates import coverage_of, estimate_behind
from contracting.orders.queries.placing import (
    acceptance_of,
    bans_on,
    protestable_because,
    signing_checks,
    waiting_for,
)
from contracting.orders.queries.ratified import beyond
from contracting.orders.states import ModificationState
from contracting.requisitions.forms import SeenVersion
from contracting.solicitations.publishing.changes import shown

PER_PAGE = 25


class TaskOrdersPage(PageView):
    """Which orders are there, and what has each left?"""

    template_name = "orders/orders.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        found = queries.visible_to(self.actor)
        named = self.request.GET.get("contract", "")
        contract = get_contract_for(self.actor, named) if named else None
        if contract is not None:
            found = found.filter(contract=contract)
        page = KeyPage(found, self.request.GET, PER_PAGE)
        totals = queries.totals_by_order(page.rows)
        return {
            "contract": contract,
            "room": room_of(contract) if contract else None,
            "page": page,
            "next_url": page.next_url,
            "prev_url": page.prev_url,
            "to_accept": waiting_for(self.actor, clock.now()),
            "rows": [(order, totals[order.pk]) for order in page.rows],
            "contracts": [
                (contract, permissions.can_draft_task_order(self.actor, contract))
                for contract in queries.contracts_to_order_on(self.actor)[:20]
            ],
        }


class TaskOrderPage(PageView):
    """How much of this order is left, and what can be done now?"""

    template_name = "orders/order.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        order = queries.get_task_order_for(self.actor, ids["public_id"])
        by, on = self.actor, _today(order)
        context = {
            **_order_context(order),
            "balance": contract_balance(order.contract_id),
            "burn": queries.burn_of(order),
            "modifications": queries.modifications_of(by, order),
            "documents": documents_of(order.subject).visible_to(by),
            "events": queries.history_of(by, order),
        }
        if not by.is_agency:
            return context
        return context | {
            "certification": queries.certification_of(order),
            "beyond": beyond(order) if order.is_issued else None,
            "acceptance": acceptance_of(order),
            "bans": bans_on(order, clock.now()),
            "lapse": lapse_of(order.contract, order.boundary, clock.now()),
            "protestable": protestable_because(order, on),
            "checks": signing_checks(order, on),
            "routes": standings(order.subject, by),
            "overrides": overrides_on(by, order.subject),
            "may_edit": permissions.can_edit_task_order(by, order),
            "may_submit": permissions.can_submit_task_order(by, order),
            "may_review": permissions.can_review_task_order(by, order, on),
            "may_dispose": permissions.can_dispose_nonconcurrence(by, order),
            "may_certify": permissions.can_certify_task_order_funds(by, order),
            "may_issue": permissions.can_issue_task_order(by, order, on),
            "may_record": permissions.can_record_availability(by, order, on),
            "may_cancel": permissions.can_cancel_task_order(by, order),
            "may_discard": permissions.can_discard_task_order(by, order),
            "may_modify": permissions.can_draft_modification(by, order),
            "undisposed": queries.undisposed_of(order),
        }


class SeenVerb(VerbView):
    """A page that does one thing to one object, on the version that was read.

    ``may`` and ``do`` are the permission and the operation, ``key`` names the object.
    """

    form_class: ClassVar[type[Form]] = SeenVersion
    may: ClassVar[Callable[..., Verdict]]
    do: ClassVar[Callable[..., Any]]
    key: ClassVar[str]

    def verdict(self, thing: Any) -> Verdict:
        return type(self).may(self.actor, thing)

    def initial(self, thing: Any) -> dict[str, Any]:
        return {"seen_version": thing.version}

    def terms(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the operation is told beside the object, by whom and when."""
        return {name: data[name] for name in data if name != "confirm"}

    def perform(self, *, thing: Any, data: dict[str, Any], by: Actor, at: Any) -> str:
        type(self).do(**{self.key: thing.pk}, by=by, at=at, **self.terms(data))
        path: str = thing.path
        return path


class OrderVerb(SeenVerb):
    """A page that does one thing to one order."""

    key = "order_id"

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return queries.get_task_order_for(self.actor, ids["public_id"])

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return _order_context(thing)


class EditTaskOrder(OrderVerb):
    """What shall be different?"""

    template_name = "orders/edit_task_order.html"
    form_class = forms.TaskOrderForm
    submit_label = "Save a new version"
    done_message = "The new version is saved."
    may = staticmethod(permissions.can_edit_task_order)
    do = staticmethod(edit_task_order)

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        return forms.offered_by(thing.contract)

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {
            **super().initial(thing),
            **{name: getattr(thing, name) for name in calculations.TERMS},
            **forms.lines_as_typed(thing),
        }

    def terms(self, data: dict[str, Any]) -> dict[str, Any]:
        return {
            "terms": {name: data[name] for name in calculations.TERMS},
            "lines": data["lines"],
            "seen_version": data["seen_version"],
        }


class SubmitTaskOrder(OrderVerb):
    """Is this exactly what the reviewers shall decide on?"""

    template_name = "orders/submit_task_order.html"
    submit_label = "Send into review"
    done_message = "The reviewers have it now."
    may = staticmethod(permissions.can_submit_task_order)
    do = staticmethod(submit_task_order)

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {**_order_context(thing), "gaps": calculations.content_gaps(thing)}


class ReviewTaskOrder(ReviewVerb, OrderVerb):
    """Do I agree with exactly this version?"""

    template_name = "orders/review_task_order.html"
    form_class = forms.ReviewTaskOrderForm
    submit_label = "Record my decision"
    done_message = "Your decision is recorded."
    do = staticmethod(review_task_order)
    read = staticmethod(calculations.read)

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_review_task_order(self.actor, thing, _today(thing))

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        last, changes = queries.last_reviewed_version, queries.changes_since
        return {
            **_order_context(thing),
            **self.reviewed(thing, last, changes),
            "checks": signing_checks(thing, _today(thing)),
        }


class DisposeNonconcurrence(OrderVerb):
    """Why may this be signed although a reviewer did not concur?"""

    template_name = "orders/dispose_nonconcurrence.html"
    form_class = forms.DisposeNonconcurrenceForm
    submit_label = "Record the disposition"
    done_message = "The disposition is recorded."
    may = staticmethod(permissions.can_dispose_nonconcurrence)
    do = staticmethod(dispose_nonconcurrence)

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        return {
            "decisions": [
                (each.pk, f"{each.membership.user}, {each.step.label}: {each.comment}")
                for each in queries.undisposed_of(thing)
            ]
        }

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {}


class IssueTaskOrder(OrderVerb):
    """Is everything in place to bind the Government?"""

    template_name = "orders/issue_task_order.html"
    form_class = forms.IssueTaskOrderForm
    submit_label = "Sign the order"
    done_message = "The order is signed; its funds are obligated."
    do = staticmethod(issue_task_order)

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_issue_task_order(self.actor, thing, _today(thing))

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        checks = signing_checks(thing, _today(thing))
        return {
            **_order_context(thing),
            "protestable": protestable_because(thing, _today(thing)),
            "room": room_of(thing.contract, beside=thing.pk),
            "checks": checks,
            "open_checks": [check for check in checks if not check.is_done],
            "balance": contract_balance(thing.contract_id),
        }


class CancelTaskOrder(OrderVerb):
    """Shall this order be given up before it is signed?"""

    template_name = "orders/cancel_task_order.html"
    form_class = forms.CancelTaskOrderForm
    submit_label = "Cancel the order"
    done_message = "The order is cancelled and its commitment released."
    may = staticmethod(permissions.can_cancel_task_order)
    do = staticmethod(cancel_task_order)


class DiscardTaskOrder(OrderVerb):
    """Shall this draft go?"""

    template_name = "orders/discard_task_order.html"
    form_class = Form
    submit_label = "Discard the draft"
    done_message = "The draft is discarded."
    may = staticmethod(permissions.can_discard_task_order)

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        discard_task_order(order_id=thing.pk, by=by, at=at)
        return reverse("orders:orders")


class DraftModification(OrderVerb):
    """What exactly changes, in words, money and tokens?"""

    template_name = "orders/draft_modification.html"
    form_class = modifying.DraftModificationForm
    submit_label = "Draft the modification"
    done_message = "The modification is drafted. It has no number until it is signed."
    may = staticmethod(permissions.can_draft_modification)

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {**super().initial(thing), "effective_on": _today(thing)}

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        return {"choices": modifying.effects_offered_by(thing)}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        modification = draft_modification(
            order_id=thing.pk,
            **{name: data[name] for name in forms.MODIFICATION_SAYS},
            effects=data["effects"],
            terms=data["terms"],
            by=by,
            at=at,
        )
        return modification.path


class ModificationPage(PageView):
    """What exactly changes, and who must still sign?"""

    template_name = "orders/modification.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        found = queries.get_modification_for(self.actor, ids["public_id"])
        by = self.actor
        context = {
            **_modification_context(found),
            "documents": documents_of(found.subject).visible_to(by),
            "may_sign": permissions.can_sign_modification(by, found),
        }
        if not by.is_agency:
            return context
        on = _today(found.order)
        return context | {
            "events": milestones(events_of(found.subject)),
            "overrides": overrides_on(by, found.subject),
            "may_certify": permissions.can_certify_modification_funds(by, found),
            "may_issue": permissions.can_issue_modification(by, found, on),
            "may_discard": permissions.can_discard_modification(by, found),
        }


class ModificationVerb(SeenVerb):
    """A page that does one thing to one modification."""

    key = "modification_id"

    def thing(self, *_: Any, **ids: Any) -> Modification:
        return queries.get_modification_for(self.actor, ids["public_id"])

    def extra(self, thing: Modification) -> dict[str, Any]:
        return _modification_context(thing)


class CertifyModificationFunds(ModificationVerb):
    """Are the funds there that this modification adds?"""

    template_name = "orders/certify_modification_funds.html"
    form_class = modifying.CertifyModificationForm
    submit_label = "Certify the funds"
    done_message = "The funds are certified and wait for the signature."
    may = staticmethod(permissions.can_certify_modification_funds)
    do = staticmethod(certify_modification_funds)


class SignModification(ModificationVerb):
    """Does the vendor agree?"""

    template_name = "orders/sign_modification.html"
    form_class = modifying.SignModificationForm
    submit_label = "Sign for the vendor"
    done_message = "You have signed. The contracting officer signs last."
    may = staticmethod(permissions.can_sign_modification)
    do = staticmethod(sign_modification)


class IssueModification(ModificationVerb):
    """Is everything in place to change the order?"""

    template_name = "orders/issue_modification.html"
    form_class = modifying.IssueModificationForm
    submit_label = "Sign the modification"
    done_message = "The modification is signed and the order is changed."
    do = staticmethod(issue_modification)

    def verdict(self, thing: Modification) -> Verdict:
        on = _today(thing.order)
        return permissions.can_issue_modification(self.actor, thing, on)


class DiscardModification(ModificationVerb):
    """Shall this draft go?"""

    template_name = "orders/discard_modification.html"
    form_class = Form
    submit_label = "Discard the draft"
    done_message = "The draft is discarded."
    may = staticmethod(permissions.can_discard_modification)

    def perform(
        self, *, thing: Modification, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        discard_modification(modification_id=thing.pk, by=by, at=at)
        return thing.order.path


def _today_in(contract: Contract) -> date:
    return accounting_day(clock.now(), contract.time_zone)


def _today(order: TaskOrder) -> date:
    return _today_in(order.contract)


def _order_context(order: TaskOrder) -> dict[str, Any]:
    """The order with its lines, their limits and its totals."""
    limits = queries.line_limits(order, clock.now())
    behind = estimate_behind(order)
    return {
        "order": order,
        "estimated": behind,
        "coverage": coverage_of(order, behind, clock.now()) if behind else [],
        "contract": order.contract,
        "cancel_url": order.path,
        "voids": standing_decisions(order.subject),
        "limits": limits,
        "lines": [
            (limit, limit.line.current_funding(), limit.line.current_rates())
            for limit in limits
        ],
        "totals": queries.totals_of(order),
    }


def _modification_context(modification: Modification) -> dict[str, Any]:
    """The modification with before and after, as signed or as it would be signed."""
    is_signed = modification.state == ModificationState.ISSUED
    changes = modification.changes
    if not is_signed:
        changes = [each.plain() for each in calculations.changes_of(modification)]
    return {
        "modification": modification,
        "cancel_url": modification.path,
        "order": modification.order,
        "contract": modification.order.contract,
        "changes": shown(changes, modification.order.contract.time_zone),
        "is_behind": not is_signed
        and modification.base_version != modification.order.version,
        "effects": calculations.effects_of(modification),
        "certification": queries.certification_of_modification(modification),
        "expired": adjustments_of(modification.subject),
        "justification": permissions.justification_of(modification),
        "both_sign": calculations.needs_both_signatures(modification),
    }
