"""F2: who uses what, how much of it, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, Literal
from urllib.parse import urlencode

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.functional import cached_property

from contracting.core import clock
from contracting.core.plots import words
from contracting.core.plots.mix import Mix, mix
from contracting.core.plots.tables import Column, Plot, Table, rows_as_csv
from contracting.documents.queries import download_headers
from contracting.metering.calculations.grouping import buckets, step_words
from contracting.metering.forms import ExploreForm
from contracting.metering.models import SavedView
from contracting.metering.queries import explored
from contracting.metering.queries.explored import GROUPINGS, Asked, Group
from contracting.metering.queries.keyed import not_sorted
from contracting.metering.queries.saved import views_visible_to
from contracting.metering.views import AgencyPage

DAYS_AT_FIRST: Final = 30
MOST_GROUPS: Final = 200
NARROWING: Final = (
    *("contract", "order", "model", "token_class", "tier"),
    *("key", "project"),
)
NOT_SORTED: Final = "Not sorted by key yet"
WHEN_SORTED: Final = "within minutes of the last call"
DETAIL: Final = (
    "day",
    "contract",
    "order",
    "clin",
    "model",
    "token_class",
    "tier",
    "tokens",
    "dollars",
)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A row of the table: a group with its shares in percent and where it leads."""

    group: Group
    of_tokens: Decimal
    of_cost: Decimal
    url: str


