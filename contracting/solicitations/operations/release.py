"""The contracting officer publishes the package."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.queries import known_vendors
from contracting.approvals.operations.override import override_rule
from contracting.approvals.queries import is_complete_for
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reference.operations.assign_number import assign_number
from contracting.solicitations import (
    calculations,
    events,
    paperwork,
    permissions,
    queries,
)
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing import check
from contracting.solicitations.publishing.facts import Facts
from contracting.solicitations.refusals import NotComplete, ReviewIncomplete
from contracting.solicitations.states import (
    SolicitationKind,
    SolicitationState,
    SynopsisException,
    SynopsisKind,
)


@transaction.atomic
def release_solicitation(
    *, solicitation_id: int, by: Actor, at: datetime, seen_version: int
) -> Solicitation:
    """Number the package, freeze its workload, and show it to everybody at once.

    The number follows the grammar of a PIID, of type R for proposals and Q for
    quotations, with the fiscal year of today (FAR 4.1603, R-SOL-01) and is never used
    again.

    :raises NotAllowed: if ``by`` is neither a contracting officer of the agency nor its
        key, or the package is not approved
    :raises Stale: if the package has changed since it was read
    :raises ReviewIncomplete: without a complete review of this version (R-ROL-08)
    :raises NotComplete: listing everything that is missing (R-SOL-02), a synopsis
        (R-SOL-03), a memo on a short response time (R-SOL-04), a finding on the rule of
        two (R-SOL-07), a brand-name justification (R-SOL-08) or papers that offers for
        AI bring along (R-SOL-12) among them
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_release_solicitation(by, solicitation))
    solicitation.require_version(seen_version)
    _require_reviewed(solicitation)
    facts = queries.facts_of(solicitation, at=at)
    _require_complete(facts)
    solicitation.piid = assign_number(
        agency=solicitation.agency,
        type=SolicitationKind(solicitation.kind).letter,
        on=solicitation.agency.local_day(at),
    )
    content = calculations.content(solicitation)
    solicitation.workload_sha256 = calculations.workload_sha256(content)
    solicitation.released_at = at
    solicitation.save(update_fields=["piid", "workload_sha256", "released_at"])
    solicitation.move_to(SolicitationState.RELEASED)
    for do in permissions.AT_RELEASE:
        do(solicitation_id=solicitation.pk, by=by, at=at)
    request_document(
        kind=paperwork.kind_of_paper(solicitation),
        subject=solicitation.subject,
        title=f"Solicitation {solicitation.piid}",
        number=solicitation.piid,
        agency_id=solicitation.agency_id,
        is_public=True,
        context=paperwork.release_sheet(solicitation, issued_by=by),
        content_sha256=solicitation.content_sha256,
        version=solicitation.version,
        by=by,
        at=at,
    )
    solicited = [Recipient(vendor.pk) for vendor in known_vendors()]
    post_notice(
        recipients=solicited,
        subject=solicitation.subject,
        title=f"Solicitation {solicitation.piid} is open",
        body=f"{solicitation.agency} asks for {solicitation.response}s: "
        f"{solicitation.title}.",
        url_path=solicitation.public_path,
        due_on=paperwork.deadline_day(solicitation),
        by=by,
        at=at,
    )
    _record_exception(solicitation, facts, by, at)
    record_event(
        events.SOLICITATION_RELEASED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "piid": solicitation.piid,
            "version": solicitation.version,
            "content_sha256": solicitation.content_sha256,
            "workload_sha256": solicitation.workload_sha256,
            "deadline": solicitation.deadline,
            "solicited": len(solicited),
            "warned": [[each.rule, each.warning] for each in check.warnings(facts)],
            "published": [
                each.public_id for each in queries.public_justifications(solicitation)
            ],
        },
    )
    return solicitation


def _record_exception(
    solicitation: Solicitation, facts: Facts, by: Actor, at: datetime
) -> None:
    """Above the synopsis threshold the exception of 5.202 is the officer's override.

    A key that releases what was approved has no warrant; the event alone tells of it.
    """
    above = facts.day is not None and facts.value > facts.day.amounts["SYNOPSIS"]
    is_excepted = solicitation.synopsis_kind == SynopsisKind.EXCEPTION
    if not (above and is_excepted and by.is_person):
        return
    code = SynopsisException(solicitation.synopsis_exception)
    override_rule(
        rule="R-SOL-03",
        subject=solicitation.subject,
        title=str(solicitation),
        url_path=solicitation.path,
        reason_code=str(code.value),
        words=f"No synopsis: FAR {code.label}.",
        citation=f"FAR {code.value}",
        by=by,
        at=at,
    )


def _require_reviewed(solicitation: Solicitation) -> None:
    if not is_complete_for(
        solicitation.subject, solicitation.version, solicitation.content_sha256
    ):
        message = f"Version {solicitation.version} has not been through its review."
        raise ReviewIncomplete(message, version=solicitation.version)


def _require_complete(facts: Facts) -> None:
    gaps = check.missing(facts)
    listed = " ".join(gap.missing for gap in gaps)
    message = f"The package cannot be published. Missing: {listed}"
    for rule in dict.fromkeys(gap.rule for gap in gaps):
        raise NotComplete(message, rule=rule, missing=[gap.code for gap in gaps])
