"""The list of what waits for a reviewer."""

from __future__ import annotations

from typing import Any

from contracting.approvals import queries
from contracting.core.errors import NotVisible
from contracting.core.views import PageView


class Inbox(PageView):
    """What waits for my decision?"""

    template_name = "approvals/inbox.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        if not self.actor.is_agency:
            raise NotVisible("Reviews are the agency's.")
        return {"routes": queries.waiting_for(self.actor)}
