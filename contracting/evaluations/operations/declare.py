"""Promise non-disclosure and answer whether there is a conflict of interest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import (
    calculations,
    events,
    paperwork,
    permissions,
    queries,
)
from contracting.evaluations.models import Declaration, PanelMember
from contracting.evaluations.refusals import ConflictUnexplained, NotDeclared
from contracting.evaluations.states import ConflictQuestion
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation


@transaction.atomic
def declare_interest(
    *,
    solicitation_id: int,
    keeps_confidence: bool,
    answers: Mapping[str, bool],
    explanation: str = "",
    by: Actor,
    at: datetime,
) -> Declaration:
    """Sign what everybody signs who reads an offer (FAR 3.104, 9.505).

    It names the offerors that are known; when more become known it is signed again. An
    answer of yes goes to the contracting officer, and the offers stay closed to ``by``
    until it is decided on.

    :param answers: by :class:`~contracting.evaluations.states.ConflictQuestion`,
        whether yes
    :raises NotAllowed: unless ``by`` is designated, has something to declare, and
        belongs to no vendor
    :raises NotDeclared: without the promise, or with a question unanswered (R-ROL-06)
    :raises ConflictUnexplained: for a yes without a word about it (R-ROL-06)
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_declare_interest(by, solicitation))
    if not keeps_confidence or set(answers) != set(ConflictQuestion.values):
        message = (
            "Without the promise and an answer to every question you do not read the "
            "offers."
        )
        raise NotDeclared(message)
    has_conflict = any(answers.values())
    if has_conflict and not calculations.has_words(explanation):
        message = "Say what the conflict is; the contracting officer decides on it."
        raise ConflictUnexplained(message)
    member = PanelMember.objects.get(
        solicitation=solicitation, membership_id=by.own_membership_id
    )
    declaration = Declaration.objects.create(
        panel_member=member,
        text=paperwork.declaration(solicitation),
        parties=queries.parties_of(solicitation),
        answers=dict(answers),
        has_conflict=has_conflict,
        explanation=explanation.strip() if has_conflict else "",
        declared_at=at,
    )
    if has_conflict:
        _tell_the_officer(solicitation, member, by, at)
    record_event(
        events.CONFLICT_DECLARED if has_conflict else events.INTEREST_DECLARED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "role": member.role,
            "text": declaration.text,
            "answers": declaration.answers,
        },
    )
    return declaration


def _tell_the_officer(
    solicitation: Solicitation, member: PanelMember, by: Actor, at: datetime
) -> None:
    page = f"/solicitations/{solicitation.public_id}/panel"
    post_notice(
        recipients=[Recipient(solicitation.agency_id, Role.CONTRACTING_OFFICER)],
        subject=solicitation.subject,
        title=f"A conflict of interest was declared on {solicitation.piid}",
        body="The offers stay closed to this member of the panel until you decide.",
        url_path=f"{page}/resolve/{member.membership.public_id}",
        by=by,
        at=at,
    )
