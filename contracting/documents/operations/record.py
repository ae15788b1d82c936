"""Write down a binding act: who approved which version, shown what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from django.db import transaction

from accounts.queries import active_warrant
from contracting.core.actors import Actor
from contracting.core.api import instant
from contracting.core.canonical import canonical_json, plain
from contracting.core.subjects import Subject
from contracting.documents.models import Approval
from contracting.documents.signing.orders import statement
from contracting.documents.signing.signatures import sha256_of
from contracting.documents.states import Party

FORMAT: Final = "drawdown/approval-record/v1"


@transaction.atomic
def record_approval(
    *,
    action: str,
    party: str,
    subject: Subject,
    version: int,
    content_sha256: str,
    by: Actor,
    at: datetime,
    on: date | None = None,
    is_past: bool = False,
) -> Approval:
    """Keep the record that the signature on the paper will hold, word for word.

    Called by the verb that binds, in its transaction, after its guards; the event of
    that verb is in the audit trail, so none is written here. The same record is kept
    once.

    :param action: the verb, as ``data/statements.csv`` names it
    :param on: the day whose warrant counts; that of ``at`` in UTC when left out
    :param is_past: it was done earlier: the record made then is given back, or one is
        made that says that statement and authentication were not recorded
    :raises NotAllowed: for a machine or the system, who sign nothing
    """
    of_it = (subject, version, content_sha256, party, by)
    kept = _kept(*of_it) if is_past else None
    if kept is not None:
        return kept
    said = {
        "format": FORMAT,
        "action": action,
        "object": {"kind": subject.kind, "id": subject.id},
        "version": version,
        "content_sha256": content_sha256,
        "statement": "" if is_past else statement(action, version),
        "signer": {
            "name": by.name,
            "organization": by.organization_name,
            "role": by.role,
            "title": by.role_label,
            "party": party,
        },
        "warrant": _warrant(by, party, on or at.astimezone(UTC).date()),
        "time": instant(at),
        "authentication": by.authentication or "not recorded",
        "signed_with": "the organization's key, for this recorded act",
    }
    record = canonical_json(plain(said))
    approval, _is_new = Approval.objects.get_or_create(
        sha256=sha256_of(record),
        defaults={
            "subject_kind": subject.kind,
            "subject_id": subject.id,
            "version": version,
            "content_sha256": content_sha256,
            "party": party,
            "membership_id": by.own_membership_id,
            "record": record,
            "approved_at": at,
        },
    )
    return approval


def _kept(
    subject: Subject, version: int, content_sha256: str, party: str, by: Actor
) -> Approval | None:
    """The record that was made when it was done, if records were made then."""
    found = Approval.objects.filter(
        subject_kind=subject.kind,
        subject_id=subject.id,
        version=version,
        content_sha256=content_sha256,
        party=party,
        membership_id=by.own_membership_id,
    )
    kept: Approval | None = found.order_by("-pk").first()
    return kept


def _warrant(by: Actor, party: str, on: date) -> dict[str, Any] | None:
    """What the contracting officer binds the Government by (FAR 1.602-1)."""
    if party != Party.OFFICER:
        return None
    warrant = active_warrant(by, on)
    if warrant is None:
        return None
    return {"number": warrant.number, "limit_dollars": warrant.limit_dollars}
