"""What close-out adds to the lists of a contract: what is to be done, what is filed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from contracting.closeout.models import ClaimsRelease
from contracting.closeout.queries import clock_of_contract, clock_of_order
from contracting.contracts.models import Contract
from contracting.contracts.queries.administration import Task
from contracting.contracts.queries.file import Filed
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.periods import days_bounds
from contracting.orders.states import TaskOrderState


def tasks_on(contract: Contract, actor: Actor, at: datetime) -> Iterable[Task]:
    """The close-out of what has ended, by the clock of its type (R-CLO-02)."""
    if not actor.is_agency:
        return
    for order in contract.orders.filter(state=TaskOrderState.COMPLETED).order_by("pk"):
        clock, path = clock_of_order(order), f"{order.path}/close_out_order"
        what = f"Close out {order.piid}"
        yield Task("Close-out", what, path, clock.due_on, "", "R-CLO-02")
    bounds = days_bounds(
        contract.ordering_start, contract.ordering_end, contract.time_zone
    )
    is_open = contract.state in (ContractState.AWARDED, ContractState.COMPLETED)
    if is_open and bounds.end <= at:
        clock, path = clock_of_contract(contract), f"{contract.path}/close_out_contract"
        what = f"Close out the contract {contract.piid}"
        yield Task("Close-out", what, path, clock.due_on, "", "R-CLO-02")


def filed_on(contract: Contract, actor: Actor) -> Iterable[Filed]:
    """The vendor's releases of claims, for the file of the contract."""
    rows = ClaimsRelease.objects.filter(
        Q(contract=contract) | Q(order__contract=contract)
    )
    for release in rows.select_related("order").order_by("pk"):
        about = release.order.piid if release.order else contract.piid
        path = release.order.path if release.order else contract.path
        yield Filed("RELEASES", f"Release of claims under {about}", path)
