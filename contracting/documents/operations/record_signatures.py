"""Write down who has signed a change: the vendor, where it must, and the officer."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from accounts.models import Membership
from accounts.queries import actor_of
from contracting.core.actors import Actor
from contracting.core.subjects import Subject
from contracting.documents.models import Approval
from contracting.documents.operations.record import record_approval
from contracting.documents.states import Party


@transaction.atomic
def record_signatures(
    *,
    signing: str,
    issuing: str,
    vendor: Membership | None,
    vendor_signed_at: datetime | None,
    successor: tuple[str, Membership, datetime] | None = None,
    subject: Subject,
    version: int,
    content_sha256: str,
    by: Actor,
    at: datetime,
    on: date,
) -> list[Approval]:
    """Keep the records in the order of the signatures (FAR 43.103).

    :param signing: the vendor's verb, as ``data/statements.csv`` names it
    :param issuing: that of the contracting officer, who is ``by``
    :param vendor: who has signed for the vendor; ``None`` where nobody needs to
    :param successor: the act, the person and the instant of whoever takes over by a
        novation, after the vendor that hands over (FAR 42.1204)
    :param on: the day whose warrant counts
    :raises NotAllowed: for a machine or the system, who sign nothing
    """
    given = []
    if vendor is not None and vendor_signed_at is not None:
        given.append((Party.VENDOR, (signing, vendor, vendor_signed_at)))
    if successor is not None:
        given.append((Party.SUCCESSOR, successor))
    signed = [
        record_approval(
            action=action,
            party=party,
            subject=subject,
            version=version,
            content_sha256=content_sha256,
            by=actor_of(who),
            at=signed_at,
            is_past=True,
        )
        for party, (action, who, signed_at) in given
    ]
    officer = record_approval(
        action=issuing,
        party=Party.OFFICER,
        subject=subject,
        version=version,
        content_sha256=content_sha256,
        by=by,
        at=at,
        on=on,
    )
    return [*signed, officer]
