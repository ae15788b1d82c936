"""What can happen to a ban."""

from contracting.audit.events import event_type

BAN_IMPOSED = event_type(
    "bans.ban.imposed", "A vendor, a model or a family of models was banned."
)
BAN_LIFTED = event_type("bans.ban.lifted", "A ban was lifted.")
