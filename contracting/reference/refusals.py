"""What reference data refuses."""

from __future__ import annotations

from contracting.core.errors import Conflict, Invalid, Refusal


class UnknownTokenClass(Invalid):
    """There is no token class of that code; the list is closed."""

    code = "unknown_token_class"
    rule = "R-SOL-13"


class NoThreshold(Refusal):
    """No value of this number is in force on the day, and none is guessed."""

    code = "no_threshold"
    status = 409


class NoInstrument(Refusal):
    """No contract of this kind is awarded on the day."""

    code = "no_instrument"
    status = 409


class UnknownKind(Invalid):
    """There is no paper of that kind."""

    code = "unknown_kind"


class NameIsASnapshot(Invalid):
    """The name is itself a snapshot and stands for itself alone."""

    code = "name_is_a_snapshot"


class ModelNotInForce(Invalid):
    """The snapshot is not in force on the first day of the alias."""

    code = "model_not_in_force"


class AliasInForce(Conflict):
    """The name already stands for another snapshot on that day or a later one."""

    code = "alias_in_force"


class ModelRegistered(Conflict):
    """The snapshot is registered already, or its name stands for another one."""

    code = "model_registered"


class BadModel(Invalid):
    """The particulars of a snapshot do not go together."""

    code = "bad_model"


class RateWrong(Invalid):
    """A published rate has its first day, its percentage and its source."""

    code = "rate_wrong"
    rule = "R-PAY-03"


class RateInForce(Conflict):
    """A rate of these days is in force already."""

    code = "rate_in_force"
    rule = "R-PAY-03"
