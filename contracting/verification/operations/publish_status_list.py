"""Publish how papers stand, signed, for whoever checks them without asking."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import canonical_json
from contracting.core.permissions import require
from contracting.documents.operations.store import store_blob
from contracting.documents.signing.statements import sign_statement
from contracting.verification import events, permissions, queries
from contracting.verification.models import StatusList

APART: Final = timedelta(hours=12)
"""A list that is younger is not made again: the task may run twice."""


@transaction.atomic
def publish_status_list(*, by: Actor, at: datetime) -> StatusList:
    """Sign how every paper of record stands, with the key of the organization's seal.

    The signature covers the stored bytes. Each list names the hash of the one before,
    so that a list cannot be left out or exchanged later.

    :raises SealMissing: if there is no key; nothing is published then
    """
    last = queries.last_status_list()
    require(permissions.can_publish_status_list(by))
    if last is not None and at - last.as_of < APART:
        return last
    number = last.number + 1 if last else 1
    content = queries.status_list_content(
        number=number, previous=last.blob.sha256 if last else "", at=at
    )
    body = canonical_json(content).encode()
    signed = sign_statement(body)
    made = StatusList.objects.create(
        number=number,
        as_of=at,
        blob=store_blob(content=body, media_type="application/json"),
        signature=base64.b64encode(signed.signature).decode(),
        algorithm=signed.algorithm,
        certificate=base64.b64encode(signed.certificate).decode(),
    )
    record_event(
        events.STATUS_LIST_PUBLISHED,
        subject=made.subject,
        by=by,
        at=at,
        data={"number": number, "sha256": made.blob.sha256},
    )
    return made
