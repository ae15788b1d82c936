"""Hand certified payments to the finance system, each of them once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.documents.operations.store import store_blob
from contracting.payments import events, permissions
from contracting.payments.calculations.batches import as_csv, as_json
from contracting.payments.models import (
    ExportedPayment,
    PaymentCertification,
    PaymentExport,
)
from contracting.payments.queries.batches import instruction_for, waiting_for_export
from contracting.payments.refusals import NothingToExport


@transaction.atomic
def export_payments(*, agency_id: int, by: Actor, at: datetime) -> PaymentExport:
    """Write a batch of every certified payment that is in none yet, as CSV and JSON.

    The files are kept under their hashes. A voucher that finance gives back is never
    exported again; the one that follows it is.

    :raises NotAllowed: if ``by`` is no payment certifier of the agency
    :raises NothingToExport: if no certified payment waits
    """
    Organization.objects.locked().get(pk=agency_id)
    require(permissions.can_export_payments(by, agency_id))
    waiting = _locked(agency_id)
    if not waiting:
        message = "Every certified payment is in a batch already."
        raise NothingToExport(message)
    number = PaymentExport.objects.filter(agency=agency_id).count() + 1
    payments = [instruction_for(each) for each in waiting]
    export = PaymentExport.objects.create(
        agency_id=agency_id,
        number=number,
        csv=store_blob(content=as_csv(number, payments), media_type="text/csv"),
        json=store_blob(
            content=as_json(number, payments), media_type="application/json"
        ),
        exported_by_name=by.name,
        exported_at=at,
    )
    for each in waiting:
        ExportedPayment.objects.create(export=export, certification=each)
    record_event(
        events.PAYMENTS_EXPORTED,
        subject=export.subject,
        by=by,
        at=at,
        data={
            "batch": number,
            "vouchers": [each.voucher_number for each in waiting],
            "dollars": total_dollars(Dollars(each.dollars) for each in waiting),
            "csv_sha256": export.csv.sha256,
            "json_sha256": export.json.sha256,
        },
    )
    return export


def _locked(agency_id: int) -> list[PaymentCertification]:
    """What waits, once nobody can pay it or give it back meanwhile."""
    waiting = waiting_for_export(agency_id)
    contracts = waiting.values_list("invoice__order__contract", flat=True)
    locked = Contract.objects.locked().filter(pk__in=set(contracts))
    return list(waiting.filter(invoice__order__contract__in=[c.pk for c in locked]))
