"""What can happen to an incident."""

from contracting.audit.events import event_type

INCIDENT_REPORTED = event_type(
    "incidents.incident.reported", "The vendor reported an incident."
)
INCIDENT_UPDATED = event_type(
    "incidents.incident.updated", "The vendor told how far an incident is."
)
INCIDENT_CLOSED = event_type(
    "incidents.incident.closed", "The contracting officer closed an incident."
)
INCIDENT_REMINDED = event_type(
    "incidents.incident.reminded", "Both sides were told that an update is missing."
)
BOUNDARY_AUTHORIZED = event_type(
    "incidents.boundary.authorized", "A data boundary was authorized until a day."
)
AUTHORIZATION_WITHDRAWN = event_type(
    "incidents.authorization.withdrawn", "An authorization ends earlier than it said."
)
