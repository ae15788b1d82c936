"""Public pages of verification: ask about a file, read the answer."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from contracting.core import clock
from contracting.core.views import PageView, SeeOther
from contracting.documents.queries import read_blob
from contracting.verification import gate, queries
from contracting.verification.calculations import question_of
from contracting.verification.forms import VerifyCodeForm, VerifyFileForm
from contracting.verification.models import StatusList


class VerifyPage(PageView):
    """Is this the paper of record, who signed it, and is it still in force?

    A file that is sent is hashed in memory; then the browser is sent to the answer
    about its hash. Nothing of it is kept, and nothing is written.
    """

    template_name: ClassVar[str] = "verification/verify.html"
    public = True

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if "code" not in request.GET:
            return self._page()
        form = VerifyCodeForm(request.GET)
        if form.is_valid():
            return SeeOther(form.cleaned_data["code"].path)
        return self._page(form, status=422, code_form=form)

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        gate.require_room("uploads", gate.UPLOADS)
        form = VerifyFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(form, status=422, file_form=form)
        return SeeOther(question_of(form.cleaned_data["file"].read()).path)

    def _page(
        self, form: forms.Form | None = None, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        context = {
            "form": form,
            "file_form": VerifyFileForm(),
            "code_form": VerifyCodeForm(),
            "list": queries.last_status_list(),
        }
        return render(self.request, self.template_name, context | more, status=status)


class VerificationPage(PageView):
    """What is this file, as far as I may know?"""

    template_name = "verification/verification.html"
    public = True

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        more = self.request.GET
        question = gate.question_asked(
            ids["token"], more.getlist("part"), more.get("named", "")
        )
        found = queries.verify(question, actor=self.actor, at=clock.now())
        return {"question": question, "found": found, "file_form": VerifyFileForm()}


class StatusListFile(PageView):
    """How papers stand, signed: the last list, or one by its number."""

    public = True

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        found = queries.get_status_list(ids.get("number"))
        return JsonResponse(show_list(found), headers=_FOR_EVERYBODY)


class TrustFile(PageView):
    """The certificates by which papers and lists of this site are known."""

    public = True

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        queries.get_status_list()
        body = {
            "format": queries.TRUST_FORMAT,
            "site": settings.SITE_URL,
            "certificates": queries.trusted_certificates(),
        }
        return JsonResponse(body, headers=_FOR_EVERYBODY)


_FOR_EVERYBODY = {"Cache-Control": "public, max-age=300"}


def show_list(found: StatusList) -> dict[str, str]:
    """A list with its signature: ``list`` is the very text that is signed."""
    body = read_blob(found.blob)
    return {
        "format": queries.FORMAT,
        "list": body.decode(),
        "signature": found.signature,
        "algorithm": found.algorithm,
        "certificate": found.certificate,
    }
