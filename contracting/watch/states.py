"""What a forecast can say, and what an alarm is about."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices

from contracting.core.states import moves


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


class AlarmKind(TextChoices):
    """What an alarm is about."""

    RUNAWAY = "RUNAWAY", "runaway use"
    CACHE_DROP = "CACHE_DROP", "fewer cached tokens"
    SILENT_SOURCE = "SILENT_SOURCE", "silent source"
    TOKENIZER_DRIFT = "TOKENIZER_DRIFT", "tokenizer drift"
    REPORT_DRIFT = "REPORT_DRIFT", "report drifts from the meter"
    OVER_RESERVE = "OVER_RESERVE", "calls above their reserve"
    UNANNOUNCED = "UNANNOUNCED", "usage without authorization"
    ROLL_UP = "ROLL_UP", "sums that are not their rows"
    OWN_RULE = "OWN_RULE", "own rule"

    @property
    def limits(self) -> str:
        """What an alarm of this kind can and cannot show."""
        return _LIMITS[self.value]


_LIMITS = {
    "RUNAWAY": (
        "It shows that a day costs far more than the days before it lead to expect. It "
        "cannot tell a loop that nobody wanted from work that somebody planned."
    ),
    "CACHE_DROP": (
        "It shows that a smaller share of the input is read from the cache. It cannot "
        "tell whether the vendor's cache, the gateway's routing or the way of asking "
        "has changed."
    ),
    "SILENT_SOURCE": (
        "It shows that nothing was received within the interval. It cannot tell a "
        "source that is down from one that has nothing to report and sends no "
        "heartbeat; a gap is no zero."
    ),
    "TOKENIZER_DRIFT": (
        "It shows that input and output of one model have both grown, or shrunk, by a "
        "like share a call. A tokenizer that counts otherwise does that; so do longer "
        "questions with longer answers. Content is never stored, so that tokens cannot "
        "be held against characters here: recount a sample beside the gateway. Input "
        "alone or output alone is not told."
    ),
    "REPORT_DRIFT": (
        "It shows that the vendor reports another share of what our meter counts, "
        "class by class, than in the weeks before, beyond what its days differ anyhow. "
        "It cannot tell who of the two counts otherwise now, nor why, and a difference "
        "that was always there is none: those are discrepancies. Content is never "
        "stored; a recount of a sample beside the gateway says which count is right."
    ),
    "OVER_RESERVE": (
        "It shows that calls cost more than the worst case that was reserved for them. "
        "It cannot tell a gateway that sends too low a limit of tokens from a vendor "
        "that counts more than was asked for. What was used counts in full."
    ),
    "UNANNOUNCED": (
        "It shows that usage came without authorization on an order that was chosen "
        "to be hard. Nothing holds such usage back: until a day passes without any, "
        "the order stops calls that ask, and no others."
    ),
    "ROLL_UP": (
        "It shows that sums that pages and reports read differ from the rows they are "
        "the sums of. Bills are drawn from the rows; rebuild the sums, and look for "
        "who wrote to the database beside the product."
    ),
    "OWN_RULE": (
        "It shows that the figure which somebody chose was reached, as the daily sums "
        "of usage say. It stops nothing: a limit that stops calls is set on the order."
    ),
}


class RuleMeasure(TextChoices):
    """What an own rule looks at."""

    COST = "COST", "cost"
    TOKENS = "TOKENS", "tokens"
    FORECAST = "FORECAST", "cost expected by the end of the period"
    SILENCE = "SILENCE", "days without any use"


class RuleSpan(TextChoices):
    """Over which days cost and tokens are added up."""

    DAY = "DAY", "in a day"
    MONTH = "MONTH", "in a calendar month"
    WHOLE = "WHOLE", "since the order began"


class RuleScope(TextChoices):
    """Of what of an order's usage a rule is."""

    ORDER = "ORDER", "the whole order"
    CLIN = "CLIN", "contract line"
    MODEL = "MODEL", "model"
    PROJECT = "PROJECT", "project"
    KEY = "KEY", "key"


class Told(TextChoices):
    """Who is told when a rule fires."""

    REQUESTER = "REQUESTER", "the requester of the order"
    CONTRACTING_OFFICER = "CONTRACTING_OFFICER", "contracting officers"
    COR = "COR", "contracting officer's representatives"
    PROGRAM_MANAGER = "PROGRAM_MANAGER", "program managers"
    FUNDS_CERTIFIER = "FUNDS_CERTIFIER", "funds certifiers"


CACHE_DROP: Final = "ALARM_CACHE_DROP"
DRIFT: Final = "ALARM_DRIFT"
REPORT_DRIFT: Final = "ALARM_REPORT_DRIFT"
"""Codes of what it takes to raise an alarm: dated numbers."""


class AlarmState(TextChoices):
    """Raised, looked at, done with."""

    OPEN = "OPEN", "open"
    ACKNOWLEDGED = "ACKNOWLEDGED", "acknowledged"
    CLOSED = "CLOSED", "closed"


MOVES = moves(
    {
        AlarmState.OPEN: (AlarmState.ACKNOWLEDGED, AlarmState.CLOSED),
        AlarmState.ACKNOWLEDGED: (AlarmState.CLOSED,),
        AlarmState.CLOSED: (),
    }
)
