"""Who signs orders by letter, and what a small buy is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.models import Membership
from accounts.queries import known_vendors
from contracting.contracts.forms import short_day_field, words_field
from contracting.contracts.models import Contract
from contracting.contracts.queries.ordering import appointable
from contracting.documents.forms import SeveralFilesField
from contracting.ledger.queries import lines_of_accounting_of
from contracting.reference.models import AiModel
from contracting.reference.states import Boundary
from contracting.requisitions.forms import (
    day_field,
)


class AppointOrderingOfficerForm(forms.Form):
    """Who signs orders, for which office, up to which amounts, and when."""

    membership = forms.ModelChoiceField(
        Membership.objects.none(), label="Ordering officer", to_field_name="public_id"
    )
    office = forms.CharField(max_length=120, help_text="For which they order.")
    order_limit = forms.DecimalField(
        label="Limit of one order, dollars", max_digits=18, decimal_places=2
    )
    total_limit = forms.DecimalField(
        label="Limit of all their orders together, dollars",
        max_digits=18,
        decimal_places=2,
        required=False,
    )
    valid_from = short_day_field("From")
    valid_to = short_day_field("To, last day")

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["membership"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (typing)
        field.queryset = appointable(contract)


class RevokeOrderingOfficerForm(forms.Form):
    """Why it ends."""

    reason = words_field("Reason")


class BuyTokensForm(forms.Form):
    """One quotation.

    ``classes`` are the labels of its prices, ``listed`` what the public list says of
    them, by code.
    """

    vendor = forms.ModelChoiceField(
        known_vendors(), to_field_name="public_id", empty_label="Choose"
    )
    model = forms.ModelChoiceField(
        AiModel.objects.none(), to_field_name="public_id", empty_label="Choose"
    )
    boundary = forms.ChoiceField(label="Data boundary", choices=Boundary.choices)
    reference = forms.CharField(
        label="How the quotation came, and when, by number, page or name",
        max_length=500,
    )
    attachments = SeveralFilesField(label="The quotation as it came", required=False)
    start = day_field("First day of performance", required=True)
    end = day_field("Last day of performance", required=True)
    line_of_accounting = forms.ModelChoiceField(
        lines_of_accounting_of(None), to_field_name="public_id", empty_label="Choose"
    )
    reason = forms.CharField(
        label="Why the price is fair and reasonable",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=10_000,
    )

    def __init__(
        self,
        *args: Any,
        agency_id: int,
        models: Any,
        classes: Mapping[str, str],
        listed: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        known: Any = self.fields
        known["model"].queryset = models
        known["line_of_accounting"].queryset = lines_of_accounting_of(agency_id)
        for code, label in classes.items():
            self.fields[f"price_{code}"] = forms.DecimalField(
                label=label,
                min_value=0,
                max_digits=12,
                decimal_places=6,
                help_text=listed.get(code, ""),
            )
        prices = [f"price_{code}" for code in classes]
        self.order_fields(["vendor", "model", "boundary", *prices])
