"""Reads of the funds that are certified for a higher guaranteed minimum."""

from __future__ import annotations

from contracting.modifications.models import ContractModification, MinimumCertification


def minimum_certified(
    modification: ContractModification,
) -> MinimumCertification | None:
    """The certification of exactly the version in force."""
    return (
        modification.minimum_certifications.filter(
            version=modification.version, content_sha256=modification.content_sha256
        )
        .select_related("certified_by__user", "line_of_accounting")
        .first()
    )


def certifiers_of(modification: ContractModification) -> set[int]:
    """Who certified the funds of the version in force, by user id."""
    found = minimum_certified(modification)
    return {found.certified_by.user_id} if found else set()
