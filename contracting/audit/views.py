"""The auditor's page of what the agency did, and whether its record holds."""

from __future__ import annotations

from typing import Any

from contracting.audit import queries
from contracting.core.errors import NotVisible
from contracting.core.views import PageView


class AuditIndex(PageView):
    """Does the record of this organization hold, and what happened last?"""

    template_name = "audit/index.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        # The role is a literal: people and their roles stand above this app.
        if not self.actor.has_role("AUDITOR") or self.actor.organization_id is None:
            raise NotVisible("The record is for auditors.")
        streams = queries.streams_of_organization(self.actor.organization_id)
        return {
            "chains": len(streams),
            "broken": list(queries.verify_chains(streams)),
            "events": queries.recent_events_of(self.actor.organization_id),
        }
