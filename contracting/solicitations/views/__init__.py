"""Pages of a package on its way, and of what everybody reads."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.forms import Form
from django.urls import reverse

from accounts.queries import known_vendors
from contracting.approvals.queries import standing_decisions
from contracting.approvals.queries.queues import overrides_on
from contracting.approvals.views import TOLD, ReviewVerb
from contracting.audit.queries import events_of
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import OperationView, PageView, VerbView
from contracting.determinations.queries import determinations_of
from contracting.documents.queries import documents_of
from contracting.notices.queries import delivery_of
from contracting.reference.queries import token_classes
from contracting.requisitions.forms import SeenVersion
from contracting.requisitions.models import Requisition
from contracting.requisitions.queries import get_requisition_for, latest_estimate
from contracting.solicitations import calculations, forms, permissions, queries
from contracting.solicitations.forms.grids import EditFactorsForm, EditLinesForm
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.answer import answer_question
from contracting.solicitations.operations.ask import ask_question
from contracting.solicitations.operations.cancel import cancel_solicitation
from contracting.solicitations.operations.discard import discard_solicitation
from contracting.solicitations.operations.draft import draft_solicitation
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.operations.release import release_solicitation
from contracting.solicitations.operations.release_answers import release_answers
from contracting.solicitations.operations.review import review_solicitation
from contracting.solicitations.operations.submit import submit_solicitation
from contracting.solicitations.publishing import copying
from contracting.solicitations.publishing.asked import questions_beside, together
from contracting.solicitations.publishing.changes import merged, shown
from contracting.solicitations.publishing.check import tasks
from contracting.solicitations.publishing.posting import posting_clock
from contracting.solicitations.states import SolicitationState

PER_PAGE = 50


class SolicitationList(PageView):
    """Which packages are under way, and which needs wait for one?"""

    template_name = "solicitations/solicitations.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        found = queries.own_solicitations(self.actor)
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        waiting = [
            (requisition, permissions.can_draft_solicitation(self.actor, requisition))
            for requisition in queries.waiting_requisitions(self.actor)
        ]
        return {"page_obj": page, "waiting": waiting}


class SolicitationPage(PageView):
    """What is still missing, and what can be done now?"""

    template_name = "solicitations/solicitation.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        found = queries.get_solicitation_for(self.actor, ids["solicitation"])
        by, at = self.actor, clock.now()
        on = found.agency.local_day(at)
        return {
            **queries.package_of(found),
            "tasks": (sections := tasks(queries.publish_points(found, at))),
            "gaps": [p for task in sections for p in task.points if p.missing],
            "steps": queries.steps_of(found, self.actor),
            "drafted": len(queries.drafted_answers(found)),
            "determinations": determinations_of(found.subject),
            "delivery": delivery_of(found.subject, found.public_path),
            "posting_due": queries.posting_due(found),
            "questions": queries.questions_of(found).count(),
            "unanswered": queries.unanswered(found).count(),
            "amendments": queries.amendments_shown(found),
            "documents": documents_of(found.subject).visible_to(by),
            "events": events_of(found.subject),
            "is_past": found.deadline is not None and at > found.deadline,
            "overrides": overrides_on(by, found.subject),
            "posting": posting_clock(found, at),
            "made_from": copying.what_was_taken(found),
            "may_keep": permissions.can_keep_template(by, found),
            "may_edit": permissions.can_edit_solicitation(by, found),
            "may_submit": permissions.can_submit_solicitation(by, found),
            "may_review": permissions.can_review_solicitation(by, found, on),
            "may_release": permissions.can_release_solicitation(by, found),
            "may_amend": permissions.can_amend_solicitation(by, found),
            "may_cancel": permissions.can_cancel_solicitation(by, found),
            "may_discard": permissions.can_discard_solicitation(by, found),
        }


class SolicitationVerb(OperationView):
    """A page that does one thing to one solicitation of the actor's agency."""

    form_class: ClassVar[type[Form]] = SeenVersion
    takes: ClassVar[tuple[str, ...] | None] = ("seen_version",)

    def thing(self, **ids: Any) -> Solicitation:
        return queries.get_solicitation_for(self.actor, ids["solicitation"])

    def keys(self, thing: Solicitation) -> dict[str, int]:
        return {"solicitation_id": thing.pk}

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return {"seen_version": thing.version}

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        known = {"solicitation": thing, "cancel_url": self.leads_to(thing)}
        return known | self.more(thing)

    def more(self, thing: Solicitation) -> dict[str, Any]:
        """What else the template shows."""
        return {}


