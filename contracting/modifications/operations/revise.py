"""Write a draft modification anew, on the contract as it stands."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.modifications import events, permissions
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.certify_minimum import (
    release_minimum_funds,
)
from contracting.modifications.operations.draft import (
    _ask_vendor,
    _record,
    put_proposal,
)
from contracting.modifications.states import Proposal


@transaction.atomic
def revise_contract_modification(
    *,
    modification_id: int,
    proposal: Proposal,
    by: Actor,
    at: datetime,
    seen_version: int,
) -> ContractModification:
    """Put the draft onto the version of the contract that is in force now.

    So a draft is rebased whose base another modification has changed, and so the office
    answers the vendor's request for changes. The vendor's signature was on the old
    words and is void; it is asked again.

    :raises Stale: if the draft has changed since it was read
    :raises Refusal: whatever drafting it refuses
    """
    contract_id = ContractModification.objects.values_list(
        "contract_id", flat=True
    ).get(pk=modification_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    modification = ContractModification.objects.locked().get(pk=modification_id)
    modification.contract = contract
    require(permissions.can_revise_contract_modification(by, modification))
    modification.require_version(seen_version)
    before = {
        "base_version": modification.base_version,
        "content_sha256": modification.content_sha256,
        "vendor_had_signed": modification.vendor_signed_at is not None,
    }
    release_minimum_funds(modification, by, at)
    modification.version += 1
    modification.vendor_signed_by = None
    modification.vendor_signed_at = None
    modification.drafted_by_id = by.own_membership_id
    put_proposal(modification, proposal, at)
    if modification.is_bilateral:
        _ask_vendor(modification, by, at)
    record_event(
        events.CONTRACT_MODIFICATION_REVISED,
        subject=modification.subject,
        by=by,
        at=at,
        data={**_record(modification), "before": before},
    )
    return modification
