"""Why an option is not exercised."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class IntentMissing(Refusal):
    """No notice of intent within the days that the clause states (FAR 52.217-9)."""

    code = "intent_missing"
    rule = "R-OPT-01"


class IntentGiven(Conflict):
    """The intent was given, or its receipt confirmed, before."""

    code = "intent_given"


class NotInWindow(Refusal):
    """An option is exercised in its window or not at all (FAR 17.207(f))."""

    code = "not_in_window"
    rule = "R-OPT-02"


class AlreadyExercised(Conflict):
    """An option is exercised once."""

    code = "already_exercised"
    rule = "R-OPT-02"


class NotAsStated(Refusal):
    """What would be signed is not what the option states."""

    code = "not_as_stated"
    rule = "R-OPT-02"


class FindingMissing(Invalid):
    """A finding without its words, or one that speaks against the option."""

    code = "finding_missing"
    rule = "R-OPT-03"


class NotDetermined(Refusal):
    """No determination of these days stands behind the option (FAR 17.207(c))."""

    code = "not_determined"
    rule = "R-OPT-03"


class SizeNotRepresented(Refusal):
    """The vendor has not stated its size anew (FAR 52.219-28)."""

    code = "size_not_represented"
    rule = "R-OPT-06"


class RepresentationIncomplete(Invalid):
    """A statement of size, or the change before it, lacks what it rests on."""

    code = "representation_incomplete"
