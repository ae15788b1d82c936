"""A party hands in a copy of a paper that it has signed with a key of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.states import Scope
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents import events, permissions, queries
from contracting.documents.checking.findings import FileVerdict
from contracting.documents.models import Document, SignedCopy
from contracting.documents.operations.start_operation import start_operation
from contracting.documents.operations.store import store_blob

WORK: Final = "signed_copy"


@transaction.atomic
def upload_signed_copy(
    *, document_id: int, file: FileVerdict, by: Actor, at: datetime
) -> SignedCopy:
    """Keep the copy, and ask for the check of what its party has signed.

    A signed copy is evidence beside the record: it binds nobody, and the paper of
    record stays as it is. The same file is kept once for a party while it is checked,
    and afterwards.

    :param file: as the check of uploads has taken it: a PDF, without malware
    :raises NotAllowed: unless ``by`` may sign the paper for its party
    :raises NothingToSign: if the paper has no field for that party, or another party
        signs first
    """
    document = Document.objects.locked().get(pk=document_id)
    require(permissions.can_upload_signed_copy(by, document))
    party = queries.party_of(by, document)
    queries.issued_for(document, party)
    blob = store_blob(content=file.content, media_type=file.media_type)
    kept: SignedCopy | None = SignedCopy.objects.filter(
        document=document, party=party, blob=blob
    ).first()
    if kept is not None:
        return kept
    operation = start_operation(
        kind=WORK,
        title=f"Check of a signed copy of {document.number}",
        organization_id=by.own_organization_id,
        scope=Scope.DOCUMENTS_WRITE,
        total=1,
        unit="files",
        by=by,
        at=at,
    )
    copy = SignedCopy(
        document=document,
        party=party,
        blob=blob,
        name=file.name[:200],
        organization_id=by.own_organization_id,
        received_by=by.name,
        received_at=at,
        operation=operation,
    )
    copy.save()
    operation.result_path = copy.path
    operation.save(update_fields=["result_path"])
    record_event(
        events.SIGNED_COPY_UPLOADED,
        subject=document.as_subject,
        by=by,
        at=at,
        data={
            "document": document.public_id,
            "copy": copy.public_id,
            "party": party,
            "sha256": blob.sha256,
            "size_bytes": blob.size_bytes,
        },
    )
    return copy
