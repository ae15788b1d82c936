"""Why an incident is not reported, updated or closed."""

from __future__ import annotations

from contracting.core.errors import Invalid


class IncidentIncomplete(Invalid):
    """An incident says what happened, and when it was discovered."""

    code = "incident_incomplete"


class AuthorizationIncomplete(Invalid):
    """An authorization names its boundary, its number and its days."""

    code = "authorization_incomplete"
    rule = "R-AI-02"
