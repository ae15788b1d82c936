"""The contracting officer changes a released solicitation, for everybody at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.queries import known_vendors
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.identifiers import amendment_number
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reference.queries import token_classes
from contracting.solicitations import (
    calculations,
    events,
    paperwork,
    permissions,
    queries,
)
from contracting.solicitations.calculations import FactorDraft, LineDraft
from contracting.solicitations.models import Amendment, Solicitation
from contracting.solicitations.publishing.changes import Change, differences
from contracting.solicitations.publishing.options import (
    drafts_of,
    require_short_extensions,
)
from contracting.solicitations.publishing.terms import TERMS
from contracting.solicitations.refusals import (
    DeadlineFixed,
    NotComplete,
    NothingChanged,
    TermInvalid,
)

ACKNOWLEDGE = (
    "An offer that you have handed in already does not acknowledge it: replace the "
    "offer before the deadline."
)


@transaction.atomic
def amend_solicitation(
    *,
    solicitation_id: int,
    summary: str,
    terms: Mapping[str, Any] | None = None,
    lines: Sequence[LineDraft] | None = None,
    factors: Sequence[FactorDraft] | None = None,
    clause_ids: Sequence[int] | None = None,
    beside: Sequence[Change] = (),
    to_do: str = ACKNOWLEDGE,
    by: Actor,
    at: datetime,
    seen_version: int,
) -> Amendment:
    """Issue the next amendment (SF 30, FAR 15.206); what is left out stays as it is.

    It is issued before the deadline in force, and a new deadline lies ahead (R-SOL-05).
    Amendments are numbered 0001, 0002 … under the solicitation's lock, and every vendor
    is told at the same instant (R-SOL-06).

    :param terms: values by the names of ``TERMS``, ``deadline`` among them
    :param beside: what a later stage changes with it beside the package
    :param to_do: what whoever has offered already has to do
    :raises NotAllowed: if ``by`` is no contracting officer, or it is not released
    :raises Stale: if it was amended since it was read
    :raises DeadlineFixed: after the deadline, or for a deadline that is not ahead
    :raises NotInDictionary: for a class or unit outside the dictionary (R-SOL-13)
    :raises ExtensionTooLong: for extensions of services above their months (R-OPT-05)
    :raises TermInvalid: for another kind, or another word on late quotations
    :raises NothingChanged: if nothing differs
    :raises NotComplete: if the package would lack what it was released with (R-SOL-02)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_amend_solicitation(by, solicitation))
    solicitation.require_version(seen_version)
    tidy = calculations.checked_terms(terms or {})
    _require_frozen(solicitation, tidy)
    if "options" in tidy:
        on = solicitation.agency.local_day(at)
        require_short_extensions(drafts_of(tidy["options"]), on)
    old_deadline, new_deadline = _deadlines(solicitation, tidy, at)
    calculations.require_in_step(solicitation, tidy)
    if not summary.strip():
        message = "Say in a sentence what the amendment changes."
        raise TermInvalid(message, term="summary")
    before = calculations.content(solicitation)
    dictionary = {each.code: each for each in token_classes()}
    solicitation.rewrite(
        version=solicitation.version + 1,
        terms=tidy,
        lines=None if lines is None else calculations.checked_lines(lines, dictionary),
        factors=None if factors is None else calculations.checked_factors(factors),
        clause_ids=clause_ids,
    )
    changes = _take_over(solicitation, before, beside)
    _require_complete(solicitation, at)
    amendment = Amendment(
        solicitation=solicitation,
        number=amendment_number(solicitation.amendments.count() + 1),
        summary=summary.strip(),
        changes=[change.plain() for change in changes],
        old_deadline=old_deadline,
        new_deadline=new_deadline,
        version=solicitation.version,
        content_sha256=solicitation.content_sha256,
        issued_by_id=by.own_membership_id,
        issued_at=at,
    )
    amendment.save()
    _print_and_tell(solicitation, amendment, to_do, by, at)
    record_event(
        events.SOLICITATION_AMENDED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "amendment": amendment.number,
            "version": solicitation.version,
            "content_sha256": solicitation.content_sha256,
            "workload_sha256": solicitation.workload_sha256,
            "changes": amendment.changes,
            "old_deadline": old_deadline,
            "new_deadline": new_deadline,
        },
    )
    return amendment


def _require_frozen(solicitation: Solicitation, terms: Mapping[str, Any]) -> None:
    """Vendors prepare for an offer or for a quotation; that does not change."""
    for name in calculations.FROZEN:
        if terms.get(name, getattr(solicitation, name)) != getattr(solicitation, name):
            message = (
                f"{TERMS[name]}: that stands since the release. Cancel "
                "this solicitation and release another one."
            )
            raise TermInvalid(message, term=name)


def _deadlines(
    solicitation: Solicitation, terms: Mapping[str, Any], at: datetime
) -> tuple[datetime, datetime]:
    old = solicitation.deadline
    if old is None or at >= old:
        message = "The deadline has passed; no amendment can move it any more."
        raise DeadlineFixed(message, deadline=old)
    new = terms.get("deadline", old)
    if not isinstance(new, datetime) or new <= at:
        message = "The new deadline must lie ahead."
        raise DeadlineFixed(message, deadline=old, new_deadline=new)
    return old, new


def _take_over(
    solicitation: Solicitation, before: dict[str, Any], beside: Sequence[Change]
) -> list[Change]:
    """Version, hashes and changes of what now stands."""
    solicitation.refresh_from_db()
    after = calculations.content(solicitation)
    changes = [*differences(before, after), *beside]
    if not changes:
        message = "Nothing differs: what you sent is what already stands."
        raise NothingChanged(message)
    solicitation.version += 1
    solicitation.content_sha256 = content_sha256(after)
    solicitation.workload_sha256 = calculations.workload_sha256(after)
    solicitation.save(update_fields=["version", "content_sha256", "workload_sha256"])
    return changes


def _require_complete(solicitation: Solicitation, at: datetime) -> None:
    gaps = queries.publish_gaps(solicitation, at=at)
    listed = " ".join(gap.missing for gap in gaps)
    message = f"The amended package would be incomplete. Missing: {listed}"
    for rule in dict.fromkeys(gap.rule for gap in gaps):
        raise NotComplete(message, rule=rule, missing=[gap.code for gap in gaps])


def _print_and_tell(
    solicitation: Solicitation,
    amendment: Amendment,
    to_do: str,
    by: Actor,
    at: datetime,
) -> None:
    title = f"Amendment {amendment.number} of {solicitation.piid}"
    request_document(
        kind="modification",
        subject=solicitation.subject,
        title=title,
        number=f"{solicitation.piid} {amendment.number}",
        agency_id=solicitation.agency_id,
        is_public=True,
        context=paperwork.amendment_sheet(solicitation, amendment, issued_by=by),
        content_sha256=amendment.content_sha256,
        version=amendment.version,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[Recipient(vendor.pk) for vendor in known_vendors()],
        subject=solicitation.subject,
        title=title,
        body=f"{amendment.summary} {to_do}",
        url_path=solicitation.public_path,
        due_on=paperwork.deadline_day(solicitation),
        by=by,
        at=at,
    )
