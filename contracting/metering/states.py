"""What a source is, what a row is answered, and why a row is held."""

from django.db.models import TextChoices


class SourceKind(TextChoices):
    """Who says so; a match compares kinds and never mixes them."""

    GATEWAY = "GATEWAY", "agency gateway"


class RowVerdict(TextChoices):
    """One per received row; together they are all the rows received."""

    ACCEPTED = "accepted", "accepted"
    HELD = "held", "held in suspense"
    DUPLICATE = "duplicate", "duplicate"
    CONFLICT = "conflict", "conflict"
    REJECTED = "rejected", "rejected"


class HoldReason(TextChoices):
    """Why a stored and counted event is not yet attributed and rated."""

    UNKNOWN_ORDER = "UNKNOWN_ORDER", "no such order"
    UNKNOWN_MODEL = "UNKNOWN_MODEL", "no such model on the order"
    UNKNOWN_CLASS = "UNKNOWN_CLASS", "no such token class"
    NO_RATE = "NO_RATE", "no price in force"
    OUT_OF_PERIOD = "OUT_OF_PERIOD", "outside the period of performance"
    NOT_MEASURED = "NOT_MEASURED", "estimated, not measured"


class Basis(TextChoices):
    """Where a count comes from."""

    MEASURED = "measured", "measured"
    ESTIMATED = "estimated", "estimated"
