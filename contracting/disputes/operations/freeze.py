"""Freeze the rows behind a dispute as one file."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.disputes import events, permissions
from contracting.disputes.models import EvidenceBundle
from contracting.disputes.operations.open import _lock_case
from contracting.disputes.queries.evidence import bundle_of, sheets_of
from contracting.documents.operations.store import store_blob

ZIP = "application/zip"


@transaction.atomic
def freeze_evidence(*, case_id: int, by: Actor, at: datetime) -> EvidenceBundle:
    """Keep every row behind a dispute under one hash, for both sides.

    The same rows give the same bytes, so that freezing them again gives the bundle that
    is there already.

    :raises NotAllowed: if ``by`` is neither designated COR nor contracting officer
    :raises CaseIncomplete: if there are more rows than a bundle holds
    """
    case = _lock_case(case_id)
    on = accounting_day(at, case.order.contract.time_zone)
    require(permissions.can_freeze_evidence(by, case, on))
    sheets = sheets_of(case, at)
    content = bundle_of(sheets)
    sha256 = hashlib.sha256(content).hexdigest()
    same: EvidenceBundle | None = case.bundles.filter(sha256=sha256).first()
    if same is not None:
        return same
    bundle = EvidenceBundle.objects.create(
        case=case,
        sha256=sha256,
        rows={sheet.name: len(sheet.rows) for sheet in sheets},
        blob=store_blob(content=content, media_type=ZIP, packed=True),
        frozen_by_id=by.own_membership_id,
        frozen_at=at,
    )
    record_event(
        events.EVIDENCE_FROZEN,
        subject=case.subject,
        by=by,
        at=at,
        data={"sha256": sha256, "rows": bundle.rows},
    )
    return bundle
