"""The contracting officer retires a template of the agency."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations import events, permissions
from contracting.solicitations.models import SolicitationTemplate


@transaction.atomic
def retire_template(
    *, template_id: int, by: Actor, at: datetime
) -> SolicitationTemplate:
    """Take a template out of use for good; packages made from it stay as they are.

    :raises NotAllowed: unless ``by`` is a contracting officer of its agency, or if it
        is retired already or came with the system
    """
    template = SolicitationTemplate.objects.locked().get(pk=template_id)
    require(permissions.can_retire_template(by, template))
    template.retired_at, template.retired_by_id = at, by.own_membership_id
    template.save(update_fields=["retired_at", "retired_by"])
    record_event(
        events.TEMPLATE_RETIRED,
        subject=template.subject,
        by=by,
        at=at,
        data={"template": template.public_id, "name": template.name},
    )
    return template
