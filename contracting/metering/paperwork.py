"""What goes onto a burn notice and a limitation-of-funds notice."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from contracting.contracts.queries.letters import letterhead
from contracting.core.quantities import Dollars
from contracting.metering.models import FundsNotice
from contracting.metering.queries.funds_notices import (
    FundsOf,
    Terms,
    body_of,
    funds_standing,
    notice_terms_of,
    title_of,
)
from contracting.metering.states import FundsClausePreset

_DOLLARS: Final = "dollars"
CLAUSE_WORDS: Final = {
    FundsClausePreset.COST: (
        "Where FAR 52.232-20 or 52.232-22 is in the contract, the contractor tells the "
        "contracting officer in writing whenever it has reason to believe that what it "
        "expects to incur in the next {days} days, with what was incurred before, will "
        "exceed {percent} percent of the funds. It need not go on, or incur cost, "
        "beyond the funds until the contracting officer says in writing that they are "
        "increased."
    ),
    FundsClausePreset.TIME: (
        "Where FAR 52.232-7 or 52.212-4 Alternate I is in the contract, the contractor "
        "tells the contracting officer in writing whenever it has reason to believe "
        "that what will accrue in the next {days} days, with what accrued before, will "
        "exceed {percent} percent of the ceiling price, and gives a revised estimate. "
        "It need not go on beyond the ceiling until it is raised in writing."
    ),
    FundsClausePreset.FIXED: (
        "Where DFARS 252.232-7007 is in the contract, the contractor tells the "
        "contracting officer in writing {days} days before the work reaches the point "
        "at which what is payable, with what a termination for convenience would cost, "
        "comes to about {percent} percent of the funds allotted. It need not go on "
        "beyond that point unless funds are allotted in writing."
    ),
    FundsClausePreset.OWN: (
        "The contract has its own figures: the notice is due when what will be used "
        "within {days} days passes {percent} percent of the funds."
    ),
}
"""What each clause asks of the contractor, in short; the contract has its text."""


def funds_notice_sheet(notice: FundsNotice) -> dict[str, Any]:
    """How much of which funds is used, or soon will be, and what the clause says."""
    order, contract = notice.order, notice.order.contract
    terms = notice_terms_of(contract, notice.given_at)
    title = title_of(notice)
    return {
        **letterhead(
            contract,
            order=order.piid or "",
            subject=title[:1].upper() + title[1:],
            at=notice.given_at,
        ),
        "facts": list(_facts(notice, terms)),
        "standing": [_standing(each) for each in funds_standing(order)],
        "sections": [
            {"heading": "Notice", "text": body_of(notice)},
            {
                "heading": "What the clause says",
                "text": CLAUSE_WORDS[FundsClausePreset(terms.clause)].format(
                    percent=terms.forecast_percent, days=terms.forecast_days
                ),
            },
        ],
        "notes": [
            "Given by the system to both sides when it fell due (R-FND-07); nobody "
            "signs it. What is used is exact.",
        ],
    }


def _facts(notice: FundsNotice, terms: Terms) -> Iterator[dict[str, Any]]:
    used, funds = Dollars(notice.used_dollars), Dollars(notice.obligated_dollars)
    yield {"label": "Of", "value": notice.of_what, "span": 8}
    yield {"label": "Notice", "value": notice.number}
    yield {"label": "Obligated", "value": funds.amount, "shape": _DOLLARS}
    yield {"label": "Used, exact", "value": used.amount, "shape": _DOLLARS}
    yield {"label": "Left", "value": (funds - used).amount, "shape": _DOLLARS}
    yield {"label": "Share", "value": notice.percent, "shape": "percent"}
    if notice.expected_dollars is not None:
        yield {
            "label": f"Expected within {notice.days_ahead} days",
            "value": notice.expected_dollars,
            "shape": _DOLLARS,
        }
    told = ", ".join(f"{percent} %" for percent in terms.percents)
    yield {"label": "Shares that are told", "value": told}
    yield {"label": "Given", "value": notice.given_at, "span": 6}
    clause = FundsClausePreset(terms.clause).label
    yield {"label": "Clause of the forecast", "value": clause, "span": 6}


def _standing(each: FundsOf) -> dict[str, Any]:
    """One line's funds, or the order's; the share is cut, never rounded up."""
    share = None
    if each.obligated > 0:
        percent = each.used * 100 / each.obligated
        share = percent.quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return {
        "item": each.line.clin if each.line else "Whole order",
        "obligated": each.obligated,
        "used": each.used,
        "left": each.obligated - each.used,
        "percent": share,
    }
