"""Whether a vendor was and is registered (FAR 4.1102, 52.204-7, R-SUB-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracting.core.periods import accounting_day
from contracting.evaluations.models import (
    RegistrationExcuse,
    RegistrationImport,
    RegistrationRecord,
    RegistrationSnapshot,
)
from contracting.evaluations.refusals import RegistrationInactive
from contracting.evaluations.states import Occasion, RegistrationStatus
from contracting.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Registration:
    """What the extracts say of a vendor at an instant."""

    status: RegistrationStatus
    extract: RegistrationImport | None = None
    record: RegistrationRecord | None = None


def registration_at(submission: Submission, at: datetime) -> Registration:
    """The vendor's registration at an instant, by the extract nearest to it.

    The latest extract that was made up to then, else the first one after it: an agency
    looks its offerors up once it knows who they are.
    """
    solicitation = submission.solicitation
    extracts = RegistrationImport.objects.filter(agency_id=solicitation.agency_id)
    extract = (
        extracts.filter(extracted_at__lte=at).order_by("-extracted_at", "-pk").first()
        or extracts.order_by("extracted_at", "-pk").first()
    )
    if extract is None:
        return Registration(RegistrationStatus.NOT_CHECKED)
    record = RegistrationRecord.objects.filter(
        registration_import=extract, uei=submission.vendor.uei
    ).first()
    on = accounting_day(at, solicitation.time_zone)
    is_active = record is not None and record.registered_until >= on
    status = RegistrationStatus.ACTIVE if is_active else RegistrationStatus.INACTIVE
    return Registration(status, extract, record)


def snapshot_of(submission: Submission, occasion: str) -> RegistrationSnapshot | None:
    """The registration as it was kept on that occasion."""
    found = RegistrationSnapshot.objects.filter(submission=submission)
    return found.filter(occasion=occasion).select_related("extract").first()


def excuse_of(submission: Submission) -> RegistrationExcuse | None:
    """The exception under which the vendor need not be registered, if there is one."""
    found = RegistrationExcuse.objects.filter(submission=submission)
    return found.select_related("excused_by__user").first()


def status_at_submission(submission: Submission) -> RegistrationStatus:
    """As it was kept; where no extract was at hand then, as one says since."""
    kept = snapshot_of(submission, Occasion.SUBMISSION)
    if kept is not None and kept.status != RegistrationStatus.NOT_CHECKED:
        return RegistrationStatus(kept.status)
    received_at = submission.opened_offer.version.received_at
    return registration_at(submission, received_at).status


def not_registered_because(submission: Submission, at: datetime) -> str:
    """Why the offer is not awarded at an instant for want of a registration, if so."""
    if excuse_of(submission) is not None:
        return ""
    name, active = submission.vendor.name, RegistrationStatus.ACTIVE
    now = registration_at(submission, at).status
    if now == RegistrationStatus.NOT_CHECKED:
        return f"No extract is on record in which {name} could be looked up."
    if now != active:
        return f"{name} is not registered in the latest extract."
    if status_at_submission(submission) != active:
        return f"{name} was not registered when its offer was received."
    return ""


def require_registered(submission: Submission, at: datetime) -> None:
    """Insist on a registration at submission and at award, or an exception.

    :raises RegistrationInactive: without either (R-SUB-06)
    """
    because = not_registered_because(submission, at)
    if because:
        raise RegistrationInactive(because)
