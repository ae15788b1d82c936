"""Pages of offers: hand in, replace, withdraw, receipts, and outages."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from contracting.core import clock
from contracting.core.actors import Actor, under_pseudonym
from contracting.core.origin import Arrival
from contracting.core.permissions import Refused, Verdict
from contracting.core.views import PageView, VerbView
from contracting.documents.models import Document
from contracting.documents.queries import documents_of, scan_words
from contracting.reference.models import AiModel
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.costs import (
    workload_prices,
    workload_total,
)
from contracting.solicitations.publishing.limits import limits_of
from contracting.solicitations.queries import get_opportunity, lines_of
from contracting.submissions import client, paperwork, permissions, queries
from contracting.submissions.calculations import (
    Offer,
    is_past,
    next_alternate,
)
from contracting.submissions.forms import (
    OfferForm,
    OutageForm,
    ResealForm,
    WithdrawalForm,
)
from contracting.submissions.forms.packets import SealedOfferForm
from contracting.submissions.health.log import (
    moved_deadline,
    open_outage,
    rulings_of,
)
from contracting.submissions.models import Submission, SubmissionVersion, offer_words
from contracting.submissions.operations.replace import replace_submission
from contracting.submissions.operations.reseal import reseal_version
from contracting.submissions.operations.resolve import resolve_outage
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.operations.withdraw import withdraw_submission
from contracting.submissions.refusals import TooLarge
from contracting.submissions.sealing.offerors import offeror_words, pseudonym_of
from contracting.submissions.sealing.openers import amendments_of_keys
from contracting.submissions.sealing.published import published_fingerprint
from contracting.submissions.states import SubmissionState
from contracting.submissions.views.packets import TakesPackets


class ReceivingVerb(VerbView):
    """A page that hands an offer in or takes it back, where the instant counts.

    The whole body has arrived before the receiving of the solicitation is held, and it
    is held from the stamp to the commit: whatever is stamped in time is there when
    receipts are closed.
    """

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        arrival: Arrival | None = getattr(request, "arrival", None)
        self.first_byte_at = arrival.began_at(clock.now()) if arrival else None

    def solicitation(self, thing: Any) -> Solicitation:
        raise NotImplementedError

    def claimant(self, thing: Any) -> Actor:
        own = self.actor.own_organization_id
        pseudonym = pseudonym_of(self.solicitation(thing).public_id, own)
        return under_pseudonym(offeror_words(pseudonym))

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        _all_of_it = (request.POST, request.FILES)
        with transaction.atomic():
            queries.hold_receiving(self.solicitation(self.thing(**ids)).pk)
            return super().post(request, **ids)


class FilesView(VerbView):
    """A page that takes files: more than the site takes at once are not read."""

    hint = "Hand in smaller ones."

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit = settings.FILE_UPLOAD_MAX_MEMORY_SIZE
        if request.method == "POST" and int(length) > limit:
            message = (
                f"Your files are larger than {limit // 1024 // 1024} MB in all. They "
                f"were not read. {self.hint}"
            )
            raise TooLarge(message)
        return super().dispatch(request, *args, **kwargs)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class OfferView(TakesPackets, FilesView, ReceivingVerb):
    """An offer as a form, with a way to check its prices before it is handed in."""

    form_class = OfferForm
    takes_over_drafts: ClassVar[bool] = True

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if "envelope" in request.POST:
            self.form_class = SealedOfferForm  # type: ignore[misc]
        if "check" not in request.POST or self.takes_packet:
            return super().post(request, **ids)
        thing = self.thing(**ids)
        verdict = self.verdict(thing)
        if isinstance(verdict, Refused):
            return self._not_allowed(thing, verdict)
        form = OfferForm(request.POST, request.FILES, **self.form_options(thing))
        if not form.is_valid():
            return self._page(thing, form, status=422)
        return self._check(thing, form)

    def _check(self, thing: Any, form: OfferForm) -> HttpResponse:
        offer = form.offer()
        context = {
            "thing": thing,
            "form": form,
            "form_token": self.request.POST.get("form_token", ""),
            "submit_label": self.submit_label,
            **self.extra(thing),  # noqa: S610
            **_priced(form, offer),
            "checked_files": [file.name for file in offer.files],
        }
        return render(self.request, self.template_name, context)

    def alternate(self, thing: Any) -> int:
        """Which alternate it is; 0 for the base offer."""
        raise NotImplementedError

    def form_options(self, thing: Any) -> dict[str, Any]:
        solicitation = self.solicitation(thing)
        today = clock.now().date()
        return {
            "lines": lines_of(solicitation),
            "models": AiModel.objects.in_force(today).order_by("provider", "snapshot"),
            "amendments": queries.amendment_numbers(solicitation),
            "limits": limits_of(solicitation),
        }

    def extra(self, thing: Any) -> dict[str, Any]:
        solicitation, alternate = self.solicitation(thing), self.alternate(thing)
        return {
            "solicitation": solicitation,
            "submission": queries.submission_of(self.actor, solicitation, alternate),
            "alternate": alternate,
            "offer_words": offer_words(alternate),
            "next_alternate": next_alternate(
                solicitation, queries.own_submissions(self.actor, solicitation)
            ),
            "amendments": solicitation.amendments.order_by("number"),
            "is_late": is_past(solicitation, clock.now()),
            "late_words": paperwork.late_words(solicitation),
            "submit_label": self.submit_label.replace("offer", solicitation.response),
            "scan_words": scan_words(),
            **client.offer_key_facts(self.actor),
            "box": queries.box_of(solicitation),
            "key": client.key_text(queries.box_of(solicitation)),
            "place": client.next_place(self.actor, solicitation, alternate),
            "published": published_fingerprint(solicitation),
            "limits": client.limits(solicitation),
            "protects": paperwork.PROTECTS,
            "takes_over_drafts": self.takes_over_drafts,
            "takes_pieces": self.takes_over_drafts,
            "pseudonym": pseudonym_of(
                solicitation.public_id, self.actor.own_organization_id
            ),
            "leads_to": "/receipts/",
        }


def _priced(form: OfferForm, offer: Offer) -> dict[str, Any]:
    """The offer on the reference workload, by the code that the evaluation uses."""
    quoted = {price.line_id: price.price for price in offer.prices}
    figures = {line.slin: quoted[line.pk].usd_per_million_tokens for line in form.lines}
    found = workload_prices(form.lines, figures)
    rows = [(line, found[line.slin]) for line in form.lines]
    return {
        "checked": rows,
        "checked_total": workload_total(priced for _line, priced in rows),
    }


class SubmitSubmission(OfferView):
    """Hand in an offer."""

    template_name = "submissions/submit_submission.html"
    submit_label = "Submit this offer"

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return get_opportunity(solicitation)

    def solicitation(self, thing: Solicitation) -> Solicitation:
        return thing

    def alternate(self, thing: Solicitation) -> int:
        return int(self.kwargs.get("alternate", 0))

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_submit_submission(self.actor, thing)

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        submission = submit_submission(
            solicitation_id=thing.pk,
            offer=data["offer"],
            acknowledged=data.get("acknowledged", []),
            by=by,
            at=at,
            alternate=self.alternate(thing),
            begun_at=self.first_byte_at,
            first_byte_at=self.first_byte_at,
        )
        return receipt_url(submission)


class ReplaceSubmission(OfferView):
    """Hand in a later version."""

    template_name = "submissions/replace_submission.html"
    submit_label = "Replace our offer"

    def thing(self, submission: str, **_ids: Any) -> Submission:
        return queries.get_submission_for(self.actor, submission)

    def solicitation(self, thing: Submission) -> Solicitation:
        return thing.solicitation

    def alternate(self, thing: Submission) -> int:
        return thing.alternate

    def verdict(self, thing: Submission) -> Verdict:
        return permissions.can_replace_submission(self.actor, thing)

    def perform(
        self, *, thing: Submission, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        submission = replace_submission(
            submission_id=thing.pk,
            offer=data["offer"],
            acknowledged=data.get("acknowledged", []),
            by=by,
            at=at,
            first_byte_at=self.first_byte_at,
        )
        return receipt_url(submission)


class WithdrawSubmission(ReceivingVerb):
    """Take an offer back."""

    template_name = "submissions/withdraw_submission.html"
    form_class: ClassVar[type[forms.Form]] = WithdrawalForm
    submit_label = "Withdraw our offer"
    done_message = "Your offer is withdrawn. It stays sealed and is not opened."

    def thing(self, submission: str, **_ids: Any) -> Submission:
        return queries.get_submission_for(self.actor, submission)

    def verdict(self, thing: Submission) -> Verdict:
        return permissions.can_withdraw_submission(self.actor, thing)

    def solicitation(self, thing: Submission) -> Solicitation:
        return thing.solicitation

    def extra(self, thing: Submission) -> dict[str, Any]:
        return {"submission": thing, "solicitation": thing.solicitation}

    def perform(
        self, *, thing: Submission, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        submission = withdraw_submission(submission_id=thing.pk, by=by, at=at)
        return reverse("submissions:submission", args=[submission.public_id])


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ResealVersion(ReceivingVerb):
    """Shall the new openers open our offer?"""

    template_name = "submissions/reseal_version.html"
    form_class: ClassVar[type[forms.Form]] = ResealForm
    submit_label = "Seal it to the new key"
    done_message = "Our offer is sealed to the new key. Nothing else of it has changed."

    def thing(self, receipt: str, **_ids: Any) -> SubmissionVersion:
        return queries.get_receipt_for(self.actor, receipt)

    def solicitation(self, thing: SubmissionVersion) -> Solicitation:
        return thing.submission.solicitation

    def verdict(self, thing: SubmissionVersion) -> Verdict:
        return permissions.can_reseal_version(self.actor, thing)

    def extra(self, thing: SubmissionVersion) -> dict[str, Any]:
        return {**client.sealed_facts(self.actor, thing), **client.key_facts(thing)}

    def perform(
        self, *, thing: SubmissionVersion, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        reseal_version(
            version_id=thing.pk,
            passphrase=data["passphrase"],
            rewrapped=data["rewrapped"],
            by=by,
            at=at,
        )
        return reverse("submissions:submission", args=[thing.submission.public_id])


class Submissions(PageView):
    """Which offers have we handed in, and where do they stand?"""

    template_name = "submissions/submissions.html"

    def context(self, **_ids: Any) -> dict[str, Any]:
        return {"submissions": queries.submissions_visible_to(self.actor)}


class SubmissionPage(PageView):
    """Where is our offer in the process, and which others have we handed in?"""

    template_name = "submissions/submission.html"

    def context(self, submission: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_submission_for(self.actor, submission)
        now = clock.now()
        latest = found.latest_version
        ours = list(queries.own_submissions(self.actor, found.solicitation))
        return {
            "submission": found,
            "solicitation": found.solicitation,
            "receipts": queries.receipts_of(found),
            "is_past": is_past(found.solicitation, now),
            "late_words": paperwork.late_words(found.solicitation),
            "unacknowledged": _to_acknowledge(latest),
            "opened_offer": getattr(found, "opened_offer", None),
            "may_replace": _while_open(
                permissions.can_replace_submission(self.actor, found), found, now
            ),
            "latest": latest,
            "is_under_a_former_key": latest is not None
            and found.state == SubmissionState.SUBMITTED
            and queries.is_sealed_to_a_former_key(latest),
            "may_reseal": _while_open(
                permissions.can_reseal_version(self.actor, latest), found, now
            )
            if latest
            else Refused("Nothing was handed in."),
            "box": queries.box_of(found.solicitation),
            "may_reread": permissions.can_reread_version(self.actor, latest)
            if latest
            else Refused("Nothing was handed in."),
            "may_withdraw": _while_open(
                permissions.can_withdraw_submission(self.actor, found), found, now
            ),
            "may_submit": permissions.can_submit_submission(
                self.actor, found.solicitation
            ),
            "ours": ours,
            "next_alternate": next_alternate(found.solicitation, ours),
        }


class Receipt(PageView):
    """Can we prove what we handed in, and that it was on time?"""

    template_name = "submissions/receipt.html"

    def context(self, receipt: str, **_ids: Any) -> dict[str, Any]:
        version = queries.get_receipt_for(self.actor, receipt)
        papers = documents_of(version.subject)
        return {
            "receipt": version,
            "attribution": getattr(version, "attribution", None),
            "resealed": version.resealed,
            "submission": version.submission,
            "solicitation": version.submission.solicitation,
            "late_words": paperwork.late_words(version.submission.solicitation),
            "closing": queries.closing_of(version.submission.solicitation),
            "may_reread": permissions.can_reread_version(self.actor, version),
            "paper": papers.first(),
            "scanning": _scanning(papers.first()),
        }


class DownloadReceipt(PageView):
    """The receipt and its proof as JSON, for the verifier."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        version = queries.get_receipt_for(self.actor, ids["receipt"])
        name = f"{version.public_id}.json"
        return JsonResponse(
            paperwork.proof(version),
            json_dumps_params={"indent": 2, "ensure_ascii": False},
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "private, no-store",
            },
        )


