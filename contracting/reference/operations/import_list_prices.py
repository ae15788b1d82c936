"""Public list prices, from the release of the catalogue that is installed."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import UTC, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.reference import calculations, events, permissions
from contracting.reference.calculations import CarriedList, PublishedPrice
from contracting.reference.models import AiModel, ListPrice, TokenClass
from contracting.reference.refusals import UnknownTokenClass


@transaction.atomic
def import_list_prices(
    *, carried: CarriedList | None = None, by: Actor, at: datetime
) -> list[ListPrice]:
    """Add what a release states for our models and was not yet imported.

    Nothing is fetched from anywhere. A release is imported once: a repeat adds nothing
    and records nothing. Rows are dated with the day of the import.

    :param carried: a pinned list; without it, the catalogue that is installed
    :returns: the rows added
    :raises NotAllowed: if ``by`` is no administrator
    :raises UnknownTokenClass: if the list prices a class that there is not
    """
    models = list(AiModel.objects.locked())
    require(permissions.can_import_list_prices(by))
    version = carried.release if carried else calculations.catalogue_version()
    known = set(
        ListPrice.objects.filter(package_version=version).values_list(
            "model_id", "token_class__code", "tier", "above_input_tokens"
        )
    )
    classes = {row.code: row for row in TokenClass.objects.all()}
    if carried:
        _require_known(carried, classes)
    fresh = [
        ListPrice(
            model=model,
            token_class=classes[price.token_class_code],
            tier=price.tier,
            above_input_tokens=price.above_input_tokens,
            usd_per_million_tokens=price.price.usd_per_million_tokens,
            package_version=version,
            imported_on=at.astimezone(UTC).date(),
        )
        for model in models
        for price in _published(model, carried, at)
        if (model.pk, price.token_class_code, price.tier, price.above_input_tokens)
        not in known
    ]
    if not fresh:
        return []
    added = ListPrice.objects.bulk_create(fresh)
    record_event(
        events.LIST_PRICES_IMPORTED,
        subject=Subject("reference.list_price", added[-1].pk, "system"),
        by=by,
        at=at,
        data={
            "catalogue": "carried list" if carried else calculations.CATALOGUE,
            "version": version,
            "rows": len(added),
            "models": sorted({row.model.snapshot for row in added}),
        },
    )
    return added


def _published(
    model: AiModel, carried: CarriedList | None, at: datetime
) -> Sequence[PublishedPrice]:
    if carried:
        return carried.prices.get(model.snapshot, ())
    return calculations.published_prices(
        provider=model.provider, snapshot=model.snapshot, at=at
    )


def _require_known(carried: CarriedList, classes: Container[str]) -> None:
    codes = {
        price.token_class_code for rows in carried.prices.values() for price in rows
    }
    unknown = sorted(code for code in codes if code not in classes)
    if unknown:
        message = f"There is no token class {', '.join(unknown)}. Nothing was imported."
        raise UnknownTokenClass(message)
