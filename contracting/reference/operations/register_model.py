"""Register a snapshot of a model, so that it can be bought, priced and metered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.reference import events, permissions
from contracting.reference.models import AiModel, ModelAlias, Tokenizer
from contracting.reference.refusals import BadModel, ModelRegistered
from contracting.reference.states import Boundary


@transaction.atomic
def register_model(
    *,
    snapshot: str,
    code: str,
    provider: str,
    family: str,
    tokenizer: str,
    context_tokens: int,
    max_output_tokens: int,
    boundaries: Collection[str],
    valid_from: date,
    by: Actor,
    at: datetime,
) -> AiModel:
    """Register one dated version of a model; a new tokenizer is registered with it.

    Public list prices are imported for it by the next import of the catalogue, if the
    catalogue knows the snapshot by this very name.

    :param snapshot: the dated version that never changes, as usage and prices name it
    :param code: the model as it is talked about
    :param tokenizer: the code of what cuts its text; a price holds for one only
    :param context_tokens: how many tokens fit, input and output together
    :param max_output_tokens: how many it answers at most
    :param boundaries: codes of :class:`contracting.reference.states.Boundary`
    :param valid_from: first day on which it can be bought
    :raises NotAllowed: if ``by`` is no administrator
    :raises BadModel: for an empty name, or a boundary or a count that is none
    :raises ModelRegistered: if the name is a snapshot or an alias already
    """
    require(permissions.can_register_model(by))
    name = snapshot.strip()
    _refuse_bad(
        [name, code.strip(), provider.strip(), family.strip(), tokenizer.strip()],
        context_tokens,
        max_output_tokens,
        boundaries,
    )
    _refuse_known(name)
    cuts, _ = Tokenizer.objects.get_or_create(
        code=tokenizer.strip(), defaults={"vendor_name": provider.strip()}
    )
    model = AiModel.objects.create(
        code=code.strip(),
        snapshot=name,
        provider=provider.strip(),
        family=family.strip(),
        tokenizer=cuts,
        context_tokens=context_tokens,
        max_output_tokens=max_output_tokens,
        boundaries=sorted(set(boundaries)),
        valid_from=valid_from,
    )
    record_event(
        events.MODEL_REGISTERED,
        subject=Subject("reference.model", model.pk, "system"),
        by=by,
        at=at,
        data={
            "snapshot": model.snapshot,
            "provider": model.provider,
            "tokenizer": cuts.code,
            "context_tokens": context_tokens,
            "max_output_tokens": max_output_tokens,
            "boundaries": model.boundaries,
            "valid_from": valid_from,
        },
    )
    return model


def _refuse_bad(
    names: list[str], context: int, output: int, boundaries: Collection[str]
) -> None:
    if not all(names):
        message = "A snapshot has a name, a code, a provider, a family and a tokenizer."
        raise BadModel(message)
    if not 1 <= output <= context:
        message = (
            "A model answers at least one token, and no more than fit: "
            f"{output:,} of {context:,}."
        )
        raise BadModel(message, max_output_tokens=output, context_tokens=context)
    unknown = sorted(set(boundaries) - set(Boundary.values))
    if unknown:
        message = f"{unknown[0]!r} is not a data boundary."
        raise BadModel(message, boundary=unknown[0])


def _refuse_known(name: str) -> None:
    if AiModel.objects.filter(snapshot=name).exists():
        message = f"{name} is registered already."
        raise ModelRegistered(message, snapshot=name)
    if ModelAlias.objects.filter(source_name=name).exists():
        message = (
            f"{name} stands for another snapshot by an alias. Usage under this name "
            "would change what it costs."
        )
        raise ModelRegistered(message, snapshot=name)
