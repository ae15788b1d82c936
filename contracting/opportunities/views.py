"""What everybody reads of released solicitations, without a login."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator

from contracting.core import clock
from contracting.core.views import PageView
from contracting.documents.queries import documents_of
from contracting.opportunities.queries import past_opportunities, public_events_of
from contracting.solicitations import permissions, queries

PER_PAGE = 50


class Opportunities(PageView):
    """What can be bid on now?"""

    template_name = "opportunities/opportunities.html"
    public = True

    def context(self, **ids: Any) -> dict[str, Any]:
        at = clock.now()
        past = Paginator(past_opportunities(at), PER_PAGE)
        return {
            "open": queries.open_opportunities(at),
            "page_obj": past.get_page(self.request.GET.get("page")),
        }


class Opportunity(PageView):
    """Should we bid?"""

    template_name = "opportunities/opportunity.html"
    public = True

    def context(self, **ids: Any) -> dict[str, Any]:
        found = queries.get_opportunity(ids["solicitation"])
        at = clock.now()
        return {
            **queries.package_of(found),
            "is_open": queries.open_opportunities(at).filter(pk=found.pk).exists(),
            "answers": queries.released_answers(found),
            "amendments": queries.amendments_shown(found),
            "documents": documents_of(found.subject)
            .visible_to(self.actor)
            .filter(is_public=True),
            "justifications": queries.public_justifications(found),
            "history": public_events_of(found),
            "may_ask": permissions.can_ask_question(self.actor, found),
        }
