"""Why somebody or something is banned, and the values that bans give out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices

from contracting.core.quantities import Dollars, Tokens


class BanReason(TextChoices):
    """The authority that forbids to buy it."""

    EXCLUSION = "EXCLUSION", "excluded from awards (FAR 9.405)"
    FASCSA = "FASCSA", "order under the supply chain security act (FAR 4.23)"
    SECTION_889 = "SECTION_889", "section 889 (FAR 4.21)"
    DIRECTIVE = "DIRECTIVE", "directive of the Government"


@dataclass(frozen=True, slots=True)
class Affected:
    """One order that a ban touches, and what is left of it to burn."""

    id: str
    number: str
    title: str
    path: str
    state: str
    state_label: str
    vendor: str
    models: Sequence[str]
    dollars_left: Dollars
    tokens_left: Tokens
    is_signed: bool
    is_waived: bool
