"""What an import of list prices would change, before anything is imported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from contracting.core.quantities import UnitPrice
from contracting.reference import calculations
from contracting.reference.calculations import CarriedList, PublishedPrice
from contracting.reference.models import AiModel, ListPrice
from contracting.reference.queries import list_prices_on, token_class


@dataclass(frozen=True, slots=True)
class PriceChange:
    """What an import says of one price: what we knew, and what it states."""

    snapshot: str
    price: PublishedPrice
    before: UnitPrice | None

    @property
    def is_same(self) -> bool:
        """Whether it states what is known already."""
        return self.before == self.price.price


@dataclass(frozen=True, slots=True)
class PriceDiff:
    """What an import would add: new prices, other prices, and the same again."""

    changes: tuple[PriceChange, ...]
    same: int
    unknown: tuple[str, ...]
    """Snapshots of the list that are none of our models: they are left out."""
    is_imported: bool
    """Whether something of this release was imported before."""


def price_diff(carried: CarriedList | None, at: datetime) -> PriceDiff:
    """What the installed release, or a carried list, would change on a day.

    :raises UnknownTokenClass: if the list prices a class that there is not
    """
    models = list(AiModel.objects.order_by("snapshot"))
    for code in _classes_of(carried):
        token_class(code)
    known = {
        (row.model_id, row.token_class.code, row.tier, row.above_input_tokens): (
            UnitPrice(row.usd_per_million_tokens)
        )
        for row in list_prices_on(at.astimezone(UTC).date())
    }
    made = [
        PriceChange(
            model.snapshot,
            price,
            known.get(
                (
                    model.pk,
                    price.token_class_code,
                    price.tier,
                    price.above_input_tokens,
                )
            ),
        )
        for model in models
        for price in _stated(model, carried, at)
    ]
    release = carried.release if carried else calculations.catalogue_version()
    ours = {model.snapshot for model in models}
    return PriceDiff(
        changes=tuple(each for each in made if not each.is_same),
        same=sum(each.is_same for each in made),
        unknown=tuple(sorted(set(carried.prices) - ours)) if carried else (),
        is_imported=ListPrice.objects.filter(package_version=release).exists(),
    )


def _classes_of(carried: CarriedList | None) -> set[str]:
    rows = carried.prices.values() if carried else ()
    return {price.token_class_code for each in rows for price in each}


def _stated(
    model: AiModel, carried: CarriedList | None, at: datetime
) -> Iterable[PublishedPrice]:
    if carried:
        return carried.prices.get(model.snapshot, ())
    return calculations.published_prices(
        provider=model.provider, snapshot=model.snapshot, at=at
    )
