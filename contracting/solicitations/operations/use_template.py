"""The contracting office starts a package from a template."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.requisitions.models import Requisition
from contracting.solicitations import events, permissions
from contracting.solicitations.models import Solicitation, SolicitationTemplate
from contracting.solicitations.operations.draft import draft_solicitation
from contracting.solicitations.publishing.copying import taken_from


@transaction.atomic
def use_template(
    *, template_id: int, requisition_id: int, by: Actor, at: datetime
) -> Solicitation:
    """Start a package for a need with what a template says.

    Taken is what a copy takes: see :func:`.copy.copy_solicitation`. What the template
    leaves open, such as lines or objectives, comes from the need.

    :raises NotAllowed: if ``by`` is not of the contracting office, the template is of
        another agency or retired, or the requisition is not submitted
    :raises RequisitionTaken: if a solicitation for the need is under way
    """
    requisition = Requisition.objects.locked().get(pk=requisition_id)
    template = SolicitationTemplate.objects.locked().get(pk=template_id)
    require(permissions.can_use_template(by, template, requisition))
    taken = taken_from(template.content, requisition.agency.local_day(at))
    made = draft_solicitation(requisition_id=requisition.pk, by=by, at=at, taken=taken)
    made.from_template = template
    made.save(update_fields=["from_template"])
    record_event(
        events.TEMPLATE_USED,
        subject=made.subject,
        by=by,
        at=at,
        data={
            "from": template.public_id,
            "from_name": template.name,
            "from_content_sha256": template.content_sha256,
            **taken.told,
        },
    )
    return made
