"""Warn of a box that one more loss would make unreadable."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions import events, permissions, queries
from contracting.submissions.models import Box
from contracting.submissions.sealing.openers import able_shares


@transaction.atomic
def warn_of_losses(*, by: Actor, at: datetime) -> int:
    """Tell the contracting officers of every box that has no opener to spare.

    It runs daily and says it each day until the offers are open.

    :returns: how many boxes were told of
    :raises NotAllowed: if ``by`` is not the system
    """
    released = Solicitation.objects.locked().filter(state=SolicitationState.RELEASED)
    require(permissions.can_warn_of_losses(by))
    return sum(_warn(each, by, at) for each in released)


def _warn(solicitation: Solicitation, by: Actor, at: datetime) -> bool:
    box = queries.box_of(solicitation)
    if box is None:
        return False
    able = len(able_shares(box))
    if able > box.needed:
        return False
    post_notice(
        recipients=[Recipient(solicitation.agency_id, role=Role.CONTRACTING_OFFICER)],
        subject=solicitation.subject,
        title=_title(solicitation, box, able),
        body=(
            f"{able} of {box.people} openers are left and {box.needed} are needed. If "
            "fewer are left than needed, the offers can never be read, by anybody."
        ),
        url_path=f"/solicitations/{solicitation.public_id}/box",
        by=by,
        at=at,
    )
    record_event(
        events.LOSSES_WARNED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"able": able, "needed": box.needed, "people": box.people},
    )
    return True


def _title(solicitation: Solicitation, box: Box, able: int) -> str:
    if able < box.needed:
        return f"The offers on {solicitation.piid} can no longer be opened"
    return f"No opener of the offers on {solicitation.piid} can be spared any more"
