"""Pages of exchanges: the range, discussions, and one cutoff for final revisions."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict, require
from contracting.core.views import PageView
from contracting.documents.queries import documents_of, read_blob
from contracting.evaluations import forms, permissions, queries
from contracting.evaluations.discussions import exchanges
from contracting.evaluations.models import FinalRevision
from contracting.evaluations.operations.determine import determine_range
from contracting.evaluations.operations.open import open_discussions
from contracting.evaluations.operations.open_revisions import open_revisions
from contracting.evaluations.operations.request import request_revisions
from contracting.evaluations.operations.revise import revise_submission
from contracting.evaluations.views.reading import ReadingPage, ReadingVerbView
from contracting.evaluations.views.tables import FormClass
from contracting.reference.models import AiModel
from contracting.solicitations.models import Solicitation
from contracting.submissions.client import copy_facts, locked_facts, share_facts
from contracting.submissions.forms import OpeningForm, RereadForm
from contracting.submissions.models import Submission
from contracting.submissions.queries import (
    box_of,
    get_opening_for,
    get_submission_for,
    offers_of,
    share_for,
)
from contracting.submissions.sealing.holders import holder_key_of
from contracting.submissions.views import OfferView


class Exchanges(ReadingPage):
    """Where do the exchanges with the offerors stand?"""

    template_name = "evaluations/exchanges.html"

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_evaluation_for(self.actor, solicitation)
        require(permissions.can_read_offers(self.actor, found))
        return {
            "solicitation": found,
            "standings": exchanges.standings_of(found),
            "kept": exchanges.kept_in_range(found),
            "discussed": exchanges.discussions_of(found),
            "request_for": exchanges.revision_request_of(found),
            "is_past": exchanges.is_past_cutoff(found, clock.now()),
            "are_open": exchanges.revisions_are_open(found),
            "may_open": permissions.can_open_revisions(self.actor, found),
            "may_act": permissions.can_determine_range(self.actor, found),
            "is_decided": queries.decision_of(found) is not None,
        }


class OnExchanges(ReadingVerbView):
    """A verb of the exchanges."""

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_evaluation_for(self.actor, solicitation)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        return {
            "solicitation": thing,
            "kept": exchanges.kept_in_range(thing),
            "discussed": exchanges.discussions_of(thing),
        }

    def leads_to(self, thing: Solicitation) -> str:
        return reverse("evaluations:exchanges", args=[thing.public_id])


class DetermineRange(OnExchanges):
    """Which offers are among the most highly rated?"""

    template_name = "evaluations/determine_range.html"
    form_class: ClassVar[FormClass] = forms.RangeForm
    submit_label = "Determine the competitive range"
    done_message = "Determined. Whoever is left out has been told why."

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_determine_range(self.actor, thing)

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return {"submissions": [offer.submission for offer in offers_of(thing)]}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        determine_range(solicitation_id=thing.pk, left_out=data["words"], by=by, at=at)
        return self.leads_to(thing)


class OpenDiscussions(OnExchanges):
    """What is discussed with whom?"""

    template_name = "evaluations/open_discussions.html"
    form_class: ClassVar[FormClass] = forms.TopicsForm
    submit_label = "Open discussions with all of them"
    done_message = "Open. Each offeror was told its own topics at the same instant."

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_open_discussions(self.actor, thing)

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return {"submissions": exchanges.kept_in_range(thing)}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        open_discussions(solicitation_id=thing.pk, topics=data["words"], by=by, at=at)
        return self.leads_to(thing)


class RequestRevisions(OnExchanges):
    """Until when may everybody revise?"""

    template_name = "evaluations/request_revisions.html"
    form_class: ClassVar[FormClass] = forms.CutoffForm
    submit_label = "Request final revisions"
    done_message = "Requested. Everybody in the range has the same cutoff."

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_request_revisions(self.actor, thing)

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        local = data["cutoff"].replace(tzinfo=None)
        cutoff = local.replace(tzinfo=ZoneInfo(thing.time_zone))
        request_revisions(solicitation_id=thing.pk, cutoff=cutoff, by=by, at=at)
        return self.leads_to(thing)


class ReviseSubmission(OfferView):
    """What is our final offer?"""

    template_name = "evaluations/revise_submission.html"
    takes_over_drafts = False
    submit_label = "Hand in our final revision"
    done_message = "Received and sealed. You may hand in another until the cutoff."

    def thing(self, submission: str, **_ids: Any) -> Submission:
        return get_submission_for(self.actor, submission)

    def solicitation(self, thing: Submission) -> Solicitation:
        return thing.solicitation

    def alternate(self, thing: Submission) -> int:
        return thing.alternate

    def verdict(self, thing: Submission) -> Verdict:
        return permissions.can_revise_submission(self.actor, thing)

    def form_options(self, thing: Submission) -> dict[str, Any]:
        options = super().form_options(thing)
        return {**options, "amendments": []}

    def extra(self, thing: Submission) -> dict[str, Any]:
        shown = super().extra(thing)  # noqa: S610
        asked = exchanges.revision_request_of(thing.solicitation)
        return {
            **shown,
            "amendments": [],
            "is_late": False,
            "request_for": asked,
            "place": exchanges.next_place(thing),
            "leads_to": reverse("evaluations:discussion", args=[thing.public_id]),
        }

    def perform(
        self, *, thing: Submission, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        revise_submission(submission_id=thing.pk, offer=data["offer"], by=by, at=at)
        return reverse("evaluations:discussion", args=[thing.public_id])


class OpenRevisions(OnExchanges):
    """Shall the final revisions be opened?"""

    template_name = "evaluations/open_revisions.html"
    form_class: ClassVar[FormClass] = OpeningForm
    submit_label = "Give my share and open"

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return get_opening_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_open_revisions(self.actor, thing)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        asked = exchanges.revision_request_of(thing)
        return {
            "solicitation": thing,
            "request_for": asked,
            "is_past": exchanges.is_past_cutoff(thing, clock.now()),
            "box": box_of(thing),
            "own": share_facts(share_for(self.actor, box_of(thing))),
            "given": exchanges.shares_given(thing),
        }

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        open_revisions(
            solicitation_id=thing.pk,
            passphrase=data["passphrase"],
            share=data["share"],
            by=by,
            at=at,
        )
        return reverse("submissions:opening", args=[thing.public_id])


class DiscussionPage(PageView):
    """What is discussed about our offer, and until when may we revise it?"""

    template_name = "evaluations/discussion.html"

    def context(self, submission: str, **_ids: Any) -> dict[str, Any]:
        found = get_submission_for(self.actor, submission)
        discussion = getattr(found, "discussion", None)
        if discussion is None:
            message = "There are no discussions about this offer."
            raise NotVisible(message)
        revisions = found.final_revisions.select_related("submission__solicitation")
        return {
            "submission": found,
            "solicitation": found.solicitation,
            "discussion": discussion,
            "request_for": exchanges.revision_request_of(found.solicitation),
            "revisions": (listed := revisions.order_by("-number")),
            "revised": getattr(found, "revised_offer", None),
            "holds_key": bool(copy_facts(holder_key_of(self.actor))),
            "documents": [
                paper
                for each in listed
                for paper in documents_of(each.subject).visible_to(self.actor)
            ],
            "is_past": exchanges.is_past_cutoff(found.solicitation, clock.now()),
            "may_revise": permissions.can_revise_submission(self.actor, found),
        }


class OfOurRevision(PageView):
    """A page of one final revision, for its own vendor."""

    def revision(self, submission: str, revision: str) -> FinalRevision:
        """One that this vendor has handed in.

        :raises NotVisible: for everybody else (R-ROL-07)
        """
        own = get_submission_for(self.actor, submission).final_revisions
        found = own.filter(public_id=revision).select_related("submission").first()
        if found is None:
            message = "There is no such final revision."
            raise NotVisible(message, rule="R-ROL-07")
        require(permissions.can_reread_revision(self.actor, found))
        return found


class RevisionPage(OfOurRevision):
    """What does our final revision say?"""

    template_name = "evaluations/revision.html"

    def context(self, submission: str, revision: str, **_ids: Any) -> dict[str, Any]:
        found = self.revision(submission, revision)
        solicitation, own = found.submission.solicitation, holder_key_of(self.actor)
        return {
            "revision": found,
            "solicitation": solicitation,
            "locked": locked_facts(own),
            "copies": copy_facts(own),
            "wrapped": b64encode(bytes(found.wrapped_for_vendor or b"")).decode(),
            "lines": solicitation.lines.order_by("slin"),
            "models": AiModel.objects.order_by("pk"),
            "form": RereadForm(files=0),
        }


class SealedRevision(OfOurRevision):
    """Our own sealed bytes, for the browser that opens them."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        found = self.revision(ids["submission"], ids["revision"])
        return HttpResponse(
            read_blob(found.sealed_blob),
            content_type="application/octet-stream",
            headers={"Cache-Control": "private, no-store"},
        )
