"""The shape of every page: a page that is read, and a page that does one verb."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views import View

from contracting.core import clock, doors
from contracting.core.actors import Actor
from contracting.core.api import (
    BodyTooLarge,
    is_for_machines,
    plain_problem,
    unforeseen,
)
from contracting.core.errors import NotAllowed, NotVisible, Refusal
from contracting.core.permissions import Allowed, Refused, Verdict

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,255}")

BINDING_WORDS: Final = frozenset(
    {"accept", "award", "certify", "issue", "open", "release", "sign", "submit"}
)
"""A verb that begins with one of these binds somebody or cannot be undone."""

ALSO_BINDING: Final = frozenset(
    {
        "appoint_ordering_officer",
        "build_pack",  # nobody is bound by it, but much leaves the site at once
        "decide_claim",
        "decide_dispute",
        "decide_selection",
        "decide_settlement",
        "replace_submission",
        "select_holder",
        "stop_work",
    }
)

NOT_BINDING: Final = frozenset(
    {
        # Into a review, which decides; nobody is bound by it.
        "submit_requisition",
        "submit_solicitation",
        "submit_task_order",
        # Rounds that are opened with offerors, no offers.
        "open_discussions",
        "open_revisions",
        # Keys and certificates that are recorded, and end when they are revoked.
        "issue_api_key",
        "issue_warrant",
    }
)


def is_binding(verb: str) -> bool:
    """Whether this verb asks who is there, when the last proof is not fresh.

    Award, signature, certification, acceptance, opening, handing in and release do. A
    new verb with one of these words is bound by its name.
    """
    first, _, noun = verb.partition("_")
    is_of_those = bool(noun) and first in BINDING_WORDS and verb not in NOT_BINDING
    return is_of_those or verb in ALSO_BINDING


COUNTED: Final = 10_000
"""A list says how many rows it has up to this; more are "more than"."""


class KeyPage:
    """A page of rows with addresses, newest first, found by key and never by counting.

    However deep it lies, it costs what the first page costs. ``after`` and ``before``
    in the address name the row at which it begins or ends; a name that nobody knows
    gives the first page.
    """

    def __init__(self, found: QuerySet[Any], asked: QueryDict, size: int) -> None:
        self._asked = asked
        key, name = next(
            ((key, asked[key]) for key in ("after", "before") if asked.get(key)),
            ("", ""),
        )
        edge = found.model._base_manager.filter(public_id=name).values_list("pk")
        pk = next((pk for (pk,) in edge), None) if name else None
        if key == "before" and pk is not None:
            rows = list(found.filter(pk__gt=pk).order_by("pk")[: size + 1])
            self.rows, self._older = rows[:size][::-1], True
            self._newer = len(rows) > size
        else:
            older = found if pk is None else found.filter(pk__lt=pk)
            rows = list(older.order_by("-pk")[: size + 1])
            self.rows, self._older = rows[:size], len(rows) > size
            self._newer = pk is not None
        self.total = found.order_by()[: COUNTED + 1].count()

    @property
    def is_more_than_counted(self) -> bool:
        return self.total > COUNTED

    @property
    def counted(self) -> int:
        """How many rows the whole list has, or at least has."""
        return min(self.total, COUNTED)

    @property
    def next_url(self) -> str:
        """The page of the older rows, or nothing."""
        return self._link("after", self.rows[-1]) if self._older and self.rows else ""

    @property
    def prev_url(self) -> str:
        """The page of the newer rows, or nothing."""
        return self._link("before", self.rows[0]) if self._newer and self.rows else ""

    def _link(self, key: str, row: Any) -> str:
        query = self._asked.copy()
        for name in ("after", "before", "page"):
            query.pop(name, None)
        query[key] = row.public_id
        return f"?{query.urlencode()}"


class SeeOther(HttpResponseRedirect):
    """303: the verb is done, read the result there."""

    status_code = 303


class PageView(View):
    """A page that needs a person who is signed in; others are sent to login.

    Subclasses set ``template_name`` and answer ``context``. ``public = True`` opens the
    page to everybody; its route must then stand in the list of public routes. Somebody
    with several roles first chooses one, save where ``needs_role = False``.
    """

    template_name: ClassVar[str]
    public: ClassVar[bool] = False
    needs_role: ClassVar[bool] = True

    @property
    def actor(self) -> Actor:
        actor: Actor = self.request.actor  # type: ignore[attr-defined]
        return actor

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if not self.public and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not self.public and self.needs_role and self.actor.membership_id is None:
            choose = reverse("accounts:choose_membership")
            return redirect_to_login(request.get_full_path(), login_url=choose)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        return render(request, self.template_name, self.context(**ids))

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        """What the template shows.

        :raises NotVisible: or ``Http404`` if the actor may not see it
        """
        return {}


class VerbView(PageView):
    """One verb: GET shows its form, POST calls one operation and goes to the result.

    A subclass sets ``template_name``, ``form_class``, ``submit_label`` and answers:

    ``thing(**ids)``      fetch by a query that checks visibility (404 for a stranger)
    ``verdict(thing)``    ``can_<verb>_<noun>(actor, thing)``
    ``perform(…)``        call the operation; return the address of the result
    ``initial(thing)``, ``form_options(thing)``, ``extra(thing)`` as needed

    A verb that binds (``is_binding``) asks for the password when it was last given too
    long ago, in the same form: what was typed stays, and nothing of it is stored.
    """

    form_class: ClassVar[type[forms.Form]] = forms.Form
    submit_label: ClassVar[str] = "Continue"
    done_message: ClassVar[str] = ""

    def thing(self, *_: Any, **ids: Any) -> Any:
        return None

    def verdict(self, thing: Any) -> Verdict:
        return Allowed()

    def initial(self, thing: Any) -> dict[str, Any]:
        return {}

    def form_options(self, thing: Any) -> dict[str, Any]:
        """Further keyword arguments of the form (choices that depend on the thing)."""
        return {}

    def extra(self, thing: Any) -> dict[str, Any]:
        """Further context of the template."""
        return {}

    def perform(self, *, thing: Any, data: dict[str, Any], by: Actor, at: Any) -> str:
        """Call one operation and return the address to go to."""
        raise NotImplementedError

    def refused(self, thing: Any, refusal: Refusal, at: datetime) -> None:
        """The verb was refused and nothing has changed; for a page that keeps count."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        match = request.resolver_match
        request.asks_proof = (  # type: ignore[attr-defined]
            match is not None
            and is_binding(match.url_name or "")
            and request.user.is_authenticated
            and not doors.proof().is_fresh(request)
        )

    def claimant(self, thing: Any) -> Actor:
        """In whose name the one-use token is kept; it may be a pseudonym."""
        return self.actor

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        thing = self.thing(**ids)
        verdict = self.verdict(thing)
        if isinstance(verdict, Refused):
            return self._not_allowed(thing, verdict)
        form = self.form_class(initial=self.initial(thing), **self.form_options(thing))
        return self._page(thing, form)

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        self._refuse_too_large()
        sent, files, at = request.POST, request.FILES, clock.now()
        thing = self.thing(**ids)
        form = self.form_class(sent, files, **self.form_options(thing))
        verdict = self.verdict(thing)
        if isinstance(verdict, Refused):
            return self._not_allowed(thing, verdict)
        if not form.is_valid():
            return self._page(thing, form, status=422)
        try:
            self._require_proof()
        except Refusal as unproven:
            return self._page(thing, form, status=unproven.status, refusal=unproven)
        try:
            url = self._once(thing, form.cleaned_data, at)
        except Http404:
            raise
        except Exception as error:
            refusal = doors.refusal_of(error)
            if refusal is None or refusal.status == 404:
                raise
            if isinstance(refusal, doors.RecordsDown):
                raise  # no page of ours can be made without the records
            self.refused(thing, refusal, at)
            return self._page(thing, form, status=refusal.status, refusal=refusal)
        if self.done_message:
            messages.success(request, self.done_message)
        return SeeOther(url)

    def _refuse_too_large(self) -> None:
        """Files above the limit of all together were never kept: say so.

        :raises FilesTooLarge: with the size and the limit, in bytes
        """
        said = self.request.META.get("CONTENT_LENGTH") or "0"
        size = int(said) if said.isdigit() else 0
        limit = settings.FILE_UPLOAD_MAX_MEMORY_SIZE
        if size > limit:
            message = (
                f"What you sent has {size:,} bytes; at most {limit:,} are taken at "
                "once. It was not read, and nothing was changed. Send it in parts."
            )
            raise FilesTooLarge(message, size=size, limit=limit)

    def _verb(self) -> str:
        """The name of the route, which is that of the verb."""
        match = self.request.resolver_match
        return (match.url_name or "") if match else ""

    def _require_proof(self) -> None:
        """:raises Refusal: if the verb binds and no fresh proof is there or given"""
        if self.request.asks_proof:  # type: ignore[attr-defined]
            doors.proof().prove(
                self.request, self.request.POST.get("proof_password", "")
            )
            self.request.asks_proof = False  # type: ignore[attr-defined]

    def _once(self, thing: Any, data: dict[str, Any], at: datetime) -> str:
        """Do it once; ``at`` is the instant at which the whole body had arrived."""
        token = self._sent_token()
        scope = f"page {self.request.path}"
        shown = doors.proof().described(self.request)
        by = self.actor.proven(shown)
        store, asks = doors.idempotency(), self.claimant(thing)
        with transaction.atomic():
            mark = doors.fingerprint(scope, token)
            if not token:
                message = "The form has lost its one-use token. Load the page again."
                raise FormTokenMissing(message)
            said: dict[str, Any] = {"by": asks, "scope": scope, "key": token}
            stored = store.claim(
                **said, fingerprint=mark, at=at, patience=doors.PATIENCE
            )
            if stored is not None:
                return stored.location
            url = self.perform(thing=thing, data=data, by=by, at=at)
            store.complete(**said, status=303, body=None, location=url)
        return url

    def _sent_token(self) -> str:
        """The token that the form was sent with: kept until the verb is done.

        A form that comes back with a refusal bears it still, so that what is sent twice
        is done once. Empty if there is none, or none that a page has ever borne.
        """
        token = self.request.POST.get("form_token", "")
        return token if _TOKEN.fullmatch(token) else ""

    def _page(
        self,
        thing: Any,
        form: forms.Form,
        *,
        status: int = 200,
        refusal: Refusal | None = None,
    ) -> HttpResponse:
        context = {
            "thing": thing,
            "form": form,
            "form_token": self._sent_token() or secrets.token_urlsafe(24),
            "submit_label": self.submit_label,
            "statement": doors.statement_of(self._verb(), thing),
            **self.extra(thing),  # noqa: S610 (ours, not a queryset)
        }
        if refusal is not None:
            context["refusal"] = self._words(refusal)
        page = render(self.request, self.template_name, context, status=status)
        if refusal is not None:
            doors.say_when(page, refusal)
        return page

    def _not_allowed(self, thing: Any, verdict: Refused) -> HttpResponse:
        refusal = NotAllowed(verdict.reason, rule=verdict.rule)
        context = {"refusal": self._words(refusal), "thing": thing}
        return render(self.request, "refusal.html", context, status=403)

    def _words(self, refusal: Refusal) -> dict[str, Any]:
        request_id = getattr(self.request, "request_id", "")
        return doors.describe(refusal, at=clock.now(), request_id=request_id)


