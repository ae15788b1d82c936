"""The desk of each role, the search, and the pages that watchdogs and machines read."""

from __future__ import annotations

import functools
import logging
import threading
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import urlencode

from django.apps import apps
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.states import Role
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for, public_awards
from contracting.core import clock
from contracting.core.errors import NotVisible, Refusal
from contracting.core.periods import accounting_day
from contracting.core.views import PageView
from contracting.desk import calculations, queries
from contracting.desk.queries import replays, search
from contracting.desk.queries.burn_down import burning_of
from contracting.desk.queries.duties import done_in, separations, waived_in
from contracting.desk.queries.health import feeds_of
from contracting.desk.serializers import SHORT, desk_of
from contracting.desk.states import QUESTIONS, Duty
from contracting.documents.queries import download_headers
from contracting.modifications.permissions import can_draft_contract_modification
from contracting.notices.queries import time_zone_of
from contracting.orders.models import TaskOrder
from contracting.orders.permissions import can_draft_modification
from contracting.orders.queries import get_task_order_for
from contracting.solicitations.queries import open_opportunities
from contracting.submissions.health.log import silent_since
from contracting.watch.models import PlannedUse
from contracting.watch.queries.forecasts import planned_uses_of

PATIENCE_SECONDS: Final = 1.5
"""How long the database may take before the site calls itself not ready."""

log = logging.getLogger(__name__)
_asking = threading.Lock()


class Home(PageView):
    """What is Drawdown, and what is open? And for a role: what needs me now?"""

    template_name = "desk/home.html"
    public = True

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if request.user.is_authenticated and not self.actor.role:
            choose = reverse("accounts:choose_membership")
            return redirect_to_login(request.get_full_path(), login_url=choose)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if not self.actor.role:
            return super().get(request, **ids)
        at = clock.now()
        own_zone = time_zone_of(self.actor)
        today = accounting_day(at, own_zone)
        desk = desk_of(self.actor, at, today)
        context = {
            "desk": desk,
            "question": QUESTIONS[self.actor.role],
            "today": today,
            "now": at,
            "own_zone": own_zone,
            "silent_since": silent_since(at),
        }
        return render(request, desk.template, {**context, **desk.lists})

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        opportunities = open_opportunities(clock.now())
        return {
            "opportunities": queries.first_of(
                opportunities, calculations.opportunity_item, SHORT
            ),
            "awards": queries.first_of(public_awards(), calculations.award_item, SHORT),
        }


class Duties(PageView):
    """Who did what in this case, and were the duties kept apart?"""

    template_name = "desk/duties.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        if not self.actor.has_role(Role.AUDITOR, Role.CONTRACTING_OFFICER):
            raise NotVisible("Who did what is for auditors and contracting officers.")
        contract = get_contract_for(self.actor, ids["public_id"])
        done = done_in(contract)
        people = {each.person: each.name for each in done}
        counted = Counter((each.person, each.duty) for each in done)
        kept = separations(done, waived_in(contract))
        return {
            "contract": contract,
            "duties": [duty.label for duty in Duty],
            "rows": [
                (name, [counted[person, duty] for duty in Duty])
                for person, name in people.items()
            ],
            "separations": kept,
            "broken": [each for each in kept if each.broken_by],
        }


PLOTS: Final = ("funds", "tokens", "unusual", "lines")
"""What the page of a burn-down draws."""


