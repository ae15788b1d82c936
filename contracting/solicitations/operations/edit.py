"""The contracting office writes the package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from contracting.approvals.operations.void import void_route
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.reference.queries import clauses_on, token_classes
from contracting.solicitations import calculations, events, permissions
from contracting.solicitations.calculations import FactorDraft, LineDraft
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.changes import differences
from contracting.solicitations.publishing.clauses import OF_OPTIONS
from contracting.solicitations.publishing.options import (
    clauses_of,
    drafts_of,
    require_short_extensions,
)
from contracting.solicitations.refusals import NothingChanged
from contracting.solicitations.states import SolicitationState


@transaction.atomic
def edit_solicitation(
    *,
    solicitation_id: int,
    terms: Mapping[str, Any] | None = None,
    lines: Sequence[LineDraft] | None = None,
    factors: Sequence[FactorDraft] | None = None,
    clause_ids: Sequence[int] | None = None,
    by: Actor,
    at: datetime,
    seen_version: int,
) -> Solicitation:
    """Write terms, lines, factors or clauses; what is left out stays as it is.

    Any change of content makes a new version. A review that was under way or complete
    is void from that instant, visibly, and the package is a draft again (R-ROL-08).

    :param terms: values by the names of ``publishing.terms.TERMS``
    :raises NotAllowed: if ``by`` is not of the contracting office, or it is released
    :raises Stale: if the package has changed since it was read
    :raises NotInDictionary: for a class or unit outside the dictionary (R-SOL-13)
    :raises TermInvalid: for a term or row that cannot stand
    :raises ExtensionTooLong: for extensions of services above their months (R-OPT-05)
    :raises NothingChanged: if what was sent is what stands
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_edit_solicitation(by, solicitation))
    solicitation.require_version(seen_version)
    tidy = calculations.checked_terms(terms or {})
    calculations.require_in_step(solicitation, tidy)
    on = solicitation.agency.local_day(at)
    if "options" in tidy:
        require_short_extensions(drafts_of(tidy["options"]), on)
        clause_ids = _with_clauses_of_options(solicitation, tidy, clause_ids, on)
    before = calculations.content(solicitation)
    dictionary = {each.code: each for each in token_classes()}
    solicitation.rewrite(
        version=solicitation.version + 1,
        terms=tidy,
        lines=None if lines is None else calculations.checked_lines(lines, dictionary),
        factors=None if factors is None else calculations.checked_factors(factors),
        clause_ids=clause_ids,
    )
    solicitation.refresh_from_db()
    after = calculations.content(solicitation)
    changes = differences(before, after)
    if not changes:
        message = "Nothing was changed: what you sent is what already stands."
        raise NothingChanged(message)
    solicitation.version += 1
    solicitation.content_sha256 = content_sha256(after)
    solicitation.editor_user_ids = sorted({*solicitation.editor_user_ids, by.user_id})
    solicitation.save(update_fields=["version", "content_sha256", "editor_user_ids"])
    voided = _void_review(solicitation, by, at)
    record_event(
        events.SOLICITATION_EDITED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "version": solicitation.version,
            "content_sha256": solicitation.content_sha256,
            "changes": [change.plain() for change in changes],
            "review_voided": voided,
        },
    )
    return solicitation


def _with_clauses_of_options(
    solicitation: Solicitation,
    terms: Mapping[str, Any],
    clause_ids: Sequence[int] | None,
    on: date,
) -> Sequence[int] | None:
    """The clauses of the package with those that its options stand on (FAR 17.208)."""
    if clause_ids is not None:
        return clause_ids
    are_evaluated = terms.get("options_evaluated", solicitation.options_evaluated)
    wanted = clauses_of(drafts_of(terms["options"]), are_evaluated=are_evaluated)
    carried = solicitation.clauses.exclude(clause__number__in=OF_OPTIONS)
    added = clauses_on(on).filter(number__in=wanted).values_list("pk", flat=True)
    return [*carried.values_list("clause_id", flat=True), *added]


def _void_review(solicitation: Solicitation, by: Actor, at: datetime) -> bool:
    """Void the route of the version before, and make the package a draft again."""
    if solicitation.state == SolicitationState.DRAFT:
        return False
    void_route(
        subject=solicitation.subject,
        reason=f"The package was edited; version {solicitation.version} is in force.",
        by=by,
        at=at,
    )
    solicitation.move_to(SolicitationState.DRAFT)
    return True
