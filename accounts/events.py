"""What can happen to people, keys and rights."""

from contracting.audit.events import event_type

ORGANIZATION_CREATED = event_type(
    "accounts.organization.created", "An organization was created."
)
ORGANIZATION_RENAMED = event_type(
    "accounts.organization.renamed", "An organization changed its name."
)
USER_REGISTERED = event_type("accounts.user.registered", "A person was registered.")
MEMBERSHIP_GRANTED = event_type(
    "accounts.membership.granted", "A person was given a role."
)
MEMBERSHIP_REVOKED = event_type(
    "accounts.membership.revoked", "A role was taken from a person."
)
MEMBERSHIP_CHOSEN = event_type(
    "accounts.membership.chosen", "A person chose the role to act in."
)
WARRANT_ISSUED = event_type(
    "accounts.warrant.issued", "A contracting officer was given a warrant."
)
WARRANT_REVOKED = event_type("accounts.warrant.revoked", "A warrant was revoked.")
REVIEW_DELEGATED = event_type(
    "accounts.review.delegated", "A reviewer delegated their reviews."
)
DELEGATION_REVOKED = event_type(
    "accounts.delegation.revoked", "A delegation of reviews was revoked."
)
API_KEY_ISSUED = event_type("accounts.api_key.issued", "A key was issued to a machine.")
API_KEY_ROTATED = event_type(
    "accounts.api_key.rotated", "A machine's key was replaced; both work for a while."
)
API_KEY_RESTRICTED = event_type(
    "accounts.api_key.restricted", "A machine's key was bound to networks, or freed."
)
API_KEY_REVOKED = event_type("accounts.api_key.revoked", "A machine's key was revoked.")
