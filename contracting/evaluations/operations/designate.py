"""Designate a member of the panel."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import events, permissions, queries
from contracting.evaluations.models import PanelMember
from contracting.evaluations.refusals import (
    AlreadyDecided,
    AlreadyDesignated,
    NotOnThePanel,
    NotOpened,
)
from contracting.evaluations.states import PanelRole
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState


@transaction.atomic
def designate_panel_member(
    *, solicitation_id: int, membership_id: int, role: str, by: Actor, at: datetime
) -> PanelMember:
    """Name an evaluator or the source selection authority (FAR 15.303).

    :param role: a :class:`~contracting.evaluations.states.PanelRole`
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency and names
        somebody else, who belongs to no vendor
    :raises NotOpened: if the solicitation is not released, or is closed
    :raises AlreadyDecided: once the selection is decided
    :raises NotOnThePanel: if the person does not hold that role in the agency
    :raises AlreadyDesignated: if the person, or another authority, is designated
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    membership = Membership.objects.select_related("user").get(pk=membership_id)
    require(permissions.can_designate_panel_member(by, solicitation, membership))
    _require_time(solicitation)
    _require_fit(solicitation, membership, role)
    member = PanelMember.objects.create(
        solicitation=solicitation,
        membership=membership,
        role=role,
        designated_by_id=by.own_membership_id,
        designated_at=at,
    )
    post_notice(
        recipients=[Recipient(solicitation.agency_id, user_id=membership.user_id)],
        subject=solicitation.subject,
        title=f"You are designated for the panel of {solicitation.piid}",
        body="Declare that you have no conflict of interest before you read an offer.",
        url_path=f"/solicitations/{solicitation.public_id}/declare",
        by=by,
        at=at,
    )
    record_event(
        events.PANEL_MEMBER_DESIGNATED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"membership": membership.public_id, "role": role},
    )
    return member


def _require_time(solicitation: Solicitation) -> None:
    working = (SolicitationState.RELEASED, SolicitationState.OPENED)
    if solicitation.state not in working:
        message = "A panel is designated between release and award."
        raise NotOpened(message, state=solicitation.state)
    if queries.decision_of(solicitation) is not None:
        message = "The selection is decided; the panel stays as it is."
        raise AlreadyDecided(message)


def _require_fit(solicitation: Solicitation, membership: Membership, role: str) -> None:
    fits = (
        role in PanelRole.values
        and membership.role == role
        and membership.is_active
        and membership.organization_id == solicitation.agency_id
    )
    if not fits:
        message = f"{membership.user} cannot be designated for this part of the panel."
        raise NotOnThePanel(message, role=role)
    panel = queries.panel_of(solicitation)
    if panel.filter(membership__user_id=membership.user_id).exists():
        message = (
            f"{membership.user} is on the panel already. Who decides does not rate."
        )
        raise AlreadyDesignated(message)
    authority = PanelRole.SOURCE_SELECTION_AUTHORITY
    if role == authority and panel.filter(role=authority).exists():
        message = "There is one source selection authority, designated already."
        raise AlreadyDesignated(message)
