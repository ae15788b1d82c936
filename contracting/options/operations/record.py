"""Record a novation or merger of the vendor."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.options import events, permissions
from contracting.options.models import VendorSizeChange
from contracting.options.refusals import RepresentationIncomplete
from contracting.options.states import SizeChange
from contracting.reference.queries import threshold


@transaction.atomic
def record_size_change(
    *,
    contract_id: int,
    what: str,
    happened_on: date,
    source: str,
    by: Actor,
    at: datetime,
) -> VendorSizeChange:
    """Keep a change after which the vendor states its size anew, and ask it to.

    :param source: where it is on file, such as the novation agreement
    :raises NotAllowed: unless ``by`` is of the contracting office
    :raises RepresentationIncomplete: without its source, or for a day to come
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_record_size_change(by, contract))
    on = accounting_day(at, contract.time_zone)
    if what not in SizeChange.values or not source.strip() or happened_on > on:
        message = "Say what changed the vendor, on which day up to today, and its file."
        raise RepresentationIncomplete(message, pointer="/source")
    days = int(threshold("OPTION_SIZE_AFTER_CHANGE", happened_on).value)
    change = VendorSizeChange.objects.create(
        contract=contract,
        what=what,
        happened_on=happened_on,
        due_on=happened_on + timedelta(days=days),
        source=source.strip(),
        recorded_by_id=by.own_membership_id,
        change_recorded_at=at,
    )
    post_notice(
        recipients=[Recipient(contract.vendor_id, Role.VENDOR_SIGNER)],
        subject=contract.subject,
        title=f"State your size on contract {contract.piid} by {change.due_on}",
        body=f"After the {change} (FAR 52.219-28(b)).",
        url_path=f"{contract.path}/options",
        due_on=change.due_on,
        by=by,
        at=at,
    )
    record_event(
        events.SIZE_CHANGE_RECORDED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "what": what,
            "happened_on": happened_on,
            "due_on": change.due_on,
            "source": change.source,
        },
    )
    return change
