"""Promise non-disclosure and declare that there is no conflict of interest."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import events, paperwork, permissions, queries
from contracting.evaluations.models import Declaration
from contracting.evaluations.refusals import AlreadyDeclared, NotDeclared
from contracting.solicitations.models import Solicitation


@transaction.atomic
def declare_interest(
    *,
    solicitation_id: int,
    keeps_confidence: bool,
    has_no_conflict: bool,
    by: Actor,
    at: datetime,
) -> Declaration:
    """Sign what everybody signs who reads an offer (FAR 3.104, 9.505).

    :raises NotAllowed: unless ``by`` is designated, has not declared, and belongs to no
        vendor
    :raises NotDeclared: unless both promises are given; then no offer is shown
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_declare_interest(by, solicitation))
    if not (keeps_confidence and has_no_conflict):
        message = (
            "Without both promises you do not read the offers. Tell the contracting "
            "officer about a conflict of interest."
        )
        raise NotDeclared(message)
    member = queries.panel_member_of(by, solicitation)
    if member is None or permissions.has_declared(member):
        message = "You have declared already."
        raise AlreadyDeclared(message)
    declaration = Declaration.objects.create(
        panel_member=member, text=paperwork.declaration(solicitation), declared_at=at
    )
    record_event(
        events.INTEREST_DECLARED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"role": member.role, "text": declaration.text},
    )
    return declaration
