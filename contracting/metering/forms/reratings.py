"""Forms of usage that is rated anew, and of what was known of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django import forms

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import BadPeriod, day_bounds
from contracting.metering.queries import orders_to_assign_to
from contracting.orders.models import TaskOrder
from contracting.reference.forms import Day


class RerateUsageForm(forms.Form):
    """Which usage is looked at again, and why."""

    contract = forms.ModelChoiceField(Contract.objects.none(), label="Contract")
    order = forms.ModelChoiceField(
        TaskOrder.objects.none(),
        label="Only this order",
        required=False,
        empty_label="Every order of the contract",
    )
    first_day = forms.DateField(label="First day", widget=Day)
    last_day = forms.DateField(
        label="Last day",
        widget=Day,
        help_text="Inclusive; days in the time zone of the contract.",
    )
    reason = forms.CharField(
        label="Reason",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Which price, name or key is known otherwise, and by which paper.",
    )

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        orders = orders_to_assign_to(actor.own_organization_id)
        for name, rows in (
            ("contract", Contract.objects.filter(orders__in=orders).distinct()),
            ("order", orders),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (typing)
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Days in their order, and an order of the contract.

        :raises ValidationError: otherwise, at the field that is wrong
        """
        found = super().clean() or {}
        first, last = found.get("first_day"), found.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day is not before the first.")
        order, contract = found.get("order"), found.get("contract")
        if order and contract and order.contract_id != contract.pk:
            self.add_error("order", f"It is no order of contract {contract.piid}.")
        return found


class ReviewRunForm(forms.Form):
    """The report that was read; another one is not posted."""

    content_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


class KnownOnForm(forms.Form):
    """The instant at which something was known, or the end of a day."""

    known_on = forms.CharField(
        label="As known at the end of",
        widget=Day,
        required=False,
        max_length=40,
        help_text="A day in the time zone of the contract.",
    )

    def __init__(self, *args: Any, zone: str, now: datetime, **more: Any) -> None:
        super().__init__(*args, **more)
        self._zone, self._now = zone, now
        if zone == "UTC":
            self.fields["known_on"].help_text = "A day in UTC."

    def clean_known_on(self) -> datetime:
        """The instant; now where nothing is asked for.

        :raises ValidationError: if it is neither a day nor an instant with its zone
        """
        text = self.cleaned_data["known_on"].strip()
        if not text:
            return self._now
        wrong = forms.ValidationError(
            "Give a day such as 2026-05-20, or an instant with its zone such as "
            "2026-05-20T14:00:00Z."
        )
        try:
            if len(text) == len("2026-05-20"):
                day = date.fromisoformat(text)
                return min(day_bounds(day, self._zone).end, self._now)
            at = datetime.fromisoformat(text)
            if at.tzinfo is None:
                raise wrong
            return min(at.astimezone(UTC), self._now)
        except (ValueError, OverflowError, BadPeriod) as error:
            raise wrong from error
