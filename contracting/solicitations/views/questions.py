"""The page on which a question is handed to somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.queries import members
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import VerbView
from contracting.solicitations import permissions, queries
from contracting.solicitations.forms.questions import AssignQuestionForm
from contracting.solicitations.models import Question
from contracting.solicitations.operations.assign import assign_question


class AssignQuestion(VerbView):
    """Who answers this question?"""

    template_name = "solicitations/assign_question.html"
    form_class = AssignQuestionForm
    submit_label = "Assign it"
    done_message = "Assigned. They are told, and everybody of the office may answer."

    def thing(self, solicitation: str, question: str, **_ids: Any) -> Question:
        queries.get_solicitation_for(self.actor, solicitation)
        return queries.get_question_for(self.actor, question)

    def verdict(self, thing: Question) -> Verdict:
        return permissions.can_assign_question(self.actor, thing)

    def form_options(self, thing: Question) -> dict[str, Any]:
        agency_id = thing.solicitation.agency_id
        return {"office": members(agency_id, *permissions.WRITERS)}

    def extra(self, thing: Question) -> dict[str, Any]:
        return {
            "question": thing,
            "solicitation": thing.solicitation,
            "last": thing.assignments.order_by("-pk").first(),
            "cancel_url": f"{thing.solicitation.path}/questions",
        }

    def perform(
        self, *, thing: Question, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        assign_question(
            question_id=thing.pk, assignee_id=data["assignee"].pk, by=by, at=at
        )
        return f"{thing.solicitation.path}/questions"
