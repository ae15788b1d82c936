"""What a name seen in usage stands for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.errors import Invalid
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.reference import events, permissions
from contracting.reference.models import AiModel, ModelAlias
from contracting.reference.refusals import (
    AliasInForce,
    ModelNotInForce,
    NameIsASnapshot,
)


@transaction.atomic
def map_model_alias(
    *,
    source_name: str,
    model_id: int,
    agency_id: int | None,
    by: Actor,
    at: datetime,
    valid_from: date | None = None,
) -> ModelAlias:
    """Map a name to a snapshot, from a day until further notice.

    Without ``valid_from`` a new name is mapped from the first day of the snapshot, so
    that usage waiting under the name is found. A name that stood for another snapshot
    is pointed to the new one from the day of ``at``; the old alias ends the day before.

    :param agency_id: whose usage it is; ``None`` for every agency without its own alias
    :raises NotAllowed: if ``by`` does not answer for the agency's contracts
    :raises NameIsASnapshot: if the name is itself a snapshot
    :raises ModelNotInForce: if the snapshot is not in force on the first day
    :raises AliasInForce: if the name stands for something else on that day already
    """
    name = source_name.strip()
    model: AiModel = AiModel.objects.locked().get(pk=model_id)
    earlier: list[ModelAlias] = list(
        ModelAlias.objects.locked().filter(source_name=name, agency_id=agency_id)
    )
    require(permissions.can_map_model_alias(by, agency_id))
    _refuse_bad_name(name)
    latest = max(earlier, key=lambda alias: alias.valid_from, default=None)
    first = valid_from or _first_day(latest, model, at)
    if not _is_in_force(model, first):
        message = f"{model} is not in force on {first}."
        raise ModelNotInForce(message, model=model.snapshot, on=first)
    if latest is not None:
        _end(latest, model, first)
    alias = ModelAlias.objects.create(
        source_name=name,
        model=model,
        agency_id=agency_id,
        valid_from=first,
        recorded_by=by.name,
    )
    stream = "system" if agency_id is None else f"organization:{agency_id}"
    record_event(
        events.MODEL_ALIAS_MAPPED,
        subject=Subject("reference.model_alias", alias.pk, stream),
        by=by,
        at=at,
        data={
            "source_name": name,
            "model": model.snapshot,
            "valid_from": first,
            "before": latest.model.snapshot if latest is not None else None,
        },
    )
    return alias


def _refuse_bad_name(name: str) -> None:
    if not name:
        message = "Say which name is to be mapped."
        raise Invalid(message)
    if AiModel.objects.filter(snapshot=name).exists():
        message = f"{name} is itself a snapshot and stands for itself."
        raise NameIsASnapshot(message, source_name=name)


def _first_day(latest: ModelAlias | None, model: AiModel, at: datetime) -> date:
    return model.valid_from if latest is None else at.astimezone(UTC).date()


def _is_in_force(model: AiModel, on: date) -> bool:
    return model.valid_from <= on and (model.valid_to is None or on <= model.valid_to)


def _end(latest: ModelAlias, model: AiModel, first: date) -> None:
    """Let the alias in force end on the day before the new one begins."""
    if latest.valid_to is not None and latest.valid_to < first:
        return
    is_same = latest.model_id == model.pk and latest.valid_to is None
    if is_same or latest.valid_to is not None or first <= latest.valid_from:
        message = (
            f"{latest.source_name} stands for {latest.model} from {latest.valid_from} "
            f"until {latest.valid_to or 'further notice'}."
        )
        raise AliasInForce(
            message, source_name=latest.source_name, model=latest.model.snapshot
        )
    latest.valid_to = first - timedelta(days=1)
    latest.save(update_fields=["valid_to"])
