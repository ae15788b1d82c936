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
from contracting.submissions.sealing.openers import able_shares, boxes_of


@transaction.atomic
def warn_of_losses(*, by: Actor, at: datetime) -> int:
    """Tell the contracting officers of every box that has no opener to spare.

    It runs daily and says it each day until the offers are open. A former box is told
    of as the one in force is: what was not sealed anew lies in it, if anything does.

    :returns: how many boxes were told of
    :raises NotAllowed: if ``by`` is not the system
    """
    released = Solicitation.objects.locked().filter(state=SolicitationState.RELEASED)
    require(permissions.can_warn_of_losses(by))
    return sum(_warn(each, box, by, at) for each in released for box in boxes_of(each))


def _warn(solicitation: Solicitation, box: Box, by: Actor, at: datetime) -> bool:
    able = len(able_shares(box))
    if able > box.needed:
        return False
    is_former = box != queries.box_of(solicitation)
    post_notice(
        recipients=[Recipient(solicitation.agency_id, role=Role.CONTRACTING_OFFICER)],
        subject=solicitation.subject,
        title=_title(solicitation, box, able, is_former=is_former),
        body=_body(box, able, is_former=is_former),
        url_path=f"/solicitations/{solicitation.public_id}/box",
        by=by,
        at=at,
    )
    record_event(
        events.LOSSES_WARNED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "box": box.public_id,
            "able": able,
            "needed": box.needed,
            "people": box.people,
        },
    )
    return True


def _title(solicitation: Solicitation, box: Box, able: int, *, is_former: bool) -> str:
    of_key = " under a former key" if is_former else ""
    if able < box.needed:
        return f"Offers on {solicitation.piid}{of_key} can no longer be opened"
    return f"No opener of offers on {solicitation.piid}{of_key} can be spared any more"


def _body(box: Box, able: int, *, is_former: bool) -> str:
    left = f"{able} of {box.people} openers are left and {box.needed} are needed."
    if is_former:
        return (
            f"{left} What its vendors have not sealed anew lies under that key, and "
            "can never be read if fewer are left than needed. Whether there is any, "
            "nobody can tell before the opening."
        )
    return (
        f"{left} If fewer are left than needed, the offers can never be read, by "
        "anybody. Until the deadline, name others and replace the openers: vendors "
        "then seal their offers anew."
    )
