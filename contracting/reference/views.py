"""Pages of reference data: what is in force on a day."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict, require
from contracting.core.plots.tables import rows_as_csv
from contracting.core.views import PageView, VerbView
from contracting.reference import calculations, forms, permissions, queries
from contracting.reference.models import RateProposal
from contracting.reference.operations.confirm_rate import confirm_rate
from contracting.reference.operations.correct_rate import correct_rate
from contracting.reference.operations.import_list_prices import import_list_prices
from contracting.reference.operations.map_model_alias import map_model_alias
from contracting.reference.operations.propose_rate import propose_rate
from contracting.reference.operations.register_model import register_model
from contracting.reference.queries import in_force, price_changes, rates
from contracting.reference.refusals import UnknownTokenClass
from contracting.reference.states import Tier

MOST_SHOWN: Final = 500
"""So many rows stand on the page of what is in force; the file has all."""


class DatedView(PageView):
    """A page that is read as of a day; today when none is asked for."""

    def dated(self) -> tuple[date, forms.OnDayForm]:
        """The day, and the form that chooses another one."""
        today = clock.now().astimezone(UTC).date()
        form = forms.OnDayForm(self.request.GET or None, initial={"on": today})
        chosen = form.cleaned_data["on"] if form.is_valid() else None
        return chosen or today, form


class Index(PageView):
    """What does everybody refer to?"""

    template_name = "reference/index.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        today = clock.now().astimezone(UTC).date()
        return {
            "counts": {
                "models": queries.models_on(today).count(),
                "token_classes": queries.token_classes().count(),
                "thresholds": queries.thresholds_on(today).count(),
                "clauses": queries.clauses_on(today).count(),
                "rules": queries.rules_on(today).count(),
            },
        }


class InForcePage(PageView):
    """Which prices, models and clauses are in force on which day?

    ``?format=csv`` hands over what is filtered; ``all=1`` every version with its days.
    """

    template_name = "reference/in_force.html"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if request.GET.get("format") != "csv":
            response = super().get(request, **ids)
            response.status_code = (
                200 if self._form.is_valid() or not request.GET else 422
            )
            return response
        found = self.context()
        head = ("key", "name", "says", "first", "last", "recorded_at", "by", "citation")
        rows = ([getattr(row, name) for name in head] for row in found["rows"])
        name = f"{found['kind']}-{found['on']}.csv"
        return HttpResponse(
            "".join(rows_as_csv(head, rows)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    @cached_property
    def _form(self) -> forms.InForceForm:
        today = clock.now().astimezone(UTC).date()
        initial = {"on": today, "kind": next(iter(in_force.KINDS))}
        return forms.InForceForm(self.request.GET or None, initial=initial)

    def context(self, **ids: Any) -> dict[str, Any]:
        today = clock.now().astimezone(UTC).date()
        form = self._form
        said = form.cleaned_data if form.is_bound and form.is_valid() else {}
        kind = said.get("kind") or next(iter(in_force.KINDS))
        on, known = said.get("on") or today, said.get("known")
        every = self.request.GET.get("all") == "1"
        rows = (
            in_force.history_of(kind, self.actor, known)
            if every
            else in_force.in_force_on(kind, on, self.actor, known)
        )
        words = said.get("find", "").casefold()
        rows = [r for r in rows if words in f"{r.key} {r.name} {r.says}".casefold()]
        asked = {"kind": kind, "on": on, "find": said.get("find", "")}
        asked |= {"known": known} if known else {}
        return {
            "form": form,
            "table": in_force.KINDS[kind],
            "kind": kind,
            "on": on,
            "known": known,
            "every": every,
            "rows": rows,
            "shown": rows[:MOST_SHOWN],
            "other_url": f"?{urlencode({**asked, 'all': 0 if every else 1})}",
            "csv_url": f"?{urlencode({**asked, 'all': int(every), 'format': 'csv'})}",
            "may_import": permissions.can_import_list_prices(self.actor),
        }


class Models(DatedView):
    """Which models are there, and what do they cost in public?"""

    template_name = "reference/models.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        on, form = self.dated()
        models = list(queries.models_on(on))
        prices = {
            (price.model_id, price.token_class.code): price
            for price in queries.list_prices_on(on, models)
            if price.tier == Tier.STANDARD and price.above_input_tokens == 0
        }
        return {
            "on": on,
            "form": form,
            "rows": [
                {
                    "model": model,
                    "input": prices.get((model.pk, "IN_UNCACHED"))
                    or prices.get((model.pk, "EMBED")),
                    "output": prices.get((model.pk, "OUT_TEXT")),
                }
                for model in models
            ],
            "aliases": queries.aliases_visible_to(self.actor),
            "last_import": queries.last_import(),
            "may_map": permissions.can_map_model_alias(
                self.actor, self.actor.organization_id
            ),
            "may_register": permissions.can_register_model(self.actor),
            "may_import": permissions.can_import_list_prices(self.actor),
        }


class Model(DatedView):
    """What is this snapshot, and what was its list price on a day?"""

    template_name = "reference/model.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        on, form = self.dated()
        model = queries.get_model(ids["model"])
        prices = queries.list_prices_on(on, [model]).order_by(
            "tier", "token_class_id", "above_input_tokens"
        )
        return {"on": on, "form": form, "model": model, "prices": prices}


class TokenClasses(PageView):
    """In which classes are tokens counted?"""

    template_name = "reference/token_classes.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        named = calculations.short_names()
        return {
            "rows": [
                {"row": row, "names": named.get(row.code, [])}
                for row in queries.token_classes()
            ],
            "tokenizers": queries.tokenizers(),
        }


class Thresholds(DatedView):
    """Which numbers hold on this day?"""

    template_name = "reference/thresholds.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        on, form = self.dated()
        return {"on": on, "form": form, "thresholds": queries.thresholds_on(on)}


class Clauses(DatedView):
    """Which clauses does a paper carry on this day?"""

    template_name = "reference/clauses.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        on, form = self.dated()
        return {"on": on, "form": form, "clauses": queries.clauses_on(on)}


class Rules(DatedView):
    """Which rules does the system enforce, and what lifts them?"""

    template_name = "reference/rules.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        on, form = self.dated()
        return {"on": on, "form": form, "rules": queries.rules_on(on)}


class Holidays(PageView):
    """On which days do federal offices rest?"""

    template_name = "reference/holidays.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        this_year = clock.now().astimezone(UTC).year
        form = forms.YearForm(self.request.GET or None, initial={"year": this_year})
        chosen = form.cleaned_data["year"] if form.is_valid() else None
        year = chosen or this_year
        return {"year": year, "form": form, "holidays": queries.holidays_of(year)}


class RegisterModel(VerbView):
    """Register a snapshot of a model."""

    template_name = "reference/register_model.html"
    form_class = forms.ModelForm
    submit_label = "Register this snapshot"
    done_message = (
        "The snapshot is registered. Import list prices to have its public price."
    )

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_register_model(self.actor)

    def initial(self, thing: None) -> dict[str, Any]:
        return {"snapshot": self.request.GET.get("snapshot", "")}

    def extra(self, thing: None) -> dict[str, Any]:
        return {"tokenizers": queries.tokenizers()}

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        model = register_model(**data, by=by, at=at)
        return reverse("reference:model", kwargs={"model": model.public_id})


class MapModelAlias(VerbView):
    """Say what a name seen in usage stands for."""

    template_name = "reference/map_model_alias.html"
    form_class = forms.ModelAliasForm
    submit_label = "Map this name"
    done_message = "The name is mapped. Usage that waits under it can be assigned now."

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_map_model_alias(self.actor, self.actor.organization_id)

    def initial(self, thing: None) -> dict[str, Any]:
        return {"source_name": self.request.GET.get("source_name", "")}

    def form_options(self, thing: None) -> dict[str, Any]:
        today = clock.now().astimezone(UTC).date()
        return {"models": list(queries.models_on(today))}

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        map_model_alias(
            source_name=data["source_name"],
            model_id=queries.get_model(data["model"]).pk,
            agency_id=by.organization_id,
            valid_from=data["valid_from"],
            by=by,
            at=at,
        )
        return f"{reverse('reference:models')}#aliases"


class PreviewListPrices(PageView):
    """What would a list of prices change?

    Nothing is kept: the list travels on to the import with what was read of it.
    """

    template_name = "reference/preview_list_prices.html"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        self._require()
        return render(request, self.template_name, {"form": forms.CarriedListForm()})

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        self._require()
        form = forms.CarriedListForm(request.POST, request.FILES)
        found: dict[str, Any] = {"form": form}
        if form.is_valid():
            try:
                found["diff"] = price_changes.price_diff(form.carried, clock.now())
            except UnknownTokenClass as refusal:
                form.add_error("file", refusal.message)
            else:
                found["ready"] = forms.ImportListPricesForm(initial=form.cleaned_data)
                found["form_token"] = secrets.token_urlsafe(24)
        status = 200 if "diff" in found else 422
        return render(request, self.template_name, found, status=status)

    def _require(self) -> None:
        require(permissions.can_import_list_prices(self.actor))


class ImportListPrices(VerbView):
    """Import the public list prices of the installed release, or of a carried list."""

    template_name = "reference/import_list_prices.html"
    form_class = forms.ImportListPricesForm
    submit_label = "Import list prices"
    done_message = "The list prices are imported."

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_import_list_prices(self.actor)

    def extra(self, thing: None) -> dict[str, Any]:
        return {
            "catalogue": calculations.CATALOGUE,
            "version": calculations.catalogue_version(),
            "last_import": queries.last_import(),
            "diff": price_changes.price_diff(None, clock.now()),
        }

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        import_list_prices(carried=data["carried"], by=by, at=at)
        return reverse("reference:models")


class RatesPage(PageView):
    """Which rates of interest were entered, and which wait for a second person?"""

    template_name = "reference/rates.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        by = self.actor
        rows = list(rates.rate_proposals_for(by))
        return {
            "rows": [(each, permissions.can_confirm_rate(by, each)) for each in rows],
            "waiting": sum(
                not hasattr(each, "confirmation") and not each.is_replaced  # type: ignore[attr-defined]
                for each in rows
            ),
            "may_propose": permissions.can_propose_rate(by),
        }


class ProposeRate(VerbView):
    """Enter a rate as it was published."""

    template_name = "reference/propose_rate.html"
    form_class = forms.ProposeRateForm
    submit_label = "Enter this rate"
    done_message = "The rate is entered. It is in force once somebody else confirms it."

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_propose_rate(self.actor)

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        propose_rate(**data, by=by, at=at)
        return reverse("reference:rates")


class CorrectRate(VerbView):
    """A rate was recorded wrong: say what was published."""

    template_name = "reference/correct_rate.html"
    form_class = forms.CorrectRateForm
    submit_label = "Enter this correction"
    done_message = (
        "The correction is entered. It takes the place of the wrong rate once somebody "
        "else confirms it."
    )

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_propose_rate(self.actor)

    def form_options(self, thing: None) -> dict[str, Any]:
        rows = rates.rates_in_force()
        return {
            "in_force": [
                (
                    f"{row.code} {row.valid_from.isoformat()}",
                    f"{row.label} from {row.valid_from.isoformat()}: {row.plain}",
                )
                for row in rows
            ]
        }

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        code, first_day = data.pop("rate").split(" ")
        correct_rate(
            code=code, first_day=date.fromisoformat(first_day), **data, by=by, at=at
        )
        return reverse("reference:rates")


class ConfirmRate(VerbView):
    """Compare a rate with its source, and put it in force."""

    template_name = "reference/confirm_rate.html"
    form_class = forms.ConfirmRateForm
    submit_label = "Confirm this rate"
    done_message = "The rate is in force for its days."

    def thing(self, *_: Any, **ids: Any) -> RateProposal:
        return rates.get_rate_proposal_for(self.actor, ids["public_id"])

    def verdict(self, thing: RateProposal) -> Verdict:
        return permissions.can_confirm_rate(self.actor, thing)

    def perform(
        self, *, thing: RateProposal, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        confirm_rate(proposal_id=thing.pk, by=by, at=at)
        return reverse("reference:rates")
