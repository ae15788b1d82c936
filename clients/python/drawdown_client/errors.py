"""What can go wrong between a gateway and Drawdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class DrawdownError(Exception):
    """Whatever this client raises."""


class Unreachable(DrawdownError):
    """No answer came, or none that decides: nobody can tell what is left.

    A call must not be made on it, unless the order is soft for this client.
    """


class Refused(DrawdownError):
    """The answer is no, and says why.

    :ivar code: stable, for machines, such as ``live_limit_reached``
    :ivar status: the HTTP status
    :ivar rule: the rule that refuses, such as ``R-MET-10``; empty where there is none
    :ivar problem: the whole answer as RFC 9457
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = dict(problem)
        self.code = str(problem.get("code") or f"http_{status}")
        self.detail = str(problem.get("detail") or "The request was refused.")
        self.rule = str(problem.get("rule") or "")
        super().__init__(f"{self.code}: {self.detail}")


class SpoolFull(DrawdownError):
    """What waits to be sent has reached its bound: no further call is begun."""


class BadUsage(DrawdownError):
    """A provider's counts contradict each other, or are not all understood.

    They are never clamped or guessed: the call is settled as one whose usage nobody
    knows, and keeps its reserve.
    """