class BurnDownPage(PageView):
    """F1: when do the funds and the tokens run out?

    ``?format=csv&what=funds``, ``tokens``, ``unusual`` or ``lines`` hands the figures
    over.
    """

    template_name = "desk/burn_down.html"

    def thing(self, public_id: str) -> Any:
        raise NotImplementedError

    def levers(self, thing: Any) -> dict[str, Any]:
        """What somebody can do about it from this page."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if request.GET.get("format") != "csv":
            return super().get(request, **ids)
        thing = self.thing(ids["public_id"])
        found = burning_of(thing, self.actor, clock.now())
        name = request.GET.get("what", "funds")
        if name not in PLOTS:
            message = "There are no such figures."
            raise NotVisible(message)
        return HttpResponse(
            getattr(found, name).table.csv(),
            content_type="text/csv; charset=utf-8",
            headers=download_headers(f"{thing.piid or 'draft'}-{name}.csv"),
        )

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        thing, at = self.thing(ids["public_id"]), clock.now()
        contract = thing if isinstance(thing, Contract) else thing.contract
        feeds = feeds_of(contract, at) if self.actor.is_agency else []
        return {
            "thing": thing,
            "is_signed": bool(thing.piid),
            "burning": burning_of(thing, self.actor, at) if thing.piid else None,
            "stale": [feed for feed in feeds if feed.is_stale],
            "planned": self._planned(thing) if self.actor.is_agency else [],
            **self.levers(thing),
        }

    def _planned(self, thing: Any) -> list[PlannedUse]:
        """What the forecast counts beside the past."""
        orders = [thing] if isinstance(thing, TaskOrder) else list(thing.orders.all())
        return planned_uses_of(orders)


class OrderBurnDown(BurnDownPage):
    """When do the funds and the tokens of this order run out?"""

    def thing(self, public_id: str) -> TaskOrder:
        return get_task_order_for(self.actor, public_id)

    def levers(self, thing: TaskOrder) -> dict[str, Any]:
        return {
            "contract": thing.contract,
            "order": thing,
            "narrow": urlencode({"order": thing.public_id, "group": "class"}),
            "may_modify": can_draft_modification(self.actor, thing),
        }


class ContractBurnDown(BurnDownPage):
    """When do the funds and the tokens of this contract run out?"""

    def thing(self, public_id: str) -> Contract:
        return get_contract_for(self.actor, public_id)

    def levers(self, thing: Contract) -> dict[str, Any]:
        return {
            "contract": thing,
            "narrow": urlencode({"contract": thing.public_id}),
            "may_modify": can_draft_contract_modification(self.actor, thing),
        }


class Decisions(PageView):
    """Which decisions of the agency can be taken again, to see what comes out?"""

    template_name = "desk/decisions.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        return {"decisions": replays.decisions_for(self.actor)}


class ReplayedDecision(PageView):
    """Under which versions was this decided, and does it come out the same today?"""

    template_name = "desk/decision.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        event = replays.decision_for(self.actor, ids["stream"], ids["seq"])
        return {"replay": replays.replay(event)}


class Search(PageView):
    """Where is the thing that has this number, or these words?"""

    template_name = "desk/search.html"
    public = True

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        text = request.GET.get("q", "").strip()[: search.LONGEST_SEARCH]
        page = search.exact(self.actor, text)
        if page:
            return HttpResponseRedirect(page)
        found = search.found(self.actor, text)
        counted = [min(rows.total, search.COUNTED) for rows in found.values()]
        context = {
            "text": text,
            "found": found,
            "total": sum(counted),
            "most": search.COUNTED,
            "is_more": any(rows.total > search.COUNTED for rows in found.values()),
        }
        return render(request, self.template_name, context)


class Accessibility(PageView):
    """What can people with disabilities rely on?"""

    template_name = "accessibility.html"
    public = True


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Whether the process answers; it asks nobody else."""
    return HttpResponse("live\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether the site can serve: the database answers, and every migration is applied.

    503 with the reason otherwise, within two seconds even if the database hangs.
    """
    reason = _why_not_ready()
    if not reason:
        return HttpResponse("ready\n", content_type="text/plain")
    return HttpResponse(
        f"{reason}\n",
        content_type="text/plain",
        status=503,
        headers={"Retry-After": "5"},
    )


class Problems(PageView):
    """What does each problem code of the API mean?"""

    template_name = "desk/problems.html"
    public = True

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        return {"problems": problems()}


def _why_not_ready() -> str:
    """Ask in a thread, so that a database that hangs does not hang the answer."""
    if not _asking.acquire(blocking=False):
        return "the database has not answered the last question yet"
    said: list[str] = []
    asker = threading.Thread(target=_ask, args=(said,), daemon=True)
    asker.start()
    asker.join(PATIENCE_SECONDS)
    return said[0] if said else "the database does not answer"


def _ask(said: list[str]) -> None:
    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
        waiting = _wanted_migrations() - applied
        said.append(f"{len(waiting)} migrations are not applied" if waiting else "")
    except DatabaseError:
        log.exception("the database does not answer")
        said.append("the database does not answer")
    finally:
        _asking.release()
        connection.close()


@functools.cache
def _wanted_migrations() -> frozenset[tuple[str, str]]:
    """Every migration of this version of the program; the same until it ends."""
    return frozenset(MigrationLoader(None).disk_migrations)


@functools.cache
def problems() -> list[dict[str, Any]]:
    """Every code with its status, rules and meaning, from the refusals themselves."""
    for config in apps.get_app_configs():
        name = f"{config.name}.refusals"
        if config.name.split(".")[0] in {"accounts", "contracting"} and find_spec(name):
            import_module(name)
    by_code: dict[str, dict[str, Any]] = {}
    for kind in _kinds(Refusal):
        problem = by_code.setdefault(
            kind.code,
            {
                "code": kind.code,
                "status": kind.status,
                "retryable": kind.retryable,
                "rules": set(),
                "meanings": [],
            },
        )
        problem["rules"] |= {kind.rule} if kind.rule else set()
        meaning = (kind.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")
        if meaning not in problem["meanings"]:
            problem["meanings"].append(meaning)
    return [
        {**by_code[code], "rules": sorted(by_code[code]["rules"])}
        for code in sorted(by_code)
    ]


def _kinds(kind: type[Refusal]) -> list[type[Refusal]]:
    """A kind of refusal and all below it that belong to the program."""
    below = [each for child in kind.__subclasses__() for each in _kinds(child)]
    ours = kind.__module__.split(".")[0] in {"accounts", "contracting"}
    return [kind, *below] if ours and kind is not Refusal else below
