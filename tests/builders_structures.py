"""A competition whose price schedule asks for every price structure.

Beside the unit prices of line 0001 it asks for tiers (0002), a pool (0003), seats
(0004), reserved hours (0005) and, for a bundle (0006), the overage beyond its envelope
(0007).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from contracting.core.quantities import Tokens
from contracting.evaluations.models import SelectionDecision
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.operations.release import release_solicitation
from contracting.solicitations.publishing.schedule import (
    LineDraft,
    draft_of,
    plain_line,
)
from contracting.solicitations.queries import lines_of
from tests.builders import DAY, HOUR, complete_solicitation, reviewed_solicitation
from tests.cast import AT, actor
from tests.offers import (
    agreed_offers,
    decided_solicitation,
    declared_panel,
    offer_on,
    opened_offers,
    rated_offers,
    rehearsed_box,
    submitted_offer,
)
from tests.remembered import remembered


def asked(
    slin: str, token_class: str = "", workload: int = 0, **more: Any
) -> LineDraft:
    """A row of the schedule, described by its number."""
    return LineDraft(
        clin=slin[:4],
        slin=slin,
        description=f"What line {slin} buys",
        token_class=token_class,
        workload=Tokens(workload),
        **more,
    )


_TIERS: dict[str, Any] = {"structure": "TIERS", "periods": 2}
_POOL: dict[str, Any] = {"structure": "POOL", "unit": "ACU", "periods": 2}
SCHEDULE = [
    asked("0002AA", "IN_UNCACHED", 7_000_001, **_TIERS),
    asked("0002AB", "IN_UNCACHED", from_tokens=1_000_000, **_TIERS),
    asked("0002AC", "IN_UNCACHED", from_tokens=3_000_000, **_TIERS),
    asked("0002AD", "OUT_TEXT", 2_000_003, **_TIERS),
    asked("0002AE", "OUT_TEXT", from_tokens=3_000_000, **_TIERS),
    asked("0003", **_POOL),
    asked("0003AA", "IN_UNCACHED", 3_333_333, **_POOL),
    asked("0003AB", "OUT_TEXT", 1_234_567, **_POOL),
    asked("0004", structure="SEATS", unit="MO", quantity=25, periods=12),
    asked("0005", structure="RESERVED", unit="HR", quantity=2, periods=100),
    asked("0006", structure="BUNDLE", unit="MO", quantity=1, periods=12),
    asked("0007AA", "IN_UNCACHED", 9_000_000, **_TIERS),
    asked("0007AB", "IN_UNCACHED", from_tokens=4_000_000, **_TIERS),
]
FIGURES = {
    "0002AA": "2.00",
    "0002AB": "1.50",
    "0002AC": "1.00",
    "0002AD": "8.00",
    "0002AE": "4.00",
    "0003": "1.60",
    "0003AA": "1.25",
    "0003AB": "5.333333",
    "0004": "30.00",
    "0005": "12.50",
    "0006": "500.00",
    "0007AA": "0.10",
    "0007AB": "3.00",
}
"""What Meridian quotes; Larkspur asks a dollar more for each."""


@remembered
def structured_draft(at: Any = AT) -> Solicitation:
    """A complete package with every price structure on its schedule."""
    complete = complete_solicitation(at)
    kept = [draft_of(plain_line(line)) for line in lines_of(complete)]
    return edit_solicitation(
        solicitation_id=complete.pk,
        lines=[*kept, *SCHEDULE],
        by=actor("contract_specialist"),
        at=at + 2 * HOUR + timedelta(minutes=30),
        seen_version=complete.version,
    )


@remembered
def structured_solicitation(at: Any = AT) -> Solicitation:
    """The same, released."""
    draft = structured_draft(at)
    approved = reviewed_solicitation(rehearsed_box(on=draft, at=at), at + 3 * HOUR)
    return release_solicitation(
        solicitation_id=approved.pk,
        by=actor("contracting_officer"),
        at=at + DAY,
        seen_version=approved.version,
    )


def a_dollar_more(figures: Mapping[str, str]) -> dict[str, str]:
    """Each figure and a whole one."""
    return {slin: f"{float(figure) + 1:.6f}" for slin, figure in figures.items()}


@remembered
def structured_decision() -> SelectionDecision:
    """Two offers on it, rated and priced; Meridian's is selected."""
    solicitation = structured_solicitation()
    for part, figures, share in (
        ("vendor_a_signer", FIGURES, 80),
        ("vendor_b_signer", a_dollar_more(FIGURES), 90),
    ):
        submitted_offer(
            on=solicitation,
            by=part,
            offer=offer_on(solicitation, prices=figures, percent_of_list=share),
        )
    panel = declared_panel(on=opened_offers(on=solicitation))
    return decided_solicitation(on=agreed_offers(on=rated_offers(on=panel)))
