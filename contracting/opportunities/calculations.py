"""When somebody looked last, kept by their own browser: no table tells who looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

VISIT: Final = timedelta(minutes=30)
"""Looks that follow each other so soon are one visit, in which news stay news."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Of one person at one solicitation: the last look, and that of the visit before.

    ``before`` is ``None`` in the first visit.
    """

    last: datetime
    before: datetime | None = None

    def and_now(self, now: datetime) -> Looks:
        """With this look; after half an hour a visit has ended."""
        if now - self.last > VISIT:
            return Looks(last=now, before=self.last)
        return Looks(last=max(now, self.last), before=self.before)

    def kept_for(self, user_id: int) -> dict[str, Any]:
        """As a browser keeps it, for this person only."""
        before = self.before.isoformat() if self.before else ""
        return {"user": user_id, "last": self.last.isoformat(), "before": before}


def looks_of(kept: Any, user_id: int) -> Looks | None:
    """What a browser has kept for this person; ``None`` if it has kept nothing."""
    if not isinstance(kept, dict) or kept.get("user") != user_id:
        return None
    try:
        last = datetime.fromisoformat(kept["last"])
        before = datetime.fromisoformat(kept["before"]) if kept["before"] else None
    except (KeyError, TypeError, ValueError):
        return None
    return Looks(last, before)
