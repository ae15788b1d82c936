"""Prices of the awarded contract, as a modification would change them."""

from datetime import date

from contracting.core.quantities import UnitPrice
from contracting.modifications.states import RateDraft
from tests.builders import MODEL

CLASSES = {
    "0001AA": "IN_UNCACHED",
    "0001AB": "IN_CACHE_READ",
    "0001AC": "OUT_TEXT",
    "0001AD": "OUT_REASONING",
}
"""The sublines of the award; their prices are 2, 1, 8 and 8 dollars."""


def card(slin: str, price: str, first_day: date) -> RateDraft:
    """Another price of one subline of the award, from a day on."""
    return RateDraft(
        clin=slin[:4],
        slin=slin,
        snapshot=MODEL,
        token_class=CLASSES[slin],
        price=UnitPrice(price),
        first_day=first_day,
        boundary="FEDRAMP_MOD",
    )
