"""The page on which a released package is amended, tried first where one likes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from contracting.core import clock
from contracting.core.errors import Refusal
from contracting.core.identifiers import amendment_number
from contracting.core.periods import zone_of
from contracting.core.permissions import Refused
from contracting.documents.rendering import Sheet
from contracting.documents.views import draft_response
from contracting.solicitations import forms, paperwork, permissions, queries
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.publishing.changes import shown
from contracting.solicitations.publishing.dates import deadline_warning
from contracting.solicitations.views import SolicitationVerb


class AmendSolicitation(SolicitationVerb):
    """What changes, for everybody at once?"""

    template_name = "solicitations/amend_solicitation.html"
    form_class = forms.AmendSolicitationForm
    submit_label = "Issue the amendment"
    done_message = "The amendment is issued, and every vendor is told."
    can = staticmethod(permissions.can_amend_solicitation)
    operation = staticmethod(amend_solicitation)
    takes = ("summary", "terms", "lines", "factors", "clause_ids", "seen_version")
    checked: list[dict[str, Any]] | None = None
    warned = ""

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Issue it, or first show what would change, or how it would be printed."""
        if not {"check", "draft"} & set(request.POST):
            return super().post(request, **ids)
        thing = self.thing(**ids)
        if isinstance(verdict := self.verdict(thing), Refused):
            return self._not_allowed(thing, verdict)
        form = self.form_class(request.POST, **self.form_options(thing))
        if not form.is_valid():
            return self._page(thing, form, status=422)
        try:
            sheet = self._tried(thing, form.cleaned_data)
        except Refusal as refusal:
            return self._page(thing, form, status=refusal.status, refusal=refusal)
        if "draft" in request.POST:
            return draft_response(sheet, thing.public_id)
        return self._page(thing, form)

    def _tried(self, thing: Solicitation, data: dict[str, Any]) -> Sheet:
        """What would change, and its paper; nothing of it stays."""
        at = clock.now()
        with transaction.atomic():
            self.perform(thing=thing, data=data, by=self.actor, at=at)
            last = thing.amendments.get(version=thing.version + 1)
            if last.new_deadline != last.old_deadline:
                due = last.new_deadline.astimezone(zone_of(thing.time_zone)).date()
                offers = f"{thing.response}s".capitalize()
                self.warned = deadline_warning(offers, due)
            self.checked = shown(last.changes, thing.time_zone)
            amended = queries.get_solicitation_for(self.actor, thing.public_id)
            sheet = paperwork.amendment_draft(amended, last, by=self.actor, at=at)
            transaction.set_rollback(True)
        return sheet

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        return queries.terms_of(thing) | queries.chosen_clauses(thing)

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return queries.amendable(thing, clock.now())

    def more(self, thing: Solicitation) -> dict[str, Any]:
        number = amendment_number(thing.amendments.count() + 1)
        return {"number": number, "changes": self.checked, "warned": self.warned}
