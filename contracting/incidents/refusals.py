"""Why an incident is not reported, updated or closed."""

from __future__ import annotations

from contracting.core.errors import Invalid


class IncidentIncomplete(Invalid):
    """An incident says what happened, and when it was discovered."""

    code = "incident_incomplete"
