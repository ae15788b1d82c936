"""The contracting office puts in writing what a rule asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.queries import locked_agency
from accounts.states import Role
from contracting.approvals.operations.open import open_route
from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.determinations import events, paperwork, permissions
from contracting.determinations.models import Determination
from contracting.determinations.queries import determinations_of, next_number
from contracting.determinations.refusals import (
    AlreadyDetermined,
    DeterminationIncomplete,
)
from contracting.determinations.states import (
    NEEDS_EVIDENCE,
    OPTIONAL_PARTS,
    PARTS,
    ROUTES,
    VERSION,
    DeterminationState,
    Kind,
)
from contracting.documents.operations.request import request_document

_CITED = (Kind.OTHER_THAN_FULL, Kind.FAIR_OPPORTUNITY)
_SHA256 = re.compile(r"[0-9a-f]{64}")


@transaction.atomic
def make_determination(
    *,
    kind: str,
    subject: Subject,
    agency_id: int,
    title: str,
    path: str,
    value: Dollars,
    text: str,
    authority: str = "",
    document_sha256: str = "",
    parts: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
) -> Determination:
    """Write a memo, which stands at once, or what others approve along their route.

    What stands at once is printed as a determination and findings (FAR 1.704); the rest
    is printed once it is approved.

    :param subject: what it is about, ``title`` and ``path`` as people find it
    :param value: which decides who approves it (FAR 6.304)
    :param authority: what a justification rests on, such as ``"FAR 6.302-1"``
    :param document_sha256: of the signed document, which a waiver always has
    :param parts: what a justification says beside its reason, by the codes of
        :data:`~contracting.determinations.states.PARTS`
    :raises NotAllowed: if ``by`` is no contracting officer of the agency; a specialist
        writes justifications only
    :raises DeterminationIncomplete: without words, authority, document or a part
    :raises AlreadyDetermined: if one of this kind is in review
    :raises NoPolicy: if no policy of the agency says who approves it
    """
    agency = locked_agency(pk=agency_id)
    require(permissions.can_make_determination(by, agency_id, kind))
    named = Kind(kind)
    words, evidence = text.strip(), document_sha256.strip().lower()
    said = _parts(named, parts or {})
    _refuse_incomplete(named, words, authority.strip(), evidence)
    _refuse_second(named, subject)
    is_reviewed = named in ROUTES
    determination = Determination(
        agency=agency,
        number=next_number(agency_id, named, agency.local_day(at)),
        kind=named,
        subject_kind=subject.kind,
        subject_id=subject.id,
        stream=subject.stream,
        subject_title=title[:250],
        subject_path=path,
        text=words,
        parts=said,
        authority=authority.strip(),
        document_sha256=evidence,
        value_dollars=value.to_cents().amount,
        content_sha256=content_sha256(
            {
                "kind": named,
                "subject": [subject.kind, subject.id],
                "text": words,
                "authority": authority.strip(),
                "document_sha256": evidence,
                "value": value,
                **({"parts": said} if said else {}),
            }
        ),
        made_by_id=by.own_membership_id,
        made_at=at,
        decided_at=None if is_reviewed else at,
        state=DeterminationState.IN_REVIEW
        if is_reviewed
        else DeterminationState.APPROVED,
    )
    determination.save()
    if is_reviewed:
        _send_into_review(determination, value, by, at)
    else:
        override_rule(**determination.as_override, by=by, at=at)
        print_determination(determination, by, at)
    record_event(
        events.DETERMINATION_MADE,
        subject=determination.subject,
        by=by,
        at=at,
        data={
            "number": determination.number,
            "kind": named,
            "rule": determination.rule,
            "of": [subject.kind, subject.id],
            "text": words,
            **({"parts": said} if said else {}),
            "authority": determination.authority,
            "document_sha256": evidence,
            "value": value,
            "state": determination.state,
        },
    )
    return determination


def print_determination(determination: Determination, by: Actor, at: datetime) -> None:
    """Ask for the paper of what stands: a step of the verbs that let it stand."""
    request_document(
        kind=paperwork.kind_of_paper(determination),
        subject=determination.subject,
        title=paperwork.title_of(determination),
        number=determination.name,
        agency_id=determination.agency_id,
        context=paperwork.sheet(determination),
        content_sha256=determination.content_sha256,
        version=VERSION,
        by=by,
        at=at,
    )


def _parts(kind: Kind, given: Mapping[str, str]) -> dict[str, str]:
    """What it says beside its reason, every part that its regulation names."""
    known = PARTS.get(kind, {})
    said = {code: given.get(code, "").strip() for code in known}
    missing = [
        known[code]
        for code, words in said.items()
        if not words and code not in OPTIONAL_PARTS
    ]
    if missing:
        message = f"A {kind.label} also says: {'; '.join(missing)}."
        raise DeterminationIncomplete(message, missing="parts")
    return {code: words for code, words in said.items() if words}


def _refuse_incomplete(kind: Kind, words: str, authority: str, evidence: str) -> None:
    if not words:
        message = f"Write the {kind.label}: whoever reads the file learns why from it."
        raise DeterminationIncomplete(message, missing="text")
    if kind in _CITED and not authority:
        message = "A justification names its authority, such as FAR 6.302-1."
        raise DeterminationIncomplete(message, missing="authority")
    if kind in NEEDS_EVIDENCE and not evidence:
        message = "Name the document that was signed by the SHA-256 of its file."
        raise DeterminationIncomplete(message, missing="document_sha256")
    if evidence and not _SHA256.fullmatch(evidence):
        message = "A SHA-256 has 64 characters of 0 to 9 and a to f."
        raise DeterminationIncomplete(message, missing="document_sha256")


def _refuse_second(kind: Kind, subject: Subject) -> None:
    waiting = determinations_of(subject).filter(
        kind=kind, state=DeterminationState.IN_REVIEW
    )
    if waiting.exists():
        message = f"A {kind.label} is in review already. Wait for its approver."
        raise AlreadyDetermined(message)


def _send_into_review(
    determination: Determination, value: Dollars, by: Actor, at: datetime
) -> None:
    route = open_route(
        subject=determination.subject,
        agency_id=determination.agency_id,
        kind=ROUTES[Kind(determination.kind)],
        title=str(determination)[:200].capitalize(),
        url_path=f"{determination.path}/review",
        value=value,
        risk="",
        version=VERSION,
        content_sha256=determination.content_sha256,
        excluded_user_ids=[by.user_id],
        by=by,
        at=at,
    )
    certifies = Role.CONTRACTING_OFFICER
    if not determination.is_justification or determination.made_by.role == certifies:
        return
    if not route.steps.filter(role=certifies).exists():
        message = (
            "A contracting officer certifies each justification (FAR 6.303-2(b)(12), "
            "16.505(b)(2)(ii)(B)), and none approves one of this value: let a "
            "contracting officer write it."
        )
        raise DeterminationIncomplete(message, missing="certification")
