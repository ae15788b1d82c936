"""Whether a notice has also gone out by e-mail."""

from django.db.models import TextChoices


class EmailState(TextChoices):
    """The inbox is the notice; e-mail only mirrors it."""

    PENDING = "PENDING", "waiting to be sent"
    SENT = "SENT", "sent"
    FAILED = "FAILED", "could not be sent"
    NONE = "NONE", "no e-mail"
