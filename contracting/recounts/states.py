"""What an allowance is taken from, and what a test says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices

CALIBRATION_SAMPLES: Final = 2_000
"""So many counts make a calibration: its bound is then within half a percent."""
MOST_AT_ONCE: Final = 1_000
"""Samples that one request brings at most."""
SHA256: Final = re.compile(r"[0-9a-f]{64}")
CALL_ID: Final = re.compile(r"[A-Za-z0-9._:/+=@-]{1,200}")
"""The id of a call: no space stands in it, so that no sentence does."""


class Basis(TextChoices):
    """What the honest excess of a count was measured on."""

    TRUSTED_RUN = "TRUSTED_RUN", "a trusted run of the same model"
    FIRST_SAMPLES = "FIRST_SAMPLES", "the vendor's first samples, agreed by both"


class Verdict(TextChoices):
    """What the samples say so far."""

    FLAGGED = "FLAGGED", "more is reported than the allowance explains"
    NOT_FLAGGED = "NOT_FLAGGED", "nothing shown against the count"
    NO_VERDICT = "NO_VERDICT", "an estimate and no verdict"


@dataclass(frozen=True, slots=True)
class Sampled:
    """One recounted call as the client sends it; integers, and no text of it.

    ``position`` is its place in the order of drawing, from 1 without a gap;
    ``recounted`` is ``None`` where the text was no longer there.
    """

    position: int
    request_id: str
    reported: int
    recounted: int | None
    proof: str

    @property
    def counts(self) -> tuple[int, int]:
        """Reported and recounted tokens; a text that is lost counts as exact."""
        lost = self.recounted is None
        return self.reported, self.reported if lost else int(self.recounted or 0)
