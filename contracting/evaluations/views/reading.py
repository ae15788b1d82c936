"""Pages of source selection information: whoever reads one is logged (R-EVL-10)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from contracting.audit.operations.log import log_reading
from contracting.core import clock
from contracting.core.views import PageView, VerbView
from contracting.solicitations.models import Solicitation


class ReadingPage(PageView):
    """A page that is shown once it is logged who reads it."""

    how = "read"

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"} and response.status_code == 200:
            log_reading(
                subject=_solicitation_of(kwargs).subject,
                what=request.path,
                how=self.how,
                by=self.actor,
                at=clock.now(),
            )
        return response


class ReadingVerbView(ReadingPage, VerbView):
    """A verb whose form stands beside what it is about."""


def _solicitation_of(ids: dict[str, Any]) -> Solicitation:
    """What the page, which has been permitted already, is about."""
    if "solicitation" in ids:
        return Solicitation.objects.get(public_id=ids["solicitation"])
    if "submission" in ids:
        return Solicitation.objects.get(submissions__public_id=ids["submission"])
    return Solicitation.objects.get(selection_decision__public_id=ids["decision"])
