"""Forms of the usage pages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django import forms

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import is_plausible
from contracting.metering.models import UsageSource
from contracting.metering.operations.assign_to_order import Belonging
from contracting.metering.queries import (
    HeldCalls,
    HeldGroup,
    orders_to_assign_to,
    sources_visible_to,
    suspense,
)
from contracting.metering.queries.explored import GROUPINGS
from contracting.metering.states import (
    ControlMode,
    DisposalCode,
    LimitScope,
    SourceKind,
)
from contracting.orders.models import TaskOrder
from contracting.orders.queries import visible_to
from contracting.reference.forms import Day
from contracting.reference.models import AiModel
from contracting.reference.queries import token_classes
from contracting.reference.states import Tier


class RegisterSourceForm(forms.Form):
    """A gateway that will report."""

    code = forms.CharField(
        label="Source",
        max_length=120,
        help_text="Exactly as its events name it, for example urn:gateway:examples.",
    )
    label = forms.CharField(label="Name", max_length=120)
    kind = forms.ChoiceField(
        label="What it is",
        choices=SourceKind.choices,
        initial=SourceKind.GATEWAY,
        help_text="A gateway reports its own records and the answers that it passed "
        "on; a provider's log is what the provider or a reseller has recorded.",
    )


class ExploreForm(forms.Form):
    """Which usage is shown, in which days, and how it is grouped."""

    first = forms.DateField(label="From", widget=Day, required=False)
    last = forms.DateField(label="To", widget=Day, required=False)
    group = forms.ChoiceField(
        label="Group by",
        choices=[(code, each.label) for code, each in GROUPINGS.items()],
        required=False,
    )
    contract = forms.ModelChoiceField(
        Contract.objects.none(),
        label="Contract",
        required=False,
        empty_label="All",
        to_field_name="public_id",
    )
    order = forms.ModelChoiceField(
        TaskOrder.objects.none(),
        label="Order",
        required=False,
        empty_label="All",
        to_field_name="public_id",
    )
    model = forms.ModelChoiceField(
        AiModel.objects.none(),
        label="Model",
        required=False,
        empty_label="All",
        to_field_name="public_id",
    )
    token_class = forms.ChoiceField(label="Token class", required=False)
    tier = forms.ChoiceField(
        label="Service tier", choices=[("", "All"), *Tier.choices], required=False
    )
    key = forms.CharField(label="Key", max_length=200, required=False)
    project = forms.CharField(label="Project", max_length=120, required=False)
    by = forms.ChoiceField(
        choices=[("tokens", "Tokens"), ("cost", "Cost")],
        required=False,
        widget=forms.HiddenInput,
    )

    @property
    def always(self) -> list[forms.BoundField]:
        """What everybody chooses; the rest narrows it further."""
        return [self[name] for name in ("first", "last", "group")]

    @property
    def narrowing(self) -> list[forms.BoundField]:
        """What shows a part of it alone."""
        named = ("contract", "order", "model", "token_class", "tier", "key", "project")
        return [self[name] for name in named]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        orders = visible_to(actor).filter(piid__isnull=False).order_by("piid")
        contracts = Contract.objects.filter(pk__in=orders.values("contract"))
        for name, rows in (
            ("order", orders),
            ("contract", contracts.order_by("piid")),
            ("model", AiModel.objects.order_by("snapshot")),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (typing)
            field.queryset = rows
        classes = self.fields["token_class"]
        assert isinstance(classes, forms.ChoiceField)  # noqa: S101 (typing)
        known = [(row.code, row.label) for row in token_classes()]
        classes.choices = [("", "All"), *known]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        for day in (first, last):
            if day and not is_plausible(day):
                message = "Choose days between the years 2000 and 2100."
                raise forms.ValidationError(message)
        if first and last and last < first:
            message = "The last day is before the first: choose a later one."
            raise forms.ValidationError(message)
        return cleaned


class LastDayForm(forms.Form):
    """The last of the days that are shown."""

    last = forms.DateField(label="Seven days up to", widget=Day, required=False)

    def clean_last(self) -> date | None:
        last: date | None = self.cleaned_data["last"]
        if last is not None and not is_plausible(last):
            message = "Choose a day between the years 2000 and 2100."
            raise forms.ValidationError(message)
        return last


class HeldCallsForm(forms.Form):
    """Which held calls are meant, and why something is done with them."""

    group = forms.ChoiceField(label="Held calls")
    event_id = forms.CharField(
        label="Only this call",
        max_length=200,
        required=False,
        help_text="The id of one event of the group; all of its calls if left empty.",
    )
    reason = forms.CharField(
        label="Reason", max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, agency_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._groups = {group.key: group for group in suspense(agency_id)}
        self._choices("group", [(k, _words(g)) for k, g in self._groups.items()])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (typing)
        field.choices = choices

    def keep_groups(self, reasons: Collection[str]) -> None:
        """Offer those held for these reasons alone."""
        self._groups = {k: g for k, g in self._groups.items() if g.reason in reasons}
        self._choices("group", [(k, _words(g)) for k, g in self._groups.items()])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        group = self._groups.get(data.get("group", ""))
        if group is not None:
            data["calls"] = HeldCalls(
                group.reason, group.detail, group.order_ref, data.get("event_id", "")
            )
        return data


def _words(group: HeldGroup) -> str:
    calls = "1 call" if group.events == 1 else f"{group.events:,} calls"
    named = "" if group.detail == group.order_ref else f", {group.detail}"
    return f"{calls} of {group.order_ref}: {group.reason_label}{named}"


class AssignUsageToOrderForm(HeldCallsForm):
    """The order that held calls belong to, and what else the calls have wrong."""

    order = forms.ChoiceField(label="Order and line")
    model = forms.ModelChoiceField(
        AiModel.objects.none(),
        label="Model",
        required=False,
        to_field_name="public_id",
        empty_label="As the calls name it",
    )
    token_class = forms.ChoiceField(
        label="Class of the tokens whose class is unknown", required=False
    )
    field_order = ("group", "event_id", "order", "model", "token_class", "reason")

    def __init__(self, *args: Any, agency_id: int, **kwargs: Any) -> None:
        super().__init__(*args, agency_id=agency_id, **kwargs)
        self._orders: dict[str, tuple[int, int | None]] = {}
        places = []
        for order in orders_to_assign_to(agency_id):
            places.append((order.public_id, f"{order.piid} {order.title}"))
            self._orders[order.public_id] = (order.pk, None)
            for line in order.current_lines():
                place = f"{order.piid} line {line.clin}: {line.description}"
                places.append((line.public_id, place))
                self._orders[line.public_id] = (order.pk, line.pk)
        self._choices("order", [("", "Choose an order"), *places])
        classes = [(c.code, f"{c.label} ({c.code})") for c in token_classes()]
        self._choices("token_class", [("", "No class is unknown"), *classes])
        models = self.fields["model"]
        assert isinstance(models, forms.ModelChoiceField)  # noqa: S101 (typing)
        models.queryset = AiModel.objects.order_by("snapshot")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        order_id, line_id = self._orders.get(data.get("order", ""), (None, None))
        if order_id is not None:
            model = data.get("model")
            data["to"] = Belonging(
                order_id=order_id,
                order_line_id=line_id,
                model_id=None if model is None else model.pk,
                token_class_code=data.get("token_class", ""),
            )
        return data


class DisposeUsageForm(HeldCallsForm):
    """Why held calls are charged to nobody."""

    code = forms.ChoiceField(
        label="Why they are charged to nobody",
        choices=[("", "Choose a code"), *DisposalCode.choices],
    )
    field_order = ("group", "event_id", "code", "reason")


class CorrectUsageForm(forms.Form):
    """A signed change of one class of one event."""

    source = forms.ModelChoiceField(UsageSource.objects.none(), label="Source")
    event_id = forms.CharField(label="Event to correct", max_length=200)
    correction_id = forms.CharField(
        label="Id of the correction",
        max_length=200,
        help_text="A new id; sending it twice corrects once.",
    )
    token_class = forms.ChoiceField(label="Token class")
    change = forms.IntegerField(
        label="Change in tokens", help_text="For example -120 takes back 120 tokens."
    )
    reason = forms.CharField(label="Reason", max_length=200)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources, classes = self.fields["source"], self.fields["token_class"]
        assert isinstance(sources, forms.ModelChoiceField)  # noqa: S101 (typing)
        assert isinstance(classes, forms.ChoiceField)  # noqa: S101 (typing)
        sources.queryset = sources_visible_to(actor)
        classes.choices = [(c.code, f"{c.label} ({c.code})") for c in token_classes()]


class LimitSpendingForm(forms.Form):
    """The most that may be used of an order, a contract line, a project or a key."""

    scope = forms.ChoiceField(
        label="What is limited",
        choices=[
            (each.value, each.label)
            for each in (
                LimitScope.ORDER,
                LimitScope.CLIN,
                LimitScope.PROJECT,
                LimitScope.KEY,
            )
        ],
    )
    name = forms.CharField(
        label="Name",
        max_length=120,
        required=False,
        help_text="The CLIN, the project, or the key as gateways name it; not for an "
        "order.",
    )
    tokens = forms.IntegerField(
        label="Tokens",
        min_value=0,
        max_value=10**15,
        required=False,
        help_text="Empty: no limit in tokens.",
    )
    dollars = forms.DecimalField(
        label="Dollars",
        min_value=0,
        max_digits=18,
        decimal_places=2,
        required=False,
        help_text="Empty: no limit in dollars. Both empty lift the limit.",
    )
    valid_from = forms.DateField(label="First day", widget=Day())
    reason = forms.CharField(label="Reason", max_length=400)


class ChooseControlForm(forms.Form):
    """Whether calls stop at the limit, and how long a grant holds."""

    mode = forms.ChoiceField(label="Control", choices=ControlMode.choices)
    lease_seconds = forms.IntegerField(
        label="Seconds of a lease",
        min_value=10,
        max_value=86_400,
        help_text="How long a grant holds its reserve; longer than any call takes.",
    )
    silence_seconds = forms.IntegerField(
        label="Seconds of silence",
        min_value=60,
        max_value=2_592_000,
        required=False,
        help_text="A source that has told of no usage for longer, by a batch, a "
        "settlement or a heartbeat, gets no room. Empty: as long as before the alarm "
        "of silent sources.",
    )
    reason = forms.CharField(label="Reason", max_length=400)