class DraftSolicitation(VerbView):
    """Shall a package be started from this need?"""

    template_name = "solicitations/draft_solicitation.html"
    submit_label = "Start the package"
    done_message = "The package is started. The list says what is still missing."

    def thing(self, **ids: Any) -> Requisition:
        return get_requisition_for(self.actor, ids["requisition"])

    def verdict(self, thing: Requisition) -> Verdict:
        return permissions.can_draft_solicitation(self.actor, thing)

    def extra(self, thing: Requisition) -> dict[str, Any]:
        words = self.request.GET.get("words", "").strip()
        past = copying.with_words(queries.own_solicitations(self.actor), words)
        return {
            "requisition": thing,
            "estimate": latest_estimate(thing),
            "cancel_url": reverse("solicitations:solicitations"),
            "words": words,
            "found": past.count(),
            "past": past[: copying.MOST_SHOWN],
            "templates": copying.templates_for(self.actor),
        }

    def perform(
        self, *, thing: Requisition, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return draft_solicitation(requisition_id=thing.pk, by=by, at=at).path


class EditVerb(SolicitationVerb):
    """A page that edits one section of the package."""

    template_name = "solicitations/edit_solicitation.html"
    submit_label = "Save"
    done_message = "Saved as a new version."
    heading = ""
    question = ""
    can = staticmethod(permissions.can_edit_solicitation)
    operation = staticmethod(edit_solicitation)

    def more(self, thing: Solicitation) -> dict[str, Any]:
        in_review = thing.state != SolicitationState.DRAFT
        return {
            "heading": self.heading,
            "question": self.question,
            "voids_review": in_review,
            "voids": standing_decisions(thing.subject) if in_review else [],
        }


class EditTerms(EditVerb):
    """Under which terms are offers asked for?"""

    form_class = forms.EditTermsForm
    takes = ("terms", "seen_version")
    heading = "Terms"
    question = "Under which terms are offers asked for?"

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return queries.terms_of(thing)

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        offered = queries.attachments_offered(thing, clock.now())
        return {"zone": thing.time_zone, "attachments": offered}


class EditPublication(EditVerb):
    """How does the market learn of it, and who may compete?"""

    form_class = forms.EditPublicationForm
    takes = ("terms", "seen_version")
    heading = "Publication and competition"
    question = "What is asked for, how does the market learn of it, and who may answer?"

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return queries.terms_of(thing)


class EditLines(EditVerb):
    """For what does each offer quote a price?"""

    form_class = EditLinesForm
    takes = ("lines", "seen_version")
    heading = "Lines and reference workload"
    question = "For which classes of tokens does every offer quote a unit price?"

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return {**super().initial(thing), "rows": calculations.content(thing)["lines"]}

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        classes = [(each.code, each.label) for each in token_classes()]
        return {"choices": {"token_class": classes}}


class EditFactors(EditVerb):
    """By what are offers judged?"""

    form_class = EditFactorsForm
    takes = ("factors", "seen_version")
    heading = "Evaluation factors"
    question = "By which factors are offers judged, price among them?"

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        rows = calculations.content(thing)["factors"]
        return {**super().initial(thing), "rows": rows}


class EditClauses(EditVerb):
    """Which clauses and provisions does the package carry?"""

    form_class = forms.EditClausesForm
    takes = ("clause_ids", "seen_version")
    heading = "Clauses and provisions"
    question = "Which clauses and provisions does the package carry?"

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return super().initial(thing) | queries.chosen_clauses(thing)

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return {"offered": queries.clauses_offered(thing, clock.now())}


class SubmitSolicitation(SolicitationVerb):
    """Is this the version that reviewers shall decide on?"""

    template_name = "solicitations/submit_solicitation.html"
    submit_label = "Send into review"
    done_message = "The reviewers have it now."
    can = staticmethod(permissions.can_submit_solicitation)
    operation = staticmethod(submit_solicitation)

    def more(self, thing: Solicitation) -> dict[str, Any]:
        return {"gaps": queries.publish_gaps(thing, at=clock.now())}


class ReviewSolicitation(ReviewVerb, SolicitationVerb):
    """Do I agree with exactly this version, and what changed since I last looked?"""

    template_name = "solicitations/review_solicitation.html"
    form_class = forms.ReviewSolicitationForm
    submit_label = "Record my decision"
    done_message = "Your decision is recorded."
    operation = staticmethod(review_solicitation)
    takes = TOLD
    read = staticmethod(calculations.terms_read)

    def verdict(self, thing: Solicitation) -> Verdict:
        on = thing.agency.local_day(clock.now())
        return permissions.can_review_solicitation(self.actor, thing, on)

    def more(self, thing: Solicitation) -> dict[str, Any]:
        last = queries.last_reviewed_version
        known = self.reviewed(thing, last, queries.changes_since)
        return {
            **queries.package_of(thing),
            **known,
            "changes": shown(merged(known["changes"]), thing.time_zone),
            "gaps": queries.publish_gaps(thing, at=clock.now()),
        }


class ReleaseSolicitation(SolicitationVerb):
    """Is everything right before it is public?"""

    template_name = "solicitations/release_solicitation.html"
    submit_label = "Release to everybody"
    done_message = "The solicitation is released."
    can = staticmethod(permissions.can_release_solicitation)
    operation = staticmethod(release_solicitation)

    def more(self, thing: Solicitation) -> dict[str, Any]:
        return {
            **queries.package_of(thing),
            "tasks": (sections := tasks(queries.publish_points(thing, clock.now()))),
            "gaps": [p for task in sections for p in task.points if p.missing],
            "vendors": known_vendors().count(),
        }


class QuestionsPage(PageView):
    """What do vendors ask, and what is ready to be answered?"""

    template_name = "solicitations/questions.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        found = queries.get_solicitation_for(self.actor, ids["solicitation"])
        asked = list(queries.questions_of(found))
        return {
            "solicitation": found,
            "questions": [
                (question, permissions.can_answer_question(self.actor, question))
                for question in asked
            ],
            "waiting": sum(not question.answers.all() for question in asked),
            "drafted": queries.drafted_answers(found),
            "may_release": permissions.can_release_answers(self.actor, found),
        }


class AnswerQuestion(VerbView):
    """What is the answer?"""

    template_name = "solicitations/answer_question.html"
    form_class = forms.AnswerQuestionForm
    submit_label = "Save as draft"
    done_message = "The answer is drafted. Nobody else sees it before the release."

    def thing(self, **ids: Any) -> Any:
        queries.get_solicitation_for(self.actor, ids["solicitation"])
        return queries.get_question_for(self.actor, ids["question"])

    def verdict(self, thing: Any) -> Verdict:
        return permissions.can_answer_question(self.actor, thing)

    def initial(self, thing: Any) -> dict[str, Any]:
        last = thing.answers.order_by("-pk").first()
        if last is None:
            return {}
        return {
            "text": last.text,
            "changes_terms": last.changes_terms,
            "also": [
                draft.question_id
                for draft in queries.drafted_answers(thing.solicitation)
                if draft.text == last.text
            ],
        }

    def form_options(self, thing: Any) -> dict[str, Any]:
        return {"others": questions_beside(thing)}

    def extra(self, thing: Any) -> dict[str, Any]:
        solicitation = thing.solicitation
        return {
            "question": thing,
            "solicitation": solicitation,
            "cancel_url": f"{solicitation.path}/questions",
        }

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        answer_question(
            question_id=thing.pk,
            text=data["text"],
            changes_terms=data["changes_terms"],
            also=data.get("also", ()),
            by=by,
            at=at,
        )
        return f"{thing.solicitation.path}/questions"


class ReleaseAnswers(SolicitationVerb):
    """Shall everybody read these answers now?"""

    template_name = "solicitations/release_answers.html"
    submit_label = "Release to everybody"
    done_message = "The answers are released."
    can = staticmethod(permissions.can_release_answers)
    operation = staticmethod(release_answers)
    form_class = forms.ReleaseAnswersForm
    takes = ("seen_sha256",)

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        seen = calculations.answers_sha256(queries.drafted_answers(thing))
        return {"seen_sha256": seen}

    def leads_to(self, thing: Solicitation) -> str:
        return f"{thing.path}/questions"

    def more(self, thing: Solicitation) -> dict[str, Any]:
        drafted = queries.drafted_answers(thing)
        one = together(drafted, lambda each: (each.text, each.changes_terms))
        return {"drafted": drafted, "together": one}


class CancelSolicitation(SolicitationVerb):
    """Why is nothing bought?"""

    template_name = "solicitations/cancel_solicitation.html"
    form_class = forms.CancelSolicitationForm
    submit_label = "Cancel the solicitation"
    done_message = "The solicitation is cancelled, and every vendor is told."
    can = staticmethod(permissions.can_cancel_solicitation)
    operation = staticmethod(cancel_solicitation)
    takes = ("reason", "memo")


class DiscardSolicitation(SolicitationVerb):
    """Shall this draft go?"""

    template_name = "solicitations/discard_solicitation.html"
    submit_label = "Discard the draft"
    done_message = "The draft is discarded."
    can = staticmethod(permissions.can_discard_solicitation)
    operation = staticmethod(discard_solicitation)
    takes = ()

    def leads_to(self, thing: Solicitation) -> str:
        return reverse("solicitations:solicitations")


class AskQuestion(SolicitationVerb):
    """What is not clear?"""

    template_name = "solicitations/ask_question.html"
    form_class = forms.AskQuestionForm
    submit_label = "Ask"
    done_message = "Your question is sent. The answer is released to everybody at once."
    can = staticmethod(permissions.can_ask_question)
    operation = staticmethod(ask_question)
    takes = ("text",)

    def thing(self, **ids: Any) -> Solicitation:
        return queries.get_opportunity(ids["solicitation"])

    def leads_to(self, thing: Solicitation) -> str:
        return thing.public_path
