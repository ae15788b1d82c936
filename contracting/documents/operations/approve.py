"""Write down a binding act: who approved which version, shown what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import Membership
from accounts.queries import active_warrant, actor_of
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
    is_shown: bool = True,
) -> Approval:
    """Keep the record that the signature on the paper will hold, word for word.

    Called by the verb that binds, in its transaction, after its guards; the event of
    that verb is in the audit trail, so none is written here. The same record is kept
    once. What nobody recorded at the time is said to be not recorded.

    :param action: the verb, as ``data/statements.csv`` names it
    :param on: the day whose warrant counts; that of ``at`` in UTC when left out
    :param is_shown: whether the page of the act has shown its statement
    :raises NotAllowed: for a machine or the system, who sign nothing
    """
    said = {
        "format": FORMAT,
        "action": action,
        "object": {"kind": subject.kind, "id": subject.id},
        "version": version,
        "content_sha256": content_sha256,
        "statement": statement(action, version) if is_shown else "",
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


@dataclass(frozen=True, slots=True)
class Earlier:
    """An act before this one, as its own row names it."""

    action: str
    party: str
    membership: Membership | None
    at: datetime | None
    subject: Subject
    version: int
    content_sha256: str


def earlier_approval(act: Earlier) -> Approval | None:
    """The record of an earlier act; made from its row if it is older than records.

    Such a record says that no statement and no authentication were recorded.

    :returns: ``None`` if nobody has done it
    """
    if act.membership is None or act.at is None:
        return None
    kept = Approval.objects.filter(
        subject_kind=act.subject.kind,
        subject_id=act.subject.id,
        version=act.version,
        content_sha256=act.content_sha256,
        party=act.party,
        membership=act.membership,
    )
    found: Approval | None = kept.order_by("-pk").first()
    return found or record_approval(
        action=act.action,
        party=act.party,
        subject=act.subject,
        version=act.version,
        content_sha256=act.content_sha256,
        by=actor_of(act.membership),
        at=act.at,
        is_shown=False,
    )


def _warrant(by: Actor, party: str, on: date) -> dict[str, Any] | None:
    """What the contracting officer binds the Government by (FAR 1.602-1)."""
    if party != Party.OFFICER:
        return None
    warrant = active_warrant(by, on)
    if warrant is None:
        return None
    return {"number": warrant.number, "limit_dollars": warrant.limit_dollars}
