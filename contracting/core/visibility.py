"""Rows of which the agency and the vendor of a contract each see their own."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from contracting.core.actors import Actor

_Row = TypeVar("_Row", bound=Model)


def of_either_side(
    rows: QuerySet[_Row], actor: Actor, *, agency: str, vendor: str
) -> QuerySet[_Row]:
    """The agency's own; to the vendor, its own; to anybody else, none.

    A person sees them in a chosen role, a machine by its key (R-ROL-07).

    :param agency: the path from a row to its agency, such as ``"contract__agency"``
    :param vendor: the same to its vendor
    """
    if actor.role or actor.is_key:
        if actor.is_agency:
            return rows.filter(**{agency: actor.organization_id})
        if actor.is_vendor:
            return rows.filter(**{vendor: actor.organization_id})
    return rows.none()
