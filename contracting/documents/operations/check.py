"""Is a signed copy the paper as issued, with one party's signature, and no more?"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM
from contracting.documents import events, queries
from contracting.documents.models import SignedCopy, SignedCopyCheck
from contracting.documents.queries import Progress
from contracting.documents.signing import copies
from contracting.documents.signing.orders import FIELDS
from contracting.documents.states import CopyResult


@transaction.atomic
def check_signed_copy(*, operation_id: int, at: datetime) -> Progress:
    """Take the look that takes seconds, and write down what was found.

    It is compared with what was issued when it came in: a paper that was signed by
    others meanwhile begins with the same bytes.
    """
    copy = SignedCopy.objects.select_related("document", "blob").get(
        operation_id=operation_id
    )
    document = copy.document
    found = copies.look_at(
        queries.read_blob(copy.blob),
        issued=queries.issued_for(document, copy.party),
        field=FIELDS[copy.party],
        at=at.timestamp(),
    )
    trusted = CopyResult.TRUSTED if found.is_trusted else CopyResult.NOT_TRUSTED
    result = CopyResult.REFUSED if found.refused else trusted
    SignedCopyCheck.objects.create(
        copy=copy,
        result=result,
        sentence=found.sentence,
        signature=found.signature,
        checked_at=at,
    )
    record_event(
        events.SIGNED_COPY_CHECKED,
        subject=document.as_subject,
        by=SYSTEM,
        at=at,
        data={
            "document": document.public_id,
            "copy": copy.public_id,
            "party": copy.party,
            "sha256": copy.blob.sha256,
            "result": str(result),
            "found": found.refused or found.signature.get("doubt", ""),
            "certificate_sha256": found.signature.get("certificate_sha256", ""),
        },
    )
    return Progress(1, found.sentence[:80], is_last=True)
