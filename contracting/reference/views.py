"""Pages of reference data: what is in force on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.reference import calculations, forms, permissions, queries
from contracting.reference.operations.import_list_prices import import_list_prices
from contracting.reference.operations.map_model_alias import map_model_alias
from contracting.reference.operations.register_model import register_model
from contracting.reference.states import Tier


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


class ImportListPrices(VerbView):
    """Import the public list prices of the installed release."""

    template_name = "reference/import_list_prices.html"
    submit_label = "Import list prices"
    done_message = "The list prices of the installed release are imported."

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_import_list_prices(self.actor)

    def extra(self, thing: None) -> dict[str, Any]:
        return {
            "catalogue": calculations.CATALOGUE,
            "version": calculations.catalogue_version(),
            "last_import": queries.last_import(),
        }

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        import_list_prices(by=by, at=at)
        return reverse("reference:models")
