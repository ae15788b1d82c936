"""Pages of the box: enrol, name openers, rehearse, and the opening room."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotAllowed, NotVisible, Refusal
from contracting.core.identifiers import amendment_number
from contracting.core.models import new_public_id
from contracting.core.permissions import Refused, Verdict
from contracting.core.views import OperationView, PageView, VerbView
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import get_opportunity
from contracting.submissions import client, permissions, queries
from contracting.submissions.calculations import is_past
from contracting.submissions.forms import (
    AdmissionForm,
    EnrolmentForm,
    NamingForm,
    OpeningForm,
    RehearsalForm,
    ReplacingForm,
)
from contracting.submissions.health.log import (
    open_outage,
    rulings_of,
)
from contracting.submissions.models import Box
from contracting.submissions.operations.admit import admit_late_submission
from contracting.submissions.operations.enrol import enrol_opener
from contracting.submissions.operations.name import name_openers
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.operations.open_late import open_late_submission
from contracting.submissions.operations.refuse import refuse_opening
from contracting.submissions.operations.rehearse import rehearse_opening
from contracting.submissions.operations.replace_openers import replace_openers
from contracting.submissions.sealing.openers import (
    able_shares,
    boxes_of,
    enrolled_people,
    is_opened,
    opener_key_of,
    shares_of,
)
from contracting.submissions.states import OpeningPurpose


class Openers(PageView):
    """Can I open offers, and with which key?"""

    template_name = "submissions/openers.html"

    def context(self, **_ids: Any) -> dict[str, Any]:
        may_enrol = permissions.can_enrol_opener(self.actor)
        if not self.actor.is_agency:
            message = "Offers are opened by people of an agency."
            raise NotVisible(message)
        return {
            "key": opener_key_of(self.actor.user_id),
            "may_enrol": may_enrol,
            "to_open": queries.boxes_to_open(self.actor.user_id),
        }


@method_decorator(sensitive_post_parameters(), name="dispatch")
class EnrolOpener(VerbView):
    """Make my key for opening offers."""

    template_name = "submissions/enrol_opener.html"
    form_class: ClassVar[type[forms.Form]] = EnrolmentForm
    submit_label = "Enrol"
    done_message = "You are enrolled. Keep your passphrase: nobody can bring it back."

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_enrol_opener(self.actor)

    def extra(self, thing: None) -> dict[str, Any]:
        return {
            "key": opener_key_of(self.actor.user_id),
            "iterations": settings.OPENER_KEY_ITERATIONS,
        }

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        enrol_opener(passphrase=data["passphrase"], locked=data["locked"], by=by, at=at)
        return reverse("submissions:openers")


class BoxPage(PageView):
    """Is there a box for the offers, who opens it, and does that work?"""

    template_name = "submissions/box.html"

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_box_for(self.actor, solicitation)
        box = queries.box_of(found) or queries.rehearsal_of(found)
        coming = queries.box_to_come(found)
        is_replacing = coming is not None and coming != box
        return {
            "solicitation": found,
            **_shown_box(box),
            "former": _former_boxes(found),
            "coming": _shown_box(coming) if is_replacing else None,
            "is_opened": box is not None and is_opened(box),
            "missing": queries.missing_for_release(found),
            "may_replace": permissions.can_replace_openers(self.actor, found),
            "is_past": is_past(found, clock.now()),
            "may_name": permissions.can_name_openers(self.actor, found),
            "may_rehearse": permissions.can_rehearse_opening(self.actor, found),
        }


class PublishedBox(PageView):
    """To which key are offers sealed, and who can open them?"""

    template_name = "submissions/published_box.html"
    public = True

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = get_opportunity(solicitation)
        return {
            "solicitation": found,
            **_shown_box(queries.box_of(found)),
            "former": _former_boxes(found),
        }


def _shown_box(box: Box | None) -> dict[str, Any]:
    if box is None:
        return {"box": None, "shares": [], "able": 0, "closing": None}
    able = {share.pk for share in able_shares(box)}
    rehearsal = queries.opening_of(box, OpeningPurpose.REHEARSAL)
    given = {each.share_id: each for each in queries.given_shares(rehearsal)}
    return {
        "box": box,
        "shares": [
            (share, share.pk in able, given.get(share.pk)) for share in shares_of(box)
        ],
        "able": len(able),
        "may_lose": len(able) - box.needed,
        "closing": queries.closing_of(box.solicitation),
    }


def _former_boxes(solicitation: Solicitation) -> list[tuple[Box, int]]:
    """The boxes whose openers were replaced, with how many of each can still open it.

    How many offers each holds, and whether any, stands in nothing of this.
    """
    return [(box, len(able_shares(box))) for box in boxes_of(solicitation)[1:]]


def _earlier_box_of(solicitation: Solicitation) -> Box | None:
    """The openers of the package that this one was started from, for their number."""
    earlier, template = solicitation.copied_from, solicitation.from_template
    if template is not None:
        earlier = template.kept_from
    return None if earlier is None else queries.rehearsal_of(earlier)


class NameOpeners(VerbView):
    """Who opens the offers?"""

    template_name = "submissions/name_openers.html"
    form_class: ClassVar[type[forms.Form]] = NamingForm
    submit_label = "Name these openers"
    done_message = "The openers are named, and told. Now they rehearse."

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_box_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_name_openers(self.actor, thing)

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        named = queries.rehearsal_of(thing)
        if named is None:
            earlier = _earlier_box_of(thing)
            return {} if earlier is None else {"needed": earlier.needed}
        held = [share.membership_id for share in shares_of(named)]
        return {"openers": held, "needed": named.needed}

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        people = enrolled_people(thing.agency_id)
        return {
            "people": [
                (each.pk, f"{each.user}, {each.role_label}") for _key, each in people
            ]
        }

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        people = enrolled_people(thing.agency_id)
        return {
            "solicitation": thing,
            "named": queries.rehearsal_of(thing),
            "earlier": _earlier_box_of(thing),
            "new_boxes": [new_public_id(Box.PREFIX) for _each in range(2)],
            "opener_keys": [(each.pk, client.key_text(key)) for key, each in people],
        }

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        name_openers(
            solicitation_id=thing.pk,
            membership_ids=data["openers"],
            needed=data["needed"],
            made=data["made"],
            by=by,
            at=at,
        )
        return reverse("submissions:box", args=[thing.public_id])


class ReplaceOpeners(VerbView):
    """Shall other people open the offers?"""

    template_name = "submissions/replace_openers.html"
    form_class: ClassVar[type[forms.Form]] = ReplacingForm
    submit_label = "Issue the amendment with the new key"
    done_message = "The openers are replaced, and every vendor is told of the new key."

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_box_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_replace_openers(self.actor, thing)

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return {"seen_version": thing.version}

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        return {
            "solicitation": thing,
            **_shown_box(queries.box_to_come(thing)),
            "in_force": _shown_box(queries.box_of(thing)),
            "number": amendment_number(thing.amendments.count() + 1),
        }

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        taken = {name: data[name] for name in ("reason", "seen_version")}
        replace_openers(solicitation_id=thing.pk, **taken, by=by, at=at)
        return reverse("submissions:box", args=[thing.public_id])


class OpeningVerb(OperationView):
    """A page on which an opener gives a share; every attempt leaves a record.

    An attempt of somebody of the agency who is no opener leaves one too.
    """

    takes: ClassVar[tuple[str, ...] | None] = ("passphrase", "share")

    def keys(self, thing: Any) -> dict[str, int]:
        return {"solicitation_id": thing.pk}

    def own_share(self, box: Box | None) -> dict[str, Any]:
        """What the browser of this opener needs for a box of the offers."""
        return client.share_facts(queries.share_for(self.actor, box))

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        try:
            return super().post(request, **ids)
        except NotVisible as unseen:
            tried = queries.solicitation_of_agency(self.actor, ids)
            if tried is not None:
                OpeningVerb.refused(self, tried, unseen, clock.now())
            raise

    def refused(self, thing: Any, refusal: Refusal, at: datetime) -> None:
        refuse_opening(
            solicitation_id=thing.pk,
            code=refusal.code,
            reason=refusal.message,
            by=self.actor,
            at=at,
        )

    def _not_allowed(self, thing: Any, verdict: Refused) -> HttpResponse:
        if self.request.method == "POST":
            refusal = NotAllowed(verdict.reason, rule=verdict.rule)
            self.refused(thing, refusal, clock.now())
        return super()._not_allowed(thing, verdict)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class RehearseOpening(OpeningVerb):
    """Can I open this box?"""

    template_name = "submissions/rehearse_opening.html"
    form_class: ClassVar[type[forms.Form]] = RehearsalForm
    submit_label = "Give my share to the rehearsal"
    can = staticmethod(permissions.can_rehearse_opening)
    operation = staticmethod(rehearse_opening)

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_box_for(self.actor, solicitation)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        box = queries.rehearsal_of(thing)
        opening = queries.opening_of(box, OpeningPurpose.REHEARSAL)
        return {
            "solicitation": thing,
            "box": box,
            "given": queries.given_shares(opening),
            "own": client.share_facts(queries.share_for(self.actor, box)),
        }

    def leads_to(self, thing: Solicitation) -> str:
        return reverse("submissions:box", args=[thing.public_id])


class Opening(PageView):
    """May the offers be opened now, and by whom?"""

    template_name = "submissions/opening.html"

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_opening_for(self.actor, solicitation)
        now = clock.now()
        return {
            "solicitation": found,
            **_shown_box(queries.box_of(found)),
            "consents": queries.consents_of(found),
            "former": self._former(found, now),
            "is_past": is_past(found, now),
            "outage": open_outage(found, now),
            "rulings": rulings_of(found),
            "may_resolve": permissions.can_resolve_outage(self.actor, found),
            "is_opened": queries.offers_were_opened(found),
            "offers": queries.offers_of(found),
            "flawed": [offer for offer in queries.offers_of(found) if offer.flaws],
            "unopened": [
                (
                    each,
                    queries.admission_of(each),
                    permissions.can_admit_late_submission(self.actor, each),
                    permissions.can_open_late_submission(self.actor, each),
                )
                for each in queries.unopened_after_opening(found)
            ],
            "admitted": queries.admitted_late(found),
            "may_open": _when_due(
                permissions.can_open_submissions(self.actor, found), found, now
            ),
        }

    def _former(self, found: Solicitation, now: datetime) -> list[dict[str, Any]]:
        """Boxes whose openers were replaced; what is left in each after an opening."""
        left = dict(queries.left_sealed(found))
        return [
            {
                "box": box,
                "able": able,
                "left": left.get(box, 0),
                "is_opened": is_opened(box),
                "consents": queries.consents_of(found, box),
                "may_open": _when_due(
                    permissions.can_open_submissions(self.actor, found, box),
                    found,
                    now,
                ),
            }
            for box, able in _former_boxes(found)
        ]


@method_decorator(sensitive_post_parameters(), name="dispatch")
class OpenSubmissions(OpeningVerb):
    """Give a share to the opening."""

    template_name = "submissions/open_submissions.html"
    form_class: ClassVar[type[forms.Form]] = OpeningForm
    submit_label = "Give my share and open"
    can = staticmethod(permissions.can_open_submissions)
    operation = staticmethod(open_submissions)

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        found = queries.get_opening_for(self.actor, solicitation)
        if "box" in self.kwargs and self._box(found) is None:
            message = "There is no such box."
            raise NotVisible(message)
        return found

    def _box(self, thing: Solicitation) -> Box | None:
        """The box in force, or the former one that the address names."""
        named = self.kwargs.get("box")
        boxes = (each for each in boxes_of(thing) if named in (None, each.public_id))
        return next(boxes, None)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_open_submissions(self.actor, thing, self._box(thing))

    def keys(self, thing: Solicitation) -> dict[str, int]:
        named = self._box(thing) if "box" in self.kwargs else None
        return {**super().keys(thing), **({"box_id": named.pk} if named else {})}

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        box = self._box(thing)
        return {
            "solicitation": thing,
            "box": box,
            "is_former": box != queries.box_of(thing),
            "own": self.own_share(box),
            "consents": queries.consents_of(thing, box),
            "closing": queries.closing_of(thing),
            "is_past": is_past(thing, clock.now()),
        }

    def leads_to(self, thing: Solicitation) -> str:
        return reverse("submissions:opening", args=[thing.public_id])


class LateVerb(OpeningVerb):
    """A page that does one thing to one late offer."""

    def thing(self, submission: str, **_ids: Any) -> Any:
        return queries.get_late_submission_for(self.actor, submission)

    def keys(self, thing: Any) -> dict[str, int]:
        return {"submission_id": thing.pk}

    def refused(self, thing: Any, refusal: Refusal, at: datetime) -> None:
        super().refused(thing.solicitation, refusal, at)

    def extra(self, thing: Any) -> dict[str, Any]:
        admission = queries.admission_of(thing)
        opening = getattr(admission, "opening", None)
        last = thing.latest_version
        box = None if last is None else queries.box_of_version(last)
        return {
            "submission": thing,
            "solicitation": thing.solicitation,
            "admission": admission,
            "box": box,
            "own": self.own_share(box),
            "given": queries.given_shares(opening),
        }

    def leads_to(self, thing: Any) -> str:
        return reverse("submissions:opening", args=[thing.solicitation.public_id])


class AdmitLateSubmission(LateVerb):
    """May this late offer be considered after all?"""

    template_name = "submissions/admit_late_submission.html"
    form_class: ClassVar[type[forms.Form]] = AdmissionForm
    submit_label = "Admit this offer"
    done_message = "The late offer is admitted. Its openers give their shares again."
    can = staticmethod(permissions.can_admit_late_submission)
    operation = staticmethod(admit_late_submission)
    takes = ("code", "evidence")

    def form_options(self, thing: Any) -> dict[str, Any]:
        return {"needs_exception": not thing.solicitation.considers_late}


@method_decorator(sensitive_post_parameters(), name="dispatch")
class OpenLateSubmission(LateVerb):
    """Give a share to the opening of an admitted late offer."""

    template_name = "submissions/open_late_submission.html"
    form_class: ClassVar[type[forms.Form]] = OpeningForm
    submit_label = "Give my share and open"
    can = staticmethod(permissions.can_open_late_submission)
    operation = staticmethod(open_late_submission)


def _when_due(verdict: Verdict, solicitation: Solicitation, now: datetime) -> Verdict:
    if not verdict:
        return verdict
    if not is_past(solicitation, now):
        return Refused("The deadline has not passed.", "R-SUB-03")
    if open_outage(solicitation, now) is not None:
        return Refused("The outage at the deadline is not ruled on.", "R-SUB-08")
    return verdict