class RepeatableVerbView(VerbView):
    """A verb that is done each time it is sent: no one-use token is kept of it."""

    def _once(self, thing: Any, data: dict[str, Any], at: datetime) -> str:
        with transaction.atomic():
            return self.perform(thing=thing, data=data, by=self.actor, at=at)


class ScriptVerbView(RepeatableVerbView):
    """A verb that only the script of a page sends, and that answers it in words.

    ``perform`` leaves in ``answer`` what the script is told.
    """

    not_done: ClassVar[str] = "It was not saved. Load the page again."
    answer: dict[str, Any] | None = None
    refusal: Refusal | None = None

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Answer the script; what is refused says so in its words."""
        reply = super().post(request, **ids)
        if self.answer is not None:
            return JsonResponse(self.answer)
        message, code = self.not_done, "invalid"
        if self.refusal is not None:
            message, code = self.refusal.message, self.refusal.code
        return JsonResponse(
            {"message": message, "code": code}, status=reply.status_code
        )

    def refused(self, thing: Any, refusal: Refusal, at: datetime) -> None:
        self.refusal = refusal

    def _page(self, thing: Any, form: forms.Form, **how: Any) -> HttpResponse:
        if self.request.method == "POST":
            return HttpResponse(status=how.get("status", 200))
        return super()._page(thing, form, **how)


class OperationView(VerbView):
    """A verb whose page only hands its form to one operation.

    ``can`` gives the verdict on the thing. ``operation`` is called with the keys of the
    thing and with what the form holds under the names in ``takes``, or with all of it.
    """

    can: ClassVar[Any]
    operation: ClassVar[Any]
    takes: ClassVar[tuple[str, ...] | None] = None

    def keys(self, thing: Any) -> dict[str, int]:
        """The arguments of the operation that name the thing."""
        raise NotImplementedError

    def leads_to(self, thing: Any) -> str:
        """The page to go to when it is done."""
        path: str = thing.path
        return path

    def verdict(self, thing: Any) -> Verdict:
        verdict: Verdict = type(self).can(self.actor, thing)
        return verdict

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        names = data if self.takes is None else self.takes
        taken = {name: data[name] for name in names}
        type(self).operation(**self.keys(thing), **taken, by=by, at=at)
        return self.leads_to(thing)


class FormTokenMissing(Refusal):
    """A page form was sent without its one-use token."""

    code = "form_token_missing"
    status = 400


class FilesTooLarge(Refusal):
    """The files of a form have more bytes than the site takes at once."""

    code = "too_large"
    status = 413


class BadRequest(Refusal):
    """The request could not be read."""

    code = "bad_request"
    status = 400


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What cannot be read: too large, malformed, or not for this host."""
    refusal: Refusal = BadRequest("The request could not be read.")
    if isinstance(exception, RequestDataTooBig):
        refusal = BodyTooLarge("The request is larger than the site takes at once.")
    if is_for_machines(request):
        return plain_problem(request, refusal)
    return render(request, "400.html", status=refusal.status)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What the framework itself does not allow."""
    if is_for_machines(request):
        return plain_problem(request, NotAllowed("This is not allowed."))
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that leads nowhere."""
    if is_for_machines(request):
        return plain_problem(request, NotVisible("There is nothing at this address."))
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something failed on our side: no page may ask the database for anything."""
    if is_for_machines(request):
        return unforeseen(request)
    return HttpResponse(render_to_string("500.html"), status=500)
