"""Pages of written determinations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404
from django.urls import reverse

from contracting.approvals.queries import latest_route_of, standing
from contracting.approvals.states import Decided
from contracting.audit.queries import events_of
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.determinations import forms, permissions, queries
from contracting.determinations.models import Determination
from contracting.determinations.operations.adopt_ladder import (
    adopt_justification_ladder,
)
from contracting.determinations.operations.make import make_determination
from contracting.determinations.operations.post import post_determination
from contracting.determinations.operations.review import review_determination
from contracting.determinations.queries import About
from contracting.determinations.states import ROUTES, RULES, RULES_ON, Kind
from contracting.documents.queries import documents_of


def _steps(determination: Determination, by: Actor) -> list[Any]:
    route = latest_route_of(determination.subject)
    return standing(route, by) if route else []


class DeterminationPage(PageView):
    """What was determined, by whom, and does it stand?"""

    template_name = "determinations/determination.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        found = queries.get_determination_for(self.actor, ids["determination"])
        on = found.agency.local_day(clock.now())
        by = self.actor
        return {
            "determination": found,
            "steps": _steps(found, by),
            "documents": documents_of(found.subject).visible_to(by),
            "events": events_of(found.subject),
            "may_review": permissions.can_review_determination(by, found, on),
            "may_post": permissions.can_post_determination(by, found),
        }


class MakeDetermination(VerbView):
    """What is determined, and on which facts?"""

    template_name = "determinations/make_determination.html"
    form_class = forms.MakeDeterminationForm
    done_message = "It is on record."
    submit_label = "Put it on record"
    kind: Kind

    def thing(self, **ids: Any) -> About:
        try:
            self.kind = Kind(str(ids["kind"]).upper().replace("-", "_"))
        except ValueError as error:
            raise Http404 from error
        about = queries.about_for(self.actor, ids["of"])
        if self.kind not in about.kinds:
            raise Http404
        return about

    def verdict(self, thing: About) -> Verdict:
        return permissions.can_make_determination(
            self.actor, thing.agency_id, self.kind
        )

    def form_options(self, thing: About) -> dict[str, Any]:
        return {"kind": self.kind}

    def extra(self, thing: About) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "rule": RULES_ON.get((self.kind, thing.subject.kind), RULES[self.kind]),
            "value": thing.values.get(self.kind),
            "is_reviewed": self.kind in ROUTES,
            "cancel_url": thing.path,
        }

    def perform(
        self, *, thing: About, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return make_determination(
            kind=self.kind,
            subject=thing.subject,
            agency_id=thing.agency_id,
            title=thing.title,
            path=thing.path,
            value=thing.value_of(self.kind),
            text=data["text"],
            parts=data["parts"],
            authority=data["authority"],
            document_sha256=data["document_sha256"],
            by=by,
            at=at,
        ).path


class _OnOne(VerbView):
    """A page that does one thing to one determination."""

    def thing(self, **ids: Any) -> Determination:
        return queries.get_determination_for(self.actor, ids["determination"])

    def extra(self, thing: Determination) -> dict[str, Any]:
        return {
            "determination": thing,
            "steps": _steps(thing, self.actor),
            "cancel_url": thing.path,
        }


class ReviewDetermination(_OnOne):
    """Do I approve exactly these words?"""

    template_name = "determinations/review_determination.html"
    form_class = forms.ReviewDeterminationForm
    submit_label = "Record my decision"
    done_message = "Your decision is recorded."

    def verdict(self, thing: Determination) -> Verdict:
        on = thing.agency.local_day(clock.now())
        return permissions.can_review_determination(self.actor, thing, on)

    def perform(
        self, *, thing: Determination, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return review_determination(
            determination_id=thing.pk,
            verdict=Decided(data["verdict"]),
            comment=data["comment"],
            by=by,
            at=at,
        ).path


class PostDetermination(_OnOne):
    """Where does everybody read it?"""

    template_name = "determinations/post_determination.html"
    form_class = forms.PostDeterminationForm
    submit_label = "Record the posting"
    done_message = "The posting is recorded."

    def verdict(self, thing: Determination) -> Verdict:
        return permissions.can_post_determination(self.actor, thing)

    def perform(
        self, *, thing: Determination, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        post_determination(
            determination_id=thing.pk,
            place=data["place"],
            posted_on=data["posted_on"],
            withheld=data["withheld"],
            by=by,
            at=at,
        )
        return thing.path


class AdoptLadder(VerbView):
    """Who approves a justification of which value?"""

    template_name = "determinations/adopt_ladder.html"
    form_class = forms.AdoptLadderForm
    submit_label = "Adopt this ladder"
    done_message = "The ladder is adopted, for what is submitted from its first day on."

    def thing(self, **ids: Any) -> None:
        if not self.actor.is_agency:
            raise NotVisible("Approvals are the agency's.")

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_adopt_ladder(self.actor, self.actor.own_organization_id)

    def extra(self, thing: None) -> dict[str, Any]:
        return {
            "rungs": queries.ladder(clock.now().date()),
            "cancel_url": reverse("approvals:policies"),
        }

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        adopt_justification_ladder(
            agency_id=by.own_organization_id,
            valid_from=data["valid_from"],
            by=by,
            at=at,
        )
        return reverse("approvals:policies")
