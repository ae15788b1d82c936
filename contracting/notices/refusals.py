"""What the inbox will not do."""

from contracting.core.errors import Conflict, Invalid


class AlreadyRead(Conflict):
    """The notice is marked as read already."""

    code = "already_read"


class NoRecipient(Invalid):
    """A notice that is addressed to nobody."""

    code = "no_recipient"
