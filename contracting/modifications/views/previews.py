"""A modification that is not signed yet, as it would be printed."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from contracting.core import clock
from contracting.documents.rendering import Sheet
from contracting.documents.views import DraftView
from contracting.modifications import paperwork, queries
from contracting.orders.states import ModificationState


class PreviewContractModification(DraftView):
    """The modification before its signature, for whoever may sign it."""

    def sheet(self, **ids: Any) -> Sheet:
        found = queries.get_modification_for(self.actor, ids["public_id"])
        if found.state != ModificationState.DRAFT:
            raise Http404
        return paperwork.modification_draft(found, by=self.actor, at=clock.now())
