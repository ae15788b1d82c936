"""Pages of the offers: side by side, and one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from accounts.states import Role
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict, require
from contracting.documents.models import Blob
from contracting.documents.queries import attachment_headers, read_blob, served_type
from contracting.evaluations import calculations, forms, permissions, queries
from contracting.evaluations.models import rates_of
from contracting.evaluations.operations.waive import waive_acknowledgement
from contracting.evaluations.standing import (
    registration,
    responsibility,
    validity,
)
from contracting.evaluations.views.citing import numbered
from contracting.evaluations.views.reading import ReadingPage, ReadingVerbView
from contracting.evaluations.views.tables import FormClass, compared, matrix, prices
from contracting.submissions.models import OpenedOffer, Submission
from contracting.submissions.queries import (
    offers_of,
    offers_were_opened,
    unopened_after_opening,
)


class Offers(ReadingPage):
    """How do the offers compare, factor by factor and in price?"""

    template_name = "evaluations/offers.html"

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_evaluation_for(self.actor, solicitation)
        require(permissions.can_read_offers(self.actor, found))
        beside = compared(self.request.GET, list(offers_of(found)))
        rows = matrix(self.actor, found, beside.offers)
        may_price = permissions.can_read_prices(self.actor, found)
        member = queries.panel_member_of(self.actor, found)
        return {
            "solicitation": found,
            "is_opened": offers_were_opened(found),
            "offers": beside.everybody,
            "compared": beside,
            "matrix": beside.rows(rows),
            "left_out": len(rows) - len(beside.rows(rows)),
            "missing": queries.missing_consensus(found),
            "unopened": unopened_after_opening(found),
            "member": member,
            "has_panel": found.panel.exists(),
            "may_designate": permissions.can_designate_panel_member(self.actor, found),
            "is_evaluator": member is not None and member.role == "EVALUATOR",
            "may_price": may_price,
            "analysis": queries.latest_analysis(found),
            "decision": queries.decision_of(found),
            "may_decide": permissions.can_decide_selection(self.actor, found),
            "may_analyse": permissions.can_analyse_price(self.actor, found),
            **(prices(found) if may_price else {}),
        }


class Offer(ReadingPage):
    """What does this offer say?"""

    template_name = "evaluations/offer.html"

    def context(self, submission: str, **_ids: Any) -> dict[str, Any]:
        by = self.actor
        offer = queries.get_offer_for(by, submission)
        solicitation = offer.submission.solicitation
        require(permissions.can_read_offers(by, solicitation))
        may_price = permissions.can_read_prices(by, solicitation)
        member = queries.panel_member_of(by, solicitation)
        factors = queries.rated_factors(solicitation)
        rates = sorted(rates_of(offer), key=lambda rate: (rate.line.slin, rate.pk))
        return {
            "offer": offer,
            "solicitation": solicitation,
            "revised": getattr(offer.submission, "revised_offer", None),
            "factors": [
                {
                    "factor": factor,
                    "own": (
                        queries.own_rating(member, offer.submission, factor)
                        if member is not None
                        else None
                    ),
                    "consensus": queries.consensus_of(offer.submission, factor),
                }
                for factor in factors
            ],
            "may_price": may_price,
            "rates": rates if may_price else [],
            "unmet": calculations.unmet_amendments(offer),
            "waivers": queries.waivers_of(offer.submission),
            "may_waive": permissions.can_waive_acknowledgement(by, solicitation),
            **_registration(by, offer.submission),
            "withheld": responsibility.withheld_because(offer.submission),
            "valid_until": validity.valid_until(offer.submission),
            "expired": validity.expired_because(
                offer.submission, solicitation.agency.local_day(clock.now())
            ),
            "extensions": validity.extensions_of(offer.submission),
            "may_rate": permissions.can_rate_submission(by, offer.submission),
            **numbered(offer),
            "late_modifications": offer.submission.late_modifications.order_by("pk")
            if permissions.can_accept_prices(by, offer.submission)
            or by.has_role(Role.AUDITOR)
            else [],
        }


def _registration(by: Actor, submission: Submission) -> dict[str, Any]:
    kept = submission.registrations.select_related("extract").order_by("pk")
    return {
        "registrations": kept,
        "registered_at_submission": registration.status_at_submission(submission),
        "not_registered": registration.not_registered_because(submission, clock.now()),
        "excuse": registration.excuse_of(submission),
        "may_excuse": permissions.can_excuse_registration(by, submission.solicitation),
    }


class OfferFile(ReadingPage):
    """One file of an opened offer, as an attachment."""

    how = "download"

    def files(self, offer: OpenedOffer) -> Sequence[Mapping[str, str]]:
        """Those that it is one of, in order."""
        found: Sequence[Mapping[str, str]] = offer.files
        return found

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        offer = queries.get_offer_for(self.actor, ids["submission"])
        require(permissions.can_read_offers(self.actor, offer.submission.solicitation))
        files = self.files(offer)
        if ids["position"] >= len(files):
            raise Http404
        part = files[ids["position"]]
        blob = Blob.objects.get(sha256=part["blob_sha256"])
        return HttpResponse(
            read_blob(blob),
            content_type=served_type(blob),
            headers=attachment_headers(part["name"], blob),
        )


class RevisedFile(OfferFile):
    """One file of an opened final revision, as an attachment."""

    def files(self, offer: OpenedOffer) -> Sequence[Mapping[str, str]]:
        revised = getattr(offer.submission, "revised_offer", None)
        return [] if revised is None else revised.files


class WaiveAcknowledgement(ReadingVerbView):
    """May this offer stand without acknowledging an amendment?"""

    template_name = "evaluations/waive_acknowledgement.html"
    form_class: ClassVar[FormClass] = forms.WaiverForm
    submit_label = "Waive the acknowledgement"
    done_message = "Waived. The memo stands on the offer and on the decision."

    def thing(self, submission: str, **_ids: Any) -> OpenedOffer:
        return queries.get_offer_for(self.actor, submission)

    def verdict(self, thing: OpenedOffer) -> Verdict:
        solicitation = thing.submission.solicitation
        return permissions.can_waive_acknowledgement(self.actor, solicitation)

    def form_options(self, thing: OpenedOffer) -> dict[str, Any]:
        return {"amendments": queries.waivable(thing)}

    def extra(self, thing: OpenedOffer) -> dict[str, Any]:
        return {
            "offer": thing,
            "solicitation": thing.submission.solicitation,
            "amendments": queries.waivable(thing),
        }

    def perform(
        self, *, thing: OpenedOffer, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        waive_acknowledgement(
            submission_id=thing.submission_id,
            amendment_id=data["amendment"],
            memo=data["memo"],
            by=by,
            at=at,
        )
        return reverse("evaluations:offer", args=[thing.submission.public_id])
