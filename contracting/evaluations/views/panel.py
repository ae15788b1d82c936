"""Pages of the panel: who judges, and who may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse

from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.evaluations import forms, paperwork, permissions, queries
from contracting.evaluations.operations.declare import declare_interest
from contracting.evaluations.operations.designate import designate_panel_member
from contracting.evaluations.views.tables import FormClass
from contracting.solicitations.models import Solicitation


class Panel(PageView):
    """Who judges, and who may read the offers already?"""

    template_name = "evaluations/panel.html"

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_evaluation_for(self.actor, solicitation)
        panel = list(queries.panel_of(found))
        declared = [member for member in panel if permissions.has_declared(member)]
        return {
            "solicitation": found,
            "panel": panel,
            "declared": declared,
            "may_designate": permissions.can_designate_panel_member(self.actor, found),
            "may_declare": permissions.can_declare_interest(self.actor, found),
            "own": queries.panel_member_of(self.actor, found),
        }


class DesignatePanelMember(VerbView):
    """Name an evaluator or the authority."""

    template_name = "evaluations/designate_panel_member.html"
    form_class: ClassVar[FormClass] = forms.DesignationForm
    submit_label = "Designate"
    done_message = "Designated. They have been told to declare."

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_evaluation_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_designate_panel_member(self.actor, thing)

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return {"candidates": queries.candidates(thing)}

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        return {"solicitation": thing}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        designate_panel_member(
            solicitation_id=thing.pk,
            membership_id=data["membership"],
            role=data["role"],
            by=by,
            at=at,
        )
        return reverse("evaluations:panel", args=[thing.public_id])


class DeclareInterest(VerbView):
    """Promise non-disclosure and declare no conflict."""

    template_name = "evaluations/declare_interest.html"
    form_class: ClassVar[FormClass] = forms.DeclarationForm
    submit_label = "Declare"

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_evaluation_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_declare_interest(self.actor, thing)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        return {"solicitation": thing, "words": paperwork.declaration(thing)}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        declare_interest(solicitation_id=thing.pk, **data, by=by, at=at)
        return reverse("evaluations:offers", args=[thing.public_id])
