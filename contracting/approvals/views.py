"""The list of what waits for a reviewer, and who reviews what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar, Final

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse

from accounts.queries import delegations_in_force
from contracting.approvals import permissions, queries
from contracting.approvals.calculations import paragraphs_of
from contracting.approvals.forms import PolicyForm, ReviewForm
from contracting.approvals.operations.adopt import adopt_policy
from contracting.approvals.queries.queues import (
    ANSWERABLE,
    last_decision_of,
    overrides_visible_to,
    queue_of,
)
from contracting.approvals.states import OVERRIDABLE
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible, Refusal, Stale
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.core.views import PageView, VerbView

PER_PAGE = 50
TOLD: Final = ("verdict", "comment", "seen_version", "remarks")
"""What a reviewer says, as the verbs of reviews take it."""


class Inbox(PageView):
    """What must I decide, the oldest first?"""

    template_name = "approvals/inbox.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        if not self.actor.is_agency:
            raise NotVisible("Reviews are the agency's.")
        chosen = self.request.GET.getlist("chosen")
        on = queries.day_of(self.actor.own_organization_id)
        given = delegations_in_force(on).select_related(
            "delegator__user", "delegate__user"
        )
        return {
            "waiting": queue_of(self.actor, chosen),
            "chosen": chosen,
            "last": last_decision_of(self.actor),
            "lent_to_me": given.filter(delegate_id=self.actor.membership_id),
            "lent_by_me": given.filter(delegator_id=self.actor.membership_id),
        }


class ReviewVerb(VerbView):
    """A page on which a reviewer decides on exactly the version that they read.

    Where the version moved while the page was open, it says what changed since the one
    that was read and keeps the reasons that were typed; nothing is decided by it.
    """

    moved_from: int | None = None
    read: ClassVar[Callable[..., Iterable[tuple[str, str]]]]
    """Each term of the thing with its words, as it is reviewed."""

    def form_options(self, thing: Any) -> dict[str, Any]:
        return {"paragraphs": paragraphs_of(type(self).read(thing))}

    def terms(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the verb is told beside the thing, by whom and when."""
        return {name: data[name] for name in TOLD}

    def reviewed(
        self,
        thing: Any,
        last_reviewed: Callable[[Any, int | None], int | None],
        changes_since: Callable[[Any, int], Any],
    ) -> dict[str, Any]:
        """What changed since the reader's last look, and who decides.

        :param last_reviewed: the version decided on last, given the thing and a person
        :param changes_since: what differs from a version of the thing
        """
        route = queries.latest_route_of(thing.subject)
        seen = self.moved_from or last_reviewed(thing, self.actor.user_id)
        return {
            "moved_from": self.moved_from,
            "seen": seen,
            "changes": changes_since(thing, seen or thing.version),
            "steps": queries.standing(route, self.actor) if route else [],
        }

    def _page(
        self,
        thing: Any,
        form: Form,
        *,
        status: int = 200,
        refusal: Refusal | None = None,
    ) -> HttpResponse:
        if isinstance(refusal, Stale):
            self.moved_from = int(refusal.data["seen"])
            form.data = {**dict(form.data.items()), "seen_version": str(thing.version)}
            if isinstance(form, ReviewForm):
                form.keep_orphans()
        return super()._page(thing, form, status=status, refusal=refusal)


class Policies(PageView):
    """Who reviews what?"""

    template_name = "approvals/policies.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        if not self.actor.is_agency:
            raise NotVisible("Reviews are the agency's.")
        agency_id = self.actor.own_organization_id
        return {
            "policies": queries.policies_of(agency_id),
            "verdict": permissions.can_adopt_policy(self.actor, agency_id),
        }


class Overrides(PageView):
    """Which rules were put aside, by whom, and on what ground?"""

    template_name = "approvals/overrides.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        if not self.actor.has_role(*ANSWERABLE):
            raise NotVisible("Overrides are for those who answer for them.")
        found = overrides_visible_to(self.actor)
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        return {"page_obj": page, "known": OVERRIDABLE}


class AdoptPolicy(VerbView):
    """Say who reviews what, from a day on."""

    template_name = "approvals/adopt_policy.html"
    form_class = PolicyForm
    submit_label = "Adopt this policy"
    done_message = "The policy is adopted, for what is submitted from its first day on."

    def thing(self, **ids: Any) -> None:
        if not self.actor.is_agency:
            raise NotVisible("Reviews are the agency's.")

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_adopt_policy(self.actor, self.actor.own_organization_id)

    def initial(self, thing: None) -> dict[str, Any]:
        return {"valid_from": queries.day_of(self.actor.own_organization_id)}

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        adopt_policy(
            agency_id=by.own_organization_id,
            kind=data["kind"],
            title=data["title"],
            steps=data["steps"],
            min_value=Dollars(data["min_value"]),
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            by=by,
            at=at,
        )
        return reverse("approvals:policies")
