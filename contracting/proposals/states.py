"""The parts of a draft, how far each of them is, and what comes in pieces."""

from django.db.models import TextChoices


class DraftPartName(TextChoices):
    """What a vendor writes and saves by itself; files are kept one by one."""

    TECHNICAL = "TECHNICAL", "technical proposal"
    PRICES = "PRICES", "prices"
    AMENDMENTS = "AMENDMENTS", "amendments"


class TaskState(TextChoices):
    """How far one part of a draft is."""

    NOT_STARTED = "NOT_STARTED", "not started"
    IN_PROGRESS = "IN_PROGRESS", "in progress"
    NEEDS_CHANGES = "NEEDS_CHANGES", "needs changes"
    READY = "READY", "ready"


class UploadKind(TextChoices):
    """What comes in pieces."""

    FILE = "FILE", "file of a draft"
    SEALED_FILE = "SEALED_FILE", "file of a draft that a browser has sealed"
    SEALED_OFFER = "SEALED_OFFER", "offer that was sealed before it was sent"
