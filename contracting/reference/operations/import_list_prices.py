"""Public list prices, from the release of the catalogue that is installed."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.reference import calculations, events, permissions
from contracting.reference.models import AiModel, ListPrice, TokenClass


@transaction.atomic
def import_list_prices(*, by: Actor, at: datetime) -> list[ListPrice]:
    """Add what the installed release states for our models and was not yet imported.

    Nothing is fetched from anywhere. A release is imported once: a repeat adds nothing
    and records nothing. Rows are dated with the day of the import.

    :returns: the rows added
    :raises NotAllowed: if ``by`` is no administrator
    """
    models = list(AiModel.objects.locked())
    require(permissions.can_import_list_prices(by))
    version = calculations.catalogue_version()
    known = set(
        ListPrice.objects.filter(package_version=version).values_list(
            "model_id", "token_class__code", "tier", "above_input_tokens"
        )
    )
    classes = {row.code: row for row in TokenClass.objects.all()}
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
        for price in calculations.published_prices(
            provider=model.provider, snapshot=model.snapshot, at=at
        )
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
            "catalogue": calculations.CATALOGUE,
            "version": version,
            "rows": len(added),
            "models": sorted({row.model.snapshot for row in added}),
        },
    )
    return added
