"""Pages of registrations and exclusions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.urls import reverse

from accounts.models import Organization
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.evaluations import forms, permissions, queries
from contracting.evaluations.models import RegistrationImport, RegistrationRecord
from contracting.evaluations.operations.excuse import excuse_registration
from contracting.evaluations.operations.import_registrations import (
    import_registrations,
)
from contracting.evaluations.standing import registration
from contracting.evaluations.views.reading import ReadingVerbView
from contracting.evaluations.views.tables import FormClass
from contracting.submissions.models import OpenedOffer


def _agency_of(actor: Actor) -> Organization:
    """The agency for which somebody imports.

    :raises NotVisible: for everybody outside an agency
    """
    if not actor.is_agency or actor.organization_id is None:
        message = "Only an agency keeps registrations."
        raise NotVisible(message)
    return Organization.objects.get(pk=actor.organization_id)


class Registrations(PageView):
    """How fresh is what we know of registrations and exclusions?"""

    template_name = "evaluations/registrations.html"

    def context(self, **_ids: Any) -> dict[str, Any]:
        agency = _agency_of(self.actor)
        imports = RegistrationImport.objects.filter(agency=agency)
        latest = imports.order_by("-extracted_at", "-pk").first()
        records = RegistrationRecord.objects.filter(registration_import=latest)
        excluded = records.exclude(exclusion="") if latest else records.none()
        return {
            "agency": agency,
            "imports": imports.select_related("imported_by__user").order_by("-pk")[:50],
            "latest": latest,
            "excluded": list(excluded[:200]),
            "may_import": permissions.can_import_registrations(self.actor, agency.pk),
        }


class ImportRegistrations(VerbView):
    """Which extract do we take in?"""

    template_name = "evaluations/import_registrations.html"
    form_class: ClassVar[FormClass] = forms.ImportRegistrationsForm
    submit_label = "Import the extract"
    done_message = "The extract is on record."

    def thing(self, **_ids: Any) -> Organization:
        return _agency_of(self.actor)

    def verdict(self, thing: Organization) -> Verdict:
        return permissions.can_import_registrations(self.actor, thing.pk)

    def perform(
        self, *, thing: Organization, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        local = data["extracted_at"].replace(tzinfo=None)
        import_registrations(
            agency_id=thing.pk,
            name=data["file"].name or "",
            content=data["file"].read(),
            extracted_at=local.replace(tzinfo=ZoneInfo(thing.time_zone)),
            by=by,
            at=at,
        )
        return reverse("evaluations:registrations")


class ExcuseRegistration(ReadingVerbView):
    """Need this vendor not be registered?"""

    template_name = "evaluations/excuse_registration.html"
    form_class: ClassVar[FormClass] = forms.ExcuseForm
    submit_label = "Excuse from registration"
    done_message = "Excused. The exception stands on the offer and on the award page."

    def thing(self, submission: str, **_ids: Any) -> OpenedOffer:
        return queries.get_offer_for(self.actor, submission)

    def verdict(self, thing: OpenedOffer) -> Verdict:
        solicitation = thing.submission.solicitation
        return permissions.can_excuse_registration(self.actor, solicitation)

    def extra(self, thing: OpenedOffer) -> dict[str, Any]:
        submission = thing.submission
        because = registration.not_registered_because(submission, clock.now())
        return {
            "offer": thing,
            "solicitation": submission.solicitation,
            "excuse": registration.excuse_of(submission),
            "not_registered": because,
        }

    def perform(
        self, *, thing: OpenedOffer, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        excuse_registration(
            submission_id=thing.submission_id,
            code=data["code"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return reverse("evaluations:offer", args=[thing.submission.public_id])
