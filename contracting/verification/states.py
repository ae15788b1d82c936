"""What is answered about a file, and how the paper that it is stands."""

from __future__ import annotations

from django.db.models import TextChoices


class Answer(TextChoices):
    """What a file is, as far as whoever asks may know."""

    OF_RECORD = "of_record", "the paper of record, unchanged"
    ISSUED = "issued", "issued by this system, unchanged"
    EARLIER = "earlier", "an earlier state of a paper of record"
    COPY = "copy", "a signed copy that was handed in"
    RELEASED = "released", "a copy for release, unchanged"
    CUT = "cut", "the beginning of a paper, without its seal"
    ADDED_TO = "added_to", "a paper with something added behind it"
    CHANGED = "changed", "a paper that was changed"
    NAMED = "named", "a code of a paper"
    DRAFT = "draft", "a draft, printed before anything was issued"
    UNKNOWN = "unknown", "not known here"


REFUSED = frozenset(
    {Answer.CUT, Answer.ADDED_TO, Answer.CHANGED, Answer.DRAFT, Answer.UNKNOWN}
)
"""Such a file is not to be relied on."""


class Status(TextChoices):
    """How a paper of record stands today."""

    IN_FORCE = "in_force", "in force"
    MODIFIED = "modified", "in force as modified"
    NOT_YET = "not_yet", "not in force yet"
    REPLACED = "replaced", "replaced by a later paper"
    COMPLETED = "completed", "completed"
    ENDED = "ended", "ended"
    TERMINATED = "terminated", "terminated"
    CANCELLED = "cancelled", "cancelled"
    RECORD = "record", "a record of an act, which nothing ends"
    UNSAID = "unsaid", "not said for papers of this kind"


class Listing(TextChoices):
    """How papers of a kind stand on the status list, which everybody reads."""

    STATUS = "status", "with number and status, where they are public"
    HASH = "hash", "as a salted hash among others, where they are not"
    NEVER = "never", "not at all: how many there are is nobody's business"
