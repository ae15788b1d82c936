"""The letters that end or interrupt work, and how a termination goes."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices

from contracting.core.states import moves


class LetterKind(TextChoices):
    """A letter of the contracting officer with legal effect."""

    STOP_WORK = "STOP_WORK", "stop-work order"
    RESUME_WORK = "RESUME_WORK", "order to resume work"
    CURE = "CURE", "cure notice"
    SHOW_CAUSE = "SHOW_CAUSE", "show-cause notice"
    TERMINATION = "TERMINATION", "notice of termination"
    CONVERSION = "CONVERSION", "notice of conversion"


EFFECTS: Final = {
    LetterKind.STOP_WORK: "work stops at once; what is used meanwhile is held",
    LetterKind.RESUME_WORK: "work goes on from its day; the stop is over",
    LetterKind.CURE: "the vendor cures the failure by its day, or may be terminated",
    LetterKind.SHOW_CAUSE: (
        "the vendor shows why it should not be terminated, or may be from its day on"
    ),
    LetterKind.TERMINATION: "performance ends on the day that it names",
    LetterKind.CONVERSION: (
        "the termination for cause counts as one for convenience; the vendor proposes "
        "a settlement by its day"
    ),
}
"""What each letter does, in the words of the register."""


ANSWERED: Final = (LetterKind.CURE, LetterKind.SHOW_CAUSE)
"""What the vendor answers, and what a termination for cause may rest on."""


class StopReason(TextChoices):
    """Why work is stopped."""

    STOP_WORK = "STOP_WORK", "stop-work order (FAR 42.1303)"
    PROTEST = "PROTEST", "protest after award (FAR 52.233-3)"
    BAN = "BAN", "a ban on the vendor or model"
    SAFETY = "SAFETY", "an incident or a risk to the data"


class Ground(TextChoices):
    """On which clause of a commercial contract it is terminated."""

    CONVENIENCE = "CONVENIENCE", "the Government's convenience (52.212-4(l))"
    CAUSE = "CAUSE", "cause (52.212-4(m))"


class TerminationState(TextChoices):
    """Drafted, signed by another officer, settled."""

    DRAFT = "DRAFT", "draft"
    SIGNED = "SIGNED", "signed, not settled"
    SETTLED = "SETTLED", "settled"
    DISCARDED = "DISCARDED", "discarded"


_T = TerminationState

MOVES: Final = moves({_T.DRAFT: (_T.SIGNED, _T.DISCARDED), _T.SIGNED: (_T.SETTLED,)})
OPEN: Final = (_T.DRAFT, _T.SIGNED)
"""What stands in the way of another termination, and of close-out."""

CURE_DAYS: Final = "CURE_NOTICE"
SHOW_CAUSE_DAYS: Final = "SHOW_CAUSE_NOTICE"
PROPOSAL_DAYS: Final = "SETTLEMENT_PROPOSAL"
"""Codes of the thresholds that say how many days the vendor has."""
