"""Pages of the panel: who judges, and who may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse

from accounts.states import Role
from contracting.audit.queries import reads_of
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict, require
from contracting.core.views import PageView, VerbView
from contracting.evaluations import forms, paperwork, permissions, queries
from contracting.evaluations.models import PanelMember
from contracting.evaluations.operations.declare import declare_interest
from contracting.evaluations.operations.designate import designate_panel_member
from contracting.evaluations.operations.resolve import resolve_conflict
from contracting.evaluations.states import ConflictQuestion, Standing
from contracting.evaluations.views.tables import FormClass
from contracting.solicitations.models import Solicitation


class Panel(PageView):
    """Who judges, and who may read the offers already?"""

    template_name = "evaluations/panel.html"

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_evaluation_for(self.actor, solicitation)
        panel = list(queries.panel_of(found))
        rows = [(member, queries.standing_of(member)) for member in panel]
        return {
            "solicitation": found,
            "rows": rows,
            "declared": [row for row in rows if row[1] == Standing.OPEN],
            "pending": [row for row in rows if row[1] == Standing.PENDING],
            "may_review": permissions.can_review_reads(self.actor, found),
            "may_resolve": self.actor.has_role(Role.CONTRACTING_OFFICER),
            "may_designate": permissions.can_designate_panel_member(self.actor, found),
            "may_declare": permissions.can_declare_interest(self.actor, found),
            "own": queries.panel_member_of(self.actor, found),
        }


class Reads(PageView):
    """Who has read source selection information, and when?"""

    template_name = "evaluations/reads.html"

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_evaluation_for(self.actor, solicitation)
        require(permissions.can_review_reads(self.actor, found))
        reads = reads_of(found.stream)
        return {
            "solicitation": found,
            "reads": [(each, each.read["data"]) for each in reads[:200]],
            "times": reads.count(),
            "people": reads.values("actor_user_id").distinct().order_by().count(),
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
        page = "panel" if any(data["answers"].values()) else "offers"
        return reverse(f"evaluations:{page}", args=[thing.public_id])


class ResolveConflict(VerbView):
    """May somebody with a conflict of interest read the offers all the same?"""

    template_name = "evaluations/resolve_conflict.html"
    form_class: ClassVar[FormClass] = forms.ResolutionForm
    submit_label = "Record the decision"
    done_message = "Recorded. They have been told."

    def thing(self, solicitation: str, member: str, **_ids: Any) -> PanelMember:
        found = queries.get_evaluation_for(self.actor, solicitation)
        return queries.get_member(found, member)

    def verdict(self, thing: PanelMember) -> Verdict:
        return permissions.can_resolve_conflict(self.actor, thing)

    def extra(self, thing: PanelMember) -> dict[str, Any]:
        declaration = queries.conflict_of(thing)
        answers = {} if declaration is None else declaration.answers
        return {
            "solicitation": thing.solicitation,
            "member": thing,
            "declaration": declaration,
            "yes": [
                question.label for question in ConflictQuestion if answers.get(question)
            ],
        }

    def perform(
        self, *, thing: PanelMember, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        resolve_conflict(
            panel_member_id=thing.pk,
            is_admitted=data["outcome"] == "admit",
            reason=data["reason"],
            by=by,
            at=at,
        )
        return reverse("evaluations:panel", args=[thing.solicitation.public_id])
