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
    subject: Subject,
    version: int,
    content_sha256: str,
    by: Actor,
    at: datetime,
    on: date,
) -> list[Approval]:
    """Keep both records in the order of the signatures (FAR 43.103).

    :param signing: the vendor's verb, as ``data/statements.csv`` names it
    :param issuing: that of the contracting officer, who is ``by``
    :param vendor: who has signed for the vendor; ``None`` where nobody needs to
    :param on: the day whose warrant counts
    :raises NotAllowed: for a machine or the system, who sign nothing
    """
    signed = []
    if vendor is not None and vendor_signed_at is not None:
        signed.append(
            record_approval(
                action=signing,
                party=Party.VENDOR,
                subject=subject,
                version=version,
                content_sha256=content_sha256,
                by=actor_of(vendor),
                at=vendor_signed_at,
                is_past=True,
            )
        )
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
