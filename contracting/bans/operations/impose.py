"""Ban a vendor, a model or a family of models."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from accounts.models import Organization
from accounts.states import OrganizationKind, Role
from contracting.audit.operations.record import record_event
from contracting.bans import events, permissions
from contracting.bans.models import Ban
from contracting.bans.queries import affected_by, in_force
from contracting.bans.refusals import AlreadyBanned, BanIncomplete
from contracting.bans.states import Affected, BanReason
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Tokens, total_dollars
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reference.models import AiModel


@transaction.atomic
def impose_ban(
    *,
    agency_id: int,
    vendor_id: int | None = None,
    model_id: int | None = None,
    family: str = "",
    reason: str,
    citation: str,
    text: str,
    valid_from: date,
    valid_to: date | None = None,
    by: Actor,
    at: datetime,
) -> Ban:
    """Stop awards, orders, rates and options for it from the first day on (R-AI-01).

    What is signed is not changed: those orders are listed with what is left of them,
    the contracting officers and representatives are told, and the gateway's deny list
    names them. FAR 9.405, subpart 40.2.

    :param valid_from: in the agency's zone; not before today
    :param valid_to: the last day; without it, until the ban is lifted
    :raises NotAllowed: unless ``by`` is a contracting officer or an administrator of
        the agency
    :raises BanIncomplete: unless exactly one thing is named, with its authority, what
        was found, and days that are not over
    :raises AlreadyBanned: if the same is banned already
    """
    agency: Organization = Organization.objects.locked().get(pk=agency_id)
    require(permissions.can_impose_ban(by, agency.pk))
    ban = Ban(
        agency=agency,
        vendor=_vendor(vendor_id),
        model=AiModel.objects.filter(pk=model_id or 0).first(),
        family=family.strip(),
        reason=reason,
        citation=citation.strip(),
        text=text.strip(),
        valid_from=valid_from,
        valid_to=valid_to,
        imposed_by_id=by.own_membership_id,
        imposed_at=at,
    )
    _guard(ban, agency.local_day(at))
    for other in in_force(agency, at):
        if (other.kind, other.target) == (ban.kind, ban.target):
            message = f"{ban.target} is banned already, by {other.citation}."
            raise AlreadyBanned(message, ban=other.public_id)
    ban.save()
    touched = affected_by(ban, at)
    _tell(ban, touched, by, at)
    record_event(
        events.BAN_IMPOSED,
        subject=ban.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AI-01",
            "kind": ban.kind,
            "target": ban.target,
            "reason": ban.reason,
            "citation": ban.citation,
            "text": ban.text,
            "valid_from": valid_from,
            "valid_to": valid_to,
            "orders": [each.number for each in touched],
            "dollars_left": total_dollars(each.dollars_left for each in touched),
        },
    )
    return ban


def _vendor(vendor_id: int | None) -> Organization | None:
    vendors = Organization.objects.filter(kind=OrganizationKind.VENDOR)
    return vendors.filter(pk=vendor_id or 0).first()


def _guard(ban: Ban, today: date) -> None:
    named = [bool(ban.vendor), bool(ban.model), bool(ban.family)]
    if named.count(True) != 1:
        message = "Name exactly one: a vendor, a model, or a family of models."
        raise BanIncomplete(message, pointer="/family")
    if ban.family and not AiModel.objects.filter(family=ban.family).exists():
        message = f"No model that is known here belongs to the family {ban.family}."
        raise BanIncomplete(message, pointer="/family")
    if ban.reason not in BanReason.values:
        message = "Say which authority forbids it."
        raise BanIncomplete(message, pointer="/reason")
    if not (ban.citation and ban.text):
        message = "Cite the authority, and say what was found."
        raise BanIncomplete(message, pointer="/citation")
    if ban.valid_from < today or (ban.valid_to and ban.valid_to < ban.valid_from):
        message = f"A ban begins today ({today}) or later, and ends after it begins."
        raise BanIncomplete(message, pointer="/valid_from")


def _tell(ban: Ban, touched: Iterable[Affected], by: Actor, at: datetime) -> None:
    signed = [each for each in touched if each.is_signed]
    left = total_dollars(each.dollars_left for each in signed)
    tokens = Tokens(sum(each.tokens_left.count for each in signed))
    agency = ban.agency_id
    post_notice(
        recipients=[
            Recipient(organization_id=agency, role=Role.CONTRACTING_OFFICER),
            Recipient(organization_id=agency, role=Role.COR),
            Recipient(organization_id=agency, role=Role.ADMINISTRATOR),
        ],
        subject=ban.subject,
        title=f"Banned: {ban.kind} {ban.target}",
        body=(
            f"{ban.get_reason_display()}, {ban.citation}. Nothing more is ordered "
            f"from {ban.valid_from} on. {_count(signed)} {left} and {tokens} left. "
            "Decide on each whether to stop work, to terminate, or to ask the agency's "
            "head for a waiver."
        ),
        url_path=ban.path,
        by=by,
        at=at,
    )


def _count(signed: list[Affected]) -> str:
    if len(signed) == 1:
        return "1 signed order has"
    return f"{len(signed)} signed orders have"
