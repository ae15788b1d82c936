"""The vendor reports an incident."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.contracts.queries import representatives
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.incidents import events, permissions
from contracting.incidents.models import Incident
from contracting.incidents.refusals import IncidentIncomplete
from contracting.incidents.states import REPORT_HOURS, UPDATE_HOURS, Severity
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reference.queries import threshold


@transaction.atomic
def report_incident(
    *,
    contract_id: int,
    title: str,
    severity: str,
    text: str,
    discovered_at: datetime,
    by: Actor,
    at: datetime,
) -> Incident:
    """Tell the agency at once; a late report is taken all the same, and says so.

    The hours are dated numbers, as they stand on the day of the report (R-AI-03). The
    words never hold content of a call (R-AI-04).

    :raises NotAllowed: unless ``by`` is of the contract's vendor
    :raises IncidentIncomplete: without what happened, or with a discovery to come
    """
    contract = (
        Contract.objects.locked().select_related("agency", "vendor").get(pk=contract_id)
    )
    require(permissions.can_report_incident(by, contract))
    if not (title.strip() and text.strip()) or severity not in Severity.values:
        message = "Say what happened and what it touches, without content of any call."
        raise IncidentIncomplete(message, pointer="/text")
    if discovered_at > at:
        message = "It was discovered before it is reported. Correct the time."
        raise IncidentIncomplete(message, pointer="/discovered_at")
    on = accounting_day(at, contract.time_zone)
    hours = {
        code: int(threshold(code, on).value) for code in (REPORT_HOURS, UPDATE_HOURS)
    }
    incident = Incident.objects.create(
        contract=contract,
        title=title.strip(),
        severity=severity,
        text=text.strip(),
        discovered_at=discovered_at,
        due_at=discovered_at + timedelta(hours=hours[REPORT_HOURS]),
        update_hours=hours[UPDATE_HOURS],
        reported_by_id=by.own_membership_id,
        reported_at=at,
    )
    _tell(
        incident,
        f"{contract.vendor.name} reports an incident: {incident.title}",
        f"{'Reported late. ' if incident.is_late else ''}{incident.text}",
        by,
        at,
    )
    record_event(
        events.INCIDENT_REPORTED,
        subject=incident.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AI-03",
            "piid": contract.piid,
            "title": incident.title,
            "severity": severity,
            "discovered_at": discovered_at,
            "due_at": incident.due_at,
            "is_late": incident.is_late,
            "thresholds": hours,
        },
    )
    return incident


def _tell(
    incident: Incident,
    title: str,
    body: str,
    by: Actor,
    at: datetime,
    *also: Recipient,
) -> None:
    """The officers and the representatives of the contract, and whom else it says."""
    contract = incident.contract
    on, agency = accounting_day(at, contract.time_zone), contract.agency_id
    post_notice(
        recipients=[
            Recipient(organization_id=agency, role=Role.CONTRACTING_OFFICER),
            *(
                Recipient(organization_id=agency, user_id=row.membership.user_id)
                for row in representatives(contract, on)
            ),
            *also,
        ],
        subject=incident.subject,
        title=title[:200],
        body=body,
        url_path=incident.path,
        by=by,
        at=at,
    )
