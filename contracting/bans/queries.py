"""Which bans are in force, what they touch, and the guard that every buyer asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Organization
from contracting.bans.models import Ban
from contracting.bans.refusals import Banned
from contracting.bans.states import Affected
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotVisible
from contracting.core.subjects import Subject
from contracting.determinations.queries import determinations_of
from contracting.determinations.states import DeterminationState, Kind
from contracting.reference.models import AiModel, ModelAlias

_AFFECTED: list[Callable[[Ban, datetime], list[Affected]]] = []


def tell_affected(find: Callable[[Ban, datetime], list[Affected]]) -> None:
    """Let a later stage say which of its things a ban touches."""
    _AFFECTED.append(find)


def affected_by(ban: Ban, at: datetime) -> list[Affected]:
    """Every order that the ban touches, with what is left of it; the signed first."""
    found = [each for find in _AFFECTED for each in find(ban, at)]
    return sorted(found, key=lambda each: not each.is_signed)


def bans_visible_to(actor: Actor) -> QuerySet[Ban]:
    """The bans of the actor's own agency."""
    rows = Ban.objects.select_related(
        "agency", "vendor", "model", "imposed_by__user", "lift__lifted_by__user"
    )
    if actor.is_agency and (actor.role or actor.is_key):
        return rows.filter(agency_id=actor.organization_id)
    return rows.none()


def get_ban_for(actor: Actor, public_id: str) -> Ban:
    """One ban, for people of its agency.

    :raises NotVisible: for everybody else
    """
    found = bans_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such ban."
        raise NotVisible(message)
    return found


def in_force(agency: Organization, at: datetime) -> list[Ban]:
    """The bans of an agency that hold at an instant, oldest first."""
    on = agency.local_day(at)
    rows = Ban.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        Q(lift__isnull=True) | Q(lift__lifted_at__gt=at),
        agency=agency,
        valid_from__lte=on,
    )
    return list(rows.select_related("vendor", "model").order_by("pk"))


def is_waived(ban: Ban, subjects: Iterable[Subject]) -> bool:
    """Whether the agency's head, knowing this ban, let one of these go on."""
    return any(
        determinations_of(subject)
        .filter(
            kind=Kind.BAN_WAIVER,
            state=DeterminationState.APPROVED,
            made_at__gte=ban.imposed_at,
        )
        .exists()
        for subject in subjects
    )


def standing_against(
    agency: Organization, *, vendor_id: int, models: Iterable[AiModel], at: datetime
) -> list[Ban]:
    """The bans that hit this vendor or any of these models, waived or not."""
    wanted = list(models)
    return [
        ban
        for ban in in_force(agency, at)
        if ban.vendor_id == vendor_id or any(map(ban.hits_model, wanted))
    ]


def require_not_banned(
    agency: Organization,
    *,
    vendor_id: int,
    models: Iterable[AiModel],
    subjects: Iterable[Subject],
    at: datetime,
) -> None:
    """Insist that neither the vendor nor any of the models is banned at ``at``.

    :param subjects: what is bought, and the contract above it: a waiver of the agency's
        head on any of them, made after the ban, lets it go on
    :raises Banned: naming what is banned and by which authority (R-AI-01)
    """
    wanted, lets_on = list(models), list(subjects)
    for ban in standing_against(agency, vendor_id=vendor_id, models=wanted, at=at):
        if is_waived(ban, lets_on):
            continue
        hit = [model.snapshot for model in wanted if ban.hits_model(model)]
        message = (
            f"The {ban.kind} {ban.target} is banned: {ban.get_reason_display()}, "
            f"{ban.citation}."
        )
        raise Banned(message, ban=ban.public_id, models=hit)


def deny_list(agency: Organization, at: datetime) -> dict[str, Any]:
    """What a gateway of the agency turns away now; the same list has the same hash."""
    bans = in_force(agency, at)
    listed = {
        "vendors": [_vendor(ban) for ban in bans if ban.vendor],
        "models": [_model(ban, model) for ban in bans for model in _models(ban)],
        "orders": _orders(bans, at),
    }
    return {**listed, "sha256": content_sha256(listed)}


def _models(ban: Ban) -> list[AiModel]:
    if ban.vendor_id:
        return []
    rows = AiModel.objects.filter(
        Q(pk=ban.model_id) if ban.model_id else Q(family=ban.family)
    )
    return list(rows.order_by("pk"))


def _vendor(ban: Ban) -> dict[str, Any]:
    assert ban.vendor is not None  # noqa: S101 (typing)
    return {"id": ban.vendor.public_id, "name": ban.vendor.name, **_why(ban)}


def _model(ban: Ban, model: AiModel) -> dict[str, Any]:
    names = ModelAlias.objects.filter(
        Q(agency__isnull=True) | Q(agency_id=ban.agency_id), model=model
    )
    return {
        "snapshot": model.snapshot,
        "family": model.family,
        "names": sorted(set(names.values_list("source_name", flat=True))),
        **_why(ban),
    }


def _orders(bans: Iterable[Ban], at: datetime) -> list[dict[str, Any]]:
    """The signed orders on which calls are turned away, and by which ban."""
    return [
        {
            "id": each.id,
            "piid": each.number,
            "models": list(each.models),
            "ban": ban.public_id,
        }
        for ban in bans
        for each in affected_by(ban, at)
        if each.is_signed and not each.is_waived
    ]


def _why(ban: Ban) -> dict[str, Any]:
    return {
        "ban": ban.public_id,
        "reason": ban.reason,
        "citation": ban.citation,
        "valid_from": ban.valid_from.isoformat(),
        "valid_to": ban.valid_to.isoformat() if ban.valid_to else None,
    }