class UsageExplorer(AgencyPage):
    """Who uses what?

    ``?format=csv`` hands over the groups, ``?format=csv&what=mix`` the figures of the
    drawing and ``?format=csv&what=days`` every daily sum, however many there are. By
    key or project the days are read from what is sorted by them.
    """

    template_name = "metering/usage_explorer.html"

    @cached_property
    def form(self) -> ExploreForm:
        """What the address says; where it says nothing, the last thirty days."""
        last = explored.today_of(self.agency_id(), clock.now())
        first = last - timedelta(days=DAYS_AT_FIRST - 1)
        initial = {"first": first, "last": last}
        return ExploreForm(self.request.GET or None, initial=initial, actor=self.actor)

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponseBase:  # type: ignore[override]
        if request.GET.get("format") == "csv":
            return self._file()
        status = 200 if self._is_right else 422
        response = super().get(request, **ids)
        response.status_code = status
        return response

    @property
    def _is_right(self) -> bool:
        return not self.form.is_bound or self.form.is_valid()

    @cached_property
    def asked(self) -> Asked:
        """What the address asks for; the last thirty days where it says nothing."""
        today = explored.today_of(self.agency_id(), clock.now())
        said = self.form.cleaned_data if self._is_right and self.form.is_bound else {}
        last = said.get("last") or today
        first = said.get("first") or last - timedelta(days=DAYS_AT_FIRST - 1)
        return Asked(
            min(first, last),
            last,
            contract=said.get("contract"),
            order=said.get("order"),
            model=said.get("model"),
            token_class=said.get("token_class", ""),
            tier=said.get("tier", ""),
            key=said.get("key", "").strip(),
            project=said.get("project", "").strip(),
        )

    @property
    def group(self) -> str:
        said = self.form.cleaned_data if self._is_right and self.form.is_bound else {}
        return said.get("group") or next(iter(GROUPINGS))

    @property
    def by(self) -> Literal["tokens", "dollars"]:
        return "dollars" if self.request.GET.get("by") == "cost" else "tokens"

    def context(self, **ids: Any) -> dict[str, Any]:
        agency_id = self.agency_id()
        rows = explored.usage_asked(self.actor, self.asked)
        found = self._groups(rows)
        plot = self._plot(rows)
        used = explored.days_of_use(self.actor) if not found else None
        return {
            "form": self.form,
            "asked": self.asked,
            "is_narrowed": any(self.request.GET.get(name) for name in NARROWING),
            "answer": self._answer(found),
            "plot": plot,
            "grouping": GROUPINGS[self.group],
            "rows": self._rows(found)[:MOST_GROUPS],
            "row_count": len(found),
            "tokens": sum(each.tokens for each in found),
            "dollars": sum((each.dollars for each in found), Decimal(0)),
            "by": self.by,
            "tokens_url": self.address(by=None),
            "cost_url": self.address(by="cost"),
            "groups_csv": self.address(format="csv"),
            "mix_csv": self.address(format="csv", what="mix"),
            "days_csv": self.address(format="csv", what="days"),
            "query": self.request.GET.urlencode(),
            "views": self._views(),
            "save_url": self._save_url(),
            "used": used,
            "all_url": f"?{urlencode({'first': used[0], 'last': used[1]})}"
            if used
            else "",
            "received_through": explored.received_through(agency_id),
        }

    def _views(self) -> list[tuple[SavedView, bool]]:
        """Saved views, each with whether it is one's own."""
        mine = self.actor.own_membership_id
        return [(each, each.owner_id == mine) for each in views_visible_to(self.actor)]

    def _save_url(self) -> str:
        asked = self.address(format=None, what=None)
        return f"{reverse('metering:save_view')}{asked if asked != '?' else ''}"

    def _groups(self, rows: Any) -> list[Group]:
        """The groups; by key or project with what is not sorted by them yet."""
        if self.group not in explored.BY_NAME or self.asked.is_of_a_name:
            return explored.groups(rows, self.group)
        keyed = explored.usage_asked(self.actor, self.asked, keyed=True)
        found = explored.groups(keyed, self.group)
        tokens, dollars = not_sorted(rows, keyed)
        if tokens or dollars:
            narrows = ("group", "class")
            found.append(Group(NOT_SORTED, WHEN_SORTED, narrows, tokens, dollars))
        return found

    def address(self, **changes: str | None) -> str:
        """This page with some of its filter changed; ``None`` takes a part away."""
        query = self.request.GET.copy()
        for name in ("format", "what", *changes):
            query.pop(name, None)
        for name, value in changes.items():
            if value is not None:
                query[name] = value
        return f"?{query.urlencode()}"

    def _plot(self, rows: Any) -> Plot:
        asked = self.asked
        found = buckets(explored.kinds_by_day(rows), asked.first, asked.last)
        step = step_words(asked.first, asked.last)
        note = f"By {step}; a day is a whole day in the time zone of its contract."
        return mix(Mix("mix", found, self.by, [note], asked.first, asked.last))

    def _answer(self, found: list[Group]) -> str:
        days = f"{words.day(self.asked.first)} to {words.day(self.asked.last)}"
        if not found:
            return f"Nothing that fits was used from {days}."
        tokens = sum(each.tokens for each in found)
        dollars = sum((each.dollars for each in found), Decimal(0))
        first = found[0]
        said = f"{words.tokens(tokens)} tokens for {words.dollars(dollars)}, {days}."
        if len(found) == 1:
            return f"{said} All of it: {first.label}."
        share = _shares([each.dollars for each in found])[0]
        return f"{said} {first.label} is {share}% of the cost."

    def _rows(self, found: list[Group]) -> list[GroupRow]:
        of_tokens = _shares([Decimal(each.tokens) for each in found])
        of_cost = _shares([each.dollars for each in found])
        return [
            GroupRow(
                each,
                tokens,
                cost,
                self.address(**{"group": "class", **dict([each.narrows])}),
            )
            for each, tokens, cost in zip(found, of_tokens, of_cost, strict=True)
        ]

    def _file(self) -> HttpResponseBase:
        """A file of what is filtered; the filter that is wrong gives no file."""
        self.agency_id()
        if not self._is_right:
            return super().get(self.request)
        rows = explored.usage_asked(self.actor, self.asked)
        name = f"usage-{self.asked.first}-{self.asked.last}"
        what = self.request.GET.get("what", "")
        if what == "days":
            return StreamingHttpResponse(
                rows_as_csv(DETAIL, explored.detail_rows(rows)),
                content_type="text/csv; charset=utf-8",
                headers=download_headers(f"{name}-days.csv"),
            )
        if what == "mix":
            table, name = self._plot(rows).table, f"{name}-kinds"
        else:
            table = _table(GROUPINGS[self.group].label, self._groups(rows))
        return HttpResponse(
            table.csv(),
            content_type="text/csv; charset=utf-8",
            headers=download_headers(f"{name}.csv"),
        )


def _shares(parts: list[Decimal]) -> list[Decimal]:
    """Shares of parts; what a correction has taken below zero has none."""
    return words.shares([max(part, Decimal(0)) for part in parts])


def _table(label: str, found: list[Group]) -> Table:
    columns = (
        Column(label),
        Column("Also"),
        Column("Tokens", "tokens"),
        Column("US dollars", "dollars"),
    )
    rows = tuple((each.label, each.detail, each.tokens, each.dollars) for each in found)
    totals = (
        "Together",
        "",
        sum(each.tokens for each in found),
        sum((each.dollars for each in found), Decimal(0)),
    )
    return Table(f"Usage by {label.lower()}", columns, rows, totals)
