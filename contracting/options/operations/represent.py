"""The vendor states its size anew."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.identifiers import check_naics
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.options import events, permissions
from contracting.options.models import SizeRepresentation
from contracting.options.refusals import RepresentationIncomplete


@transaction.atomic
def represent_size(
    *,
    contract_id: int,
    is_small: bool,
    naics: str,
    size_standard: str,
    by: Actor,
    at: datetime,
) -> SizeRepresentation:
    """State whether the vendor is small under the contract's code (FAR 52.219-28).

    The last statement counts; earlier ones stay on file.

    :param size_standard: the standard in force, such as ``"$40.0 million"``
    :raises NotAllowed: unless ``by`` is a signer of the vendor
    :raises RepresentationIncomplete: without the standard that it rests on
    :raises BadIdentifier: for a code that breaks its grammar
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_represent_size(by, contract))
    if not size_standard.strip():
        message = "Name the size standard under which the vendor states its size."
        raise RepresentationIncomplete(message, pointer="/size_standard")
    stated = SizeRepresentation.objects.create(
        contract=contract,
        is_small=is_small,
        naics=check_naics(naics),
        size_standard=size_standard.strip(),
        represented_on=accounting_day(at, contract.time_zone),
        represented_by_id=by.own_membership_id,
        represented_at=at,
    )
    post_notice(
        recipients=[Recipient(contract.agency_id, Role.CONTRACTING_OFFICER)],
        subject=contract.subject,
        title=f"The vendor of {contract.piid} states its size: {stated}",
        body=f"Size standard: {stated.size_standard}.",
        url_path=f"{contract.path}/options",
        by=by,
        at=at,
    )
    record_event(
        events.SIZE_REPRESENTED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "is_small": is_small,
            "naics": stated.naics,
            "size_standard": stated.size_standard,
        },
    )
    return stated
