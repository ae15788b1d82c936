"""A package that is not released yet, as it would be printed."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from contracting.core import clock
from contracting.documents.rendering import Sheet
from contracting.documents.views import DraftView
from contracting.solicitations import paperwork, queries
from contracting.solicitations.states import SolicitationState

_NOT_RELEASED = {
    SolicitationState.DRAFT,
    SolicitationState.IN_REVIEW,
    SolicitationState.APPROVED,
}


class PreviewSolicitation(DraftView):
    """The form and its continuation before the release."""

    def sheet(self, **ids: Any) -> Sheet:
        found = queries.get_solicitation_for(self.actor, ids["solicitation"])
        if found.state not in _NOT_RELEASED:
            raise Http404
        return paperwork.release_draft(found, by=self.actor, at=clock.now())
