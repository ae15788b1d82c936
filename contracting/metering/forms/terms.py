"""Forms of the terms of usage: limits, outcomes, records, keys, releases."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.metering.forms import HeldCallsForm
from contracting.metering.models import UsageSource
from contracting.metering.operations.map_key import MappedTo
from contracting.metering.queries import (
    models_priced_on,
    orders_to_assign_to,
    sources_visible_to,
)
from contracting.metering.states import RELEASABLE, Outcome
from contracting.modifications.models import ContractModification
from contracting.orders.states import ModificationState
from contracting.reference.models import AiModel


def _day(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}), **more
    )


def _number(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, required=False)


def _words(label: str = "Reason") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )


class UsageLimitForm(forms.Form):
    """What the contract allows of a model; what is empty is as the model has it."""

    model = forms.ModelChoiceField(AiModel.objects.none(), label="Model")
    max_output_tokens = _number("Most output tokens of a call")
    context_tokens = _number("Most input tokens of a call")
    calls_per_minute = _number("Most calls in a minute")
    tokens_per_minute = _number("Most tokens in a minute")
    latency_ms = _number("Slower than this is timed out, milliseconds")
    first_day = _day("First day")
    says_so = forms.CharField(
        label="Where the contract says so", max_length=200, help_text="Its clause."
    )

    def __init__(self, *args: Any, contract: Contract, **more: Any) -> None:
        super().__init__(*args, **more)
        models = self.fields["model"]
        assert isinstance(models, forms.ModelChoiceField)  # noqa: S101 (typing)
        models.queryset = models_priced_on(contract)


class OutcomePolicyForm(forms.Form):
    """Whether calls that end so are charged, from which day, by which modification."""

    outcome = forms.ChoiceField(
        label="How the call ended",
        choices=[(value, str(label).capitalize()) for value, label in Outcome.choices],
    )
    charges_input = forms.BooleanField(label="Input is charged", required=False)
    charges_output = forms.BooleanField(label="Output is charged", required=False)
    first_day = _day("First day")
    modification = forms.ModelChoiceField(
        ContractModification.objects.none(),
        label="By modification",
        required=False,
        empty_label="None: it would be refused",
    )

    def __init__(self, *args: Any, contract: Contract, **more: Any) -> None:
        super().__init__(*args, **more)
        signed = self.fields["modification"]
        assert isinstance(signed, forms.ModelChoiceField)  # noqa: S101 (typing)
        signed.queryset = contract.modifications.filter(
            state=ModificationState.ISSUED
        ).order_by("pk")


class SourceOfRecordForm(forms.Form):
    """Which source an order is charged by, and for which of its keys."""

    source = forms.ModelChoiceField(UsageSource.objects.none(), label="Source")
    key_ref = forms.CharField(
        label="Only for this key",
        max_length=120,
        required=False,
        help_text="As the gateway names it; every other key if left empty.",
    )
    first_day = _day("First day")
    last_day = _day("Last day", required=False, help_text="Empty: until changed.")
    reason = _words()

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        sources = self.fields["source"]
        assert isinstance(sources, forms.ModelChoiceField)  # noqa: S101 (typing)
        sources.queryset = sources_visible_to(actor).filter(closed_at__isnull=True)


class ReleaseUsageForm(HeldCallsForm):
    """Which held calls pass, and by which word."""

    dispute = forms.CharField(
        label="Dispute",
        max_length=80,
        required=False,
        help_text="Its number; an estimate is charged by a decided dispute only.",
    )
    field_order = ("group", "event_id", "dispute", "reason")

    def __init__(self, *args: Any, agency_id: int, **more: Any) -> None:
        super().__init__(*args, agency_id=agency_id, **more)
        self.keep_groups(RELEASABLE)


class MapKeyForm(forms.Form):
    """Whose a key of the gateway is."""

    key_ref = forms.CharField(
        label="Key",
        max_length=120,
        help_text="As the gateway names it in its events; never the secret itself.",
    )
    source = forms.ModelChoiceField(
        UsageSource.objects.none(),
        label="Only of this source",
        required=False,
        empty_label="Whichever source names it",
    )
    order = forms.ChoiceField(label="Order and line")
    project = forms.CharField(label="Project", max_length=120, required=False)
    first_day = _day("First day")
    last_day = _day("Last day", required=False, help_text="Empty: until changed.")
    reason = _words()

    def __init__(self, *args: Any, actor: Actor, agency_id: int, **more: Any) -> None:
        super().__init__(*args, **more)
        sources, orders = self.fields["source"], self.fields["order"]
        assert isinstance(sources, forms.ModelChoiceField)  # noqa: S101 (typing)
        assert isinstance(orders, forms.ChoiceField)  # noqa: S101 (typing)
        sources.queryset = sources_visible_to(actor).filter(closed_at__isnull=True)
        self._places: dict[str, tuple[int, int | None]] = {}
        choices = [("", "Choose an order")]
        for order in orders_to_assign_to(agency_id):
            choices.append((order.public_id, f"{order.piid} {order.title}"))
            self._places[order.public_id] = (order.pk, None)
            for line in order.current_lines():
                words = f"{order.piid} line {line.clin}: {line.description}"
                choices.append((line.public_id, words))
                self._places[line.public_id] = (order.pk, line.pk)
        orders.choices = choices

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        place = self._places.get(data.get("order", ""))
        if place is not None:
            data["to"] = MappedTo(*place, data.get("project", ""))
        return data


class UnmapKeyForm(forms.Form):
    """With which day a mapping ends."""

    last_day = _day("Last day", help_text="Calls of the key after it are held.")
    reason = _words()


class CloseSourceForm(forms.Form):
    """Why a source reports no more."""

    reason = _words()
