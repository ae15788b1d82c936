"""What a forecast can say, and what an alarm is about."""

from django.db.models import TextChoices


class Measure(TextChoices):
    """What is counted down."""

    DOLLARS = "DOLLARS", "funds"
    TOKENS = "TOKENS", "tokens"


class Outlook(TextChoices):
    """What a forecast says of the end of the funds or tokens."""

    NO_USE = "NO_USE", "nothing used yet"
    TOO_EARLY = "TOO_EARLY", "too few days for a forecast"
    RANGE_ONLY = "RANGE_ONLY", "too few days for a date"
    EXHAUSTED = "EXHAUSTED", "exhausted"
    EXHAUSTING = "EXHAUSTING", "exhausting in the period"
    MAY_EXHAUST = "MAY_EXHAUST", "may exhaust in the period"
    NOT_EXHAUSTING = "NOT_EXHAUSTING", "not exhausting in the period"
    PERIOD_OVER = "PERIOD_OVER", "the period is over"
