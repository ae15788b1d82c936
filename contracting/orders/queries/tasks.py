"""What is to be done on the orders of a contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from contracting.contracts.models import Contract
from contracting.contracts.queries.administration import SOON, Task
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.orders.queries import modifications_visible_to, visible_to
from contracting.orders.states import ModificationState, TaskOrderState


def tasks_on(contract: Contract, actor: Actor, at: datetime) -> Iterable[Task]:
    """Orders that wait for somebody, periods that end, and drafts of their changes."""
    on = accounting_day(at, contract.time_zone)
    orders = visible_to(actor).filter(contract=contract).order_by("pk")
    waiting = {
        TaskOrderState.DRAFT: ("is a draft", "Program"),
        TaskOrderState.SUBMITTED: ("is in review", "Reviewers and funds certifier"),
        TaskOrderState.APPROVED: ("waits for the signature", "Contracting officer"),
    }
    for order in orders.filter(state__in=list(waiting)):
        words, who = waiting[TaskOrderState(order.state)]
        what = f"{order.noun.capitalize()} {order.title} {words}"
        yield Task("Orders", what, order.path, None, who)
    issued = orders.filter(state=TaskOrderState.ISSUED)
    for order in issued.select_related("availability_notice"):
        if order.is_locked:
            yield Task(
                "Orders",
                f"{order.piid} waits for the notice that funds are available",
                order.path,
                None,
                "Contracting officer",
                "R-FND-06",
            )
        if order.period_end - SOON <= on:
            words = "ended, complete it" if order.period_end < on else "ends"
            yield Task(
                "Orders",
                f"{order.piid}: performance {words}",
                f"{order.path}/complete_order" if actor.is_agency else order.path,
                order.period_end,
            )
    drafts = modifications_visible_to(actor).filter(
        order__contract=contract, state=ModificationState.DRAFT
    )
    for draft in drafts.order_by("pk"):
        unsigned = draft.is_bilateral and draft.vendor_signed_at is None
        yield Task(
            "Modifications",
            f"A modification of {draft.order.piid} is drafted",
            draft.path,
            None,
            contract.vendor.name if unsigned else "Contracting officer",
            "R-MOD-02",
        )
