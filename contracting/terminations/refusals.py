"""Why work is not stopped, resumed or ended."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class NotRunning(Refusal):
    """Only what is signed and not closed is stopped or ended."""

    code = "not_running"


class WordsMissing(Invalid):
    """A letter says why, and by which day."""

    code = "words_missing"


class AlreadyStopped(Conflict):
    """Work is stopped already, or it runs already."""

    code = "already_stopped"


class AlreadyAnswered(Conflict):
    """The letter was received or answered before."""

    code = "already_answered"


class TerminationStands(Conflict):
    """A termination is on its way or signed already."""

    code = "termination_stands"


class CureNotOver(Refusal):
    """No cure notice, or its days are not over and it is not answered."""

    code = "cure_not_over"


class SettlementRefused(Refusal):
    """Not yet, not more than is there, or decided already."""

    code = "settlement_refused"
