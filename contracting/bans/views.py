"""Pages of bans: what is banned, what it touches, and the switch itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Organization
from contracting.audit.queries import events_of
from contracting.bans import forms, permissions, queries
from contracting.bans.models import Ban
from contracting.bans.operations.impose import impose_ban
from contracting.bans.operations.lift import lift_ban
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.quantities import Tokens, total_dollars
from contracting.core.views import PageView, VerbView


def agency_of(actor: Actor) -> Organization:
    """The actor's agency.

    :raises NotVisible: for a vendor
    """
    if not actor.is_agency:
        message = "Bans are the agency's."
        raise NotVisible(message)
    return Organization.objects.get(pk=actor.own_organization_id)


class BansPage(PageView):
    """What may this agency not buy today?"""

    template_name = "bans/bans.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        agency, at = agency_of(self.actor), clock.now()
        holding = {each.pk for each in queries.in_force(agency, at)}
        rows = queries.bans_visible_to(self.actor).order_by("-pk")
        return {
            "bans": [(each, each.pk in holding) for each in rows],
            "holding": len(holding),
            "may_impose": permissions.can_impose_ban(self.actor, agency.pk),
        }


class BanPage(PageView):
    """Which orders does this ban touch, and what is left of them?"""

    template_name = "bans/ban.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        ban, at = queries.get_ban_for(self.actor, ids["public_id"]), clock.now()
        touched = queries.affected_by(ban, at)
        signed = [each for each in touched if each.is_signed]
        return {
            "ban": ban,
            "holds": ban.pk in {row.pk for row in queries.in_force(ban.agency, at)},
            "affected": touched,
            "signed": signed,
            "dollars_left": total_dollars(each.dollars_left for each in signed),
            "tokens_left": Tokens(sum(each.tokens_left.count for each in signed)),
            "may_lift": permissions.can_lift_ban(self.actor, ban),
            "events": events_of(ban.subject),
        }


class ImposeBan(VerbView):
    """Stop a vendor or model everywhere."""

    template_name = "bans/impose_ban.html"
    form_class = forms.ImposeBanForm
    submit_label = "Impose the ban"
    done_message = "The ban is on record. Below are the orders that it touches."

    def thing(self, *_: Any, **ids: Any) -> Organization:
        return agency_of(self.actor)

    def verdict(self, thing: Organization) -> Verdict:
        return permissions.can_impose_ban(self.actor, thing.pk)

    def initial(self, thing: Organization) -> dict[str, Any]:
        return {"valid_from": thing.local_day(clock.now())}

    def extra(self, thing: Organization) -> dict[str, Any]:
        return {"agency": thing, "cancel_url": "/bans/"}

    def perform(
        self, *, thing: Organization, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        names = ("family", "reason", "citation", "text", "valid_from", "valid_to")
        return impose_ban(
            agency_id=thing.pk,
            vendor_id=data["vendor"].pk if data["vendor"] else None,
            model_id=data["model"].pk if data["model"] else None,
            **{name: data[name] for name in names},
            by=by,
            at=at,
        ).path


class LiftBan(VerbView):
    """End a ban."""

    template_name = "bans/lift_ban.html"
    form_class = forms.LiftBanForm
    submit_label = "Lift the ban"
    done_message = "The ban is lifted; the deny list no longer names it."

    def thing(self, *_: Any, **ids: Any) -> Ban:
        return queries.get_ban_for(self.actor, ids["public_id"])

    def verdict(self, thing: Ban) -> Verdict:
        return permissions.can_lift_ban(self.actor, thing)

    def extra(self, thing: Ban) -> dict[str, Any]:
        return {"ban": thing, "cancel_url": thing.path}

    def perform(
        self, *, thing: Ban, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return lift_ban(ban_id=thing.pk, reason=data["reason"], by=by, at=at).ban.path
