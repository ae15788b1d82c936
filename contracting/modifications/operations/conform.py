"""Print the contract as it reads on a day."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.documents.calculations import day_words
from contracting.documents.models import Document
from contracting.documents.operations.request import request_document
from contracting.modifications import events, permissions, queries
from contracting.modifications.paperwork.conformed import conformed_sheet
from contracting.modifications.refusals import DayBeforeAward


@transaction.atomic
def conform_contract(
    *, contract_id: int, on: date, by: Actor, at: datetime
) -> Document:
    """Ask for the conformed copy: award and modifications as one text on a day.

    It is a copy for reading; what is signed are the award and each modification.

    :param on: in the contract's time zone; a later day shows what is signed by now
    :raises NotAllowed: unless ``by`` is of the contracting office, or before the award
    :raises DayBeforeAward: for a day before the contract was awarded
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_conform_contract(by, contract))
    if contract.awarded_at is not None:
        awarded_on = accounting_day(contract.awarded_at, contract.time_zone)
        if on < awarded_on:
            day = day_words(awarded_on)
            message = f"The contract was awarded on {day}; choose a later day."
            raise DayBeforeAward(message, pointer="/on")
    found = queries.conformed(contract, on)
    document = request_document(
        kind="conformed_contract",
        subject=contract.subject,
        title=f"Contract {contract.piid} as of {day_words(on)}",
        number=str(contract.piid),
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=conformed_sheet(found, at=at),
        content_sha256=found.content_sha256,
        version=found.version,
        by=by,
        at=at,
    )
    record_event(
        events.CONTRACT_CONFORMED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "on": on,
            "document": document.public_id,
            "modifications": [each.number for each in found.modifications],
            "content_sha256": found.content_sha256,
        },
    )
    return document
