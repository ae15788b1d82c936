"""Import registrations and exclusions of vendors."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.models import Organization
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import events, permissions, refusals
from contracting.evaluations.models import RegistrationImport, RegistrationRecord

COLUMNS: Final = ("uei", "legal_name", "registered_until", "exclusion")
MAX_ROWS: Final = 100_000


@transaction.atomic
def import_registrations(
    *,
    agency_id: int,
    name: str,
    content: bytes,
    extracted_at: datetime,
    by: Actor,
    at: datetime,
) -> RegistrationImport:
    """Take in an extract as CSV; the latest one is what an award looks at (R-EVL-08).

    :param content: UTF-8; its first line names ``COLUMNS``, a day is ``2026-12-31``
    :param extracted_at: when the source made it, not later than now
    :raises NotAllowed: unless ``by`` belongs to the contracting office of the agency
    :raises BadExtract: if a line cannot be read, with its number
    :raises AlreadyImported: if this very extract was imported
    """
    agency = Organization.objects.locked().get(pk=agency_id)
    require(permissions.can_import_registrations(by, agency_id))
    if extracted_at > at:
        message = "The extract cannot have been made in the future."
        raise refusals.BadExtract(message)
    sha256 = hashlib.sha256(content).hexdigest()
    known = RegistrationImport.objects.filter(
        agency=agency, sha256=sha256, extracted_at=extracted_at
    )
    if known.exists():
        message = "This extract has been imported already."
        raise refusals.AlreadyImported(message)
    records = _records(content)
    made = RegistrationImport.objects.create(
        agency=agency,
        name=name.strip()[:200] or "extract",
        sha256=sha256,
        extracted_at=extracted_at,
        imported_by_id=by.own_membership_id,
        imported_at=at,
    )
    for record in records:
        record.registration_import = made
    RegistrationRecord.objects.bulk_create(records, batch_size=1000)
    record_event(
        events.REGISTRATIONS_IMPORTED,
        subject=made.subject,
        by=by,
        at=at,
        data={
            "rule": "R-EVL-08",
            "name": made.name,
            "sha256": sha256,
            "extracted_at": extracted_at,
            "records": len(records),
        },
    )
    return made


def _records(content: bytes) -> list[RegistrationRecord]:
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        names = tuple(reader.fieldnames or ())
        if sorted(names) != sorted(COLUMNS):
            message = f"The first line must be {','.join(COLUMNS)}."
            raise refusals.BadExtract(message)
        records: dict[str, RegistrationRecord] = {}
        for number, row in enumerate(reader, start=2):
            record = _record(number, row)
            if record.uei in records:
                message = f"Line {number}: {record.uei} stands in the file twice."
                raise refusals.BadExtract(message)
            records[record.uei] = record
            if len(records) > MAX_ROWS:
                message = f"The file has more than {MAX_ROWS:,} vendors."
                raise refusals.BadExtract(message)
    except (UnicodeDecodeError, csv.Error) as error:
        message = "The file is not CSV in UTF-8."
        raise refusals.BadExtract(message) from error
    if not records:
        message = "The file names no vendor."
        raise refusals.BadExtract(message)
    return list(records.values())


def _record(number: int, row: dict[str, str]) -> RegistrationRecord:
    if any(value is None for value in row.values()) or None in row:
        message = f"Line {number} has not exactly {len(COLUMNS)} values."
        raise refusals.BadExtract(message, line=number)
    uei, legal_name = row["uei"].strip().upper(), row["legal_name"].strip()
    exclusion = row["exclusion"].strip()
    fits = len(uei) == 12 and 0 < len(legal_name) <= 200 and len(exclusion) <= 200
    try:
        until = date.fromisoformat(row["registered_until"].strip())
    except ValueError:
        fits = False
    if not fits or "\x00" in legal_name + exclusion + uei:
        message = (
            f"Line {number}: a UEI has twelve characters, a name is given, and a day "
            "is written 2026-12-31."
        )
        raise refusals.BadExtract(message, line=number)
    return RegistrationRecord(
        uei=uei, legal_name=legal_name, registered_until=until, exclusion=exclusion
    )
