"""Refusals: what the system will not do, and the rule that says so.

A refusal carries a sentence, a rule id and data; the words of the rule (its citation
and what would lift it) are reference data and are added by the door that shows it.
"""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """Something that was asked and will not be done; nothing has been changed.

    Subclasses stand beside the verb that raises them and set ``code`` (stable, for
    machines), ``status`` (HTTP) and ``rule`` (such as ``"R-SOL-05"``).
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    rule: str = ""
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, rule: str = "", **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.rule = rule or type(self).rule
        self.data = data

    def __str__(self) -> str:
        return self.message


class NotAllowed(Refusal):
    """The actor may see the thing and may not do this to it."""

    code = "not_allowed"
    status = 403


class NotVisible(Refusal):
    """The thing does not exist for this actor: the answer is 404, never 403."""

    code = "not_found"
    status = 404


class Stale(Refusal):
    """The decision was taken on another version than the one in force."""

    code = "stale"
    status = 409


class IllegalMove(Refusal):
    """The state does not allow this move."""

    code = "illegal_move"
    status = 409


class Invalid(Refusal):
    """The input is well-formed and breaks a rule of the field."""

    code = "invalid"
    status = 422


class Conflict(Refusal):
    """Somebody else has already done this, or something that excludes it."""

    code = "conflict"
    status = 409


class Sealed(Refusal):
    """The content is sealed and nobody can read it yet."""

    code = "sealed"
    status = 423