class ResolveOutage(VerbView):
    """Was there an outage at the deadline, and does the deadline move?"""

    template_name = "submissions/resolve_outage.html"
    form_class: ClassVar[type[forms.Form]] = OutageForm
    submit_label = "Rule on the outage"
    done_message = "The ruling is on record."

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_opening_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_resolve_outage(self.actor, thing)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        outage = open_outage(thing, clock.now())
        resumed_at = outage.resumed_at if outage is not None else None
        return {
            "solicitation": thing,
            "outage": outage,
            "moved": moved_deadline(thing, resumed_at) if resumed_at else None,
            "rulings": rulings_of(thing),
        }

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        resolve_outage(solicitation_id=thing.pk, **data, by=by, at=at)
        return reverse("submissions:opening", args=[thing.public_id])


def _scanning(paper: Document | None) -> str:
    """What the receipt says of the malware scan, as it was frozen on receipt."""
    notes = paper.context.get("notes", []) if paper else []
    return next((note for note in notes if "scanned for malware" in note), "")


def receipt_url(submission: Submission) -> str:
    """The page of its last receipt."""
    latest = submission.latest_version
    if latest is None:
        return reverse("submissions:submission", args=[submission.public_id])
    return reverse("submissions:receipt", args=[latest.public_id])


def _to_acknowledge(latest: SubmissionVersion | None) -> list[str]:
    """The amendments for which the offer is replaced; of keys it is told apart."""
    if latest is None:
        return []
    of_keys = amendments_of_keys(latest.submission.solicitation)
    return [each for each in queries.unacknowledged(latest) if each not in of_keys]


def _while_open(verdict: Verdict, submission: Submission, now: datetime) -> Verdict:
    if not verdict:
        return verdict
    if is_past(submission.solicitation, now):
        return Refused("The deadline has passed.", "R-SUB-04")
    if submission.state != SubmissionState.SUBMITTED:
        word = submission.solicitation.response
        return Refused(f"The {word} is withdrawn; submit it again instead.")
    return verdict
