"""What is not signed yet, as it would be printed."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from contracting.core import clock
from contracting.documents.rendering import Sheet
from contracting.documents.views import DraftView
from contracting.orders import queries
from contracting.orders.paperwork import order_draft
from contracting.orders.paperwork.modifications import modification_draft
from contracting.orders.states import ModificationState, TaskOrderState

_NOT_SIGNED = {
    TaskOrderState.DRAFT,
    TaskOrderState.SUBMITTED,
    TaskOrderState.APPROVED,
}


class PreviewTaskOrder(DraftView):
    """The order before its signature, for its agency."""

    def sheet(self, **ids: Any) -> Sheet:
        order = queries.get_task_order_for(self.actor, ids["public_id"])
        if order.state not in _NOT_SIGNED or not self.actor.is_agency:
            raise Http404
        return order_draft(order, by=self.actor, at=clock.now())


class PreviewModification(DraftView):
    """The modification before its signature, for whoever may sign it."""

    def sheet(self, **ids: Any) -> Sheet:
        found = queries.get_modification_for(self.actor, ids["public_id"])
        if found.state != ModificationState.DRAFT:
            raise Http404
        return modification_draft(found, by=self.actor, at=clock.now())
