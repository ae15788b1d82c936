"""What a page asks for to add a line whose price depends on its volume."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from contracting.contracts.models import Contract
from contracting.core.quantities import Dollars, LossyAmount, Tokens, UnitPrice
from contracting.modifications.states import (
    LineDraft,
    Proposal,
    RateDraft,
    StepDraft,
)
from contracting.orders.states import ModificationAuthority
from contracting.reference.queries import models_on, token_classes
from contracting.reference.states import (
    UNITS_OF,
    Boundary,
    CountedOver,
    CountedPer,
    PriceStructure,
)
from contracting.requisitions.forms import (
    ChoiceRow,
    GridForm,
    RemovableRows,
    day_field,
    text_field,
)

_NUMBER = {"inputmode": "decimal", "class": "dd-num"}


class StepsField(forms.CharField):
    """Steps as people write them: ``1,000,000 = 1.50; 3,000,000 = 1.00``."""

    def clean(self, value: Any) -> list[StepDraft]:
        text = super().clean(value)
        return [_step(part) for part in text.split(";") if part.strip()]


def _step(text: str) -> StepDraft:
    start, sign, price = text.partition("=")
    tokens = start.replace(",", "").strip()
    try:
        if sign and tokens.isascii() and tokens.isdigit() and len(tokens) <= 16:
            return StepDraft(Tokens(int(tokens)), UnitPrice(price.strip(" $")))
    except (LossyAmount, InvalidOperation):
        pass
    message = (
        f"{text.strip()[:40]!r} is no step. Write the volume and the price from there "
        "on, such as 1,000,000 = 1.50, and a semicolon between two steps."
    )
    raise forms.ValidationError(message)


class VolumePriceRow(ChoiceRow):
    """One class of one model: its first price and its steps, or what it burns."""

    slin = forms.CharField(label="Subline", min_length=6, max_length=6)
    snapshot = forms.ChoiceField(label="Model")
    token_class = forms.ChoiceField(label="Class")
    price = forms.DecimalField(
        label="Tiers: first price, dollars per million tokens",
        min_value=0,
        max_digits=12,
        decimal_places=6,
        required=False,
        widget=forms.TextInput(attrs=_NUMBER),
    )
    steps = StepsField(
        label="Tiers: from volume = price; …", max_length=400, required=False
    )
    multiplier = forms.DecimalField(
        label="Pool: ACU per million tokens",
        min_value=0,
        max_digits=12,
        decimal_places=6,
        required=False,
        widget=forms.TextInput(attrs=_NUMBER),
    )


class DraftVolumeLineForm(GridForm):
    """The line, over what its volume is counted, and the words of the agreement."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    structure = forms.ChoiceField(
        label="Price structure",
        choices=[
            (each.value, each.label)
            for each in (PriceStructure.TIERS, PriceStructure.POOL)
        ],
        widget=forms.RadioSelect,
        help_text="An envelope with overage is tiers whose first step is free: write "
        "0 = 0, and the overage price from the end of the envelope on.",
    )
    clin = forms.CharField(label="Contract line", min_length=4, max_length=4)
    line_description = forms.CharField(label="What is bought", max_length=200)
    estimated_tokens = forms.IntegerField(label="Estimated tokens", min_value=1)
    ceiling = forms.DecimalField(
        label="Not to exceed, dollars", max_digits=18, decimal_places=2
    )
    counted_over = forms.ChoiceField(
        label="Volume counted over", choices=CountedOver.choices
    )
    counted_per = forms.ChoiceField(label="Volume counted", choices=CountedPer.choices)
    usd_per_acu = forms.DecimalField(
        label="Pool: dollars per unit (ACU)",
        min_value=0,
        max_digits=12,
        decimal_places=6,
        required=False,
        widget=forms.TextInput(attrs=_NUMBER),
    )
    boundary = forms.ChoiceField(label="Data boundary", choices=Boundary.choices)
    first_day = day_field("First day of its prices")
    citation = forms.CharField(max_length=120, initial="FAR 43.103(a)")
    description = text_field("Description (block 14)", "What is added, and why.", 4)
    scope = text_field(
        "Why it lies within the scope of the contract", "For the file.", 3
    )
    price_memo = text_field("Price memo", "Why the prices are fair.", 4)

    grid_class = forms.formset_factory(
        VolumePriceRow,
        formset=RemovableRows,
        extra=4,
        can_delete=True,
        can_delete_extra=False,
        max_num=100,
    )

    def __init__(self, *args: Any, contract: Contract, on: date, **more: Any) -> None:
        self.contract = contract
        self.on = on
        choices = {
            "token_class": [(each.code, each.label) for each in token_classes()],
            "snapshot": [(each.snapshot, each.snapshot) for each in models_on(on)],
        }
        super().__init__(*args, choices=choices, **more)
        self.fields["first_day"].required = True

    def clean(self) -> dict[str, Any]:
        """The agreement as the verb takes it."""
        cleaned = super().clean()
        if self.errors:
            return cleaned
        words = ("citation", "description", "scope", "price_memo")
        cleaned["proposal"] = Proposal(
            authority=ModificationAuthority.SUPPLEMENTAL_AGREEMENT,
            **{name: cleaned[name] for name in words},
            effective_on=self.on,
            new_lines=[self._line(cleaned)],
            rates=[self._rate(cleaned, row) for row in cleaned["rows"]],
        )
        return cleaned

    def _line(self, cleaned: dict[str, Any]) -> LineDraft:
        structure = cleaned["structure"]
        return LineDraft(
            clin=cleaned["clin"],
            description=cleaned["line_description"],
            psc=self.contract.psc,
            estimated_tokens=Tokens(cleaned["estimated_tokens"]),
            ceiling_dollars=Dollars(cleaned["ceiling"]),
            structure=structure,
            unit=UNITS_OF[structure][0],
            counted_over=cleaned["counted_over"],
            counted_per=cleaned["counted_per"],
        )

    def _rate(self, cleaned: dict[str, Any], row: dict[str, Any]) -> RateDraft:
        return RateDraft(
            clin=cleaned["clin"],
            slin=row["slin"].upper(),
            snapshot=row["snapshot"],
            token_class=row["token_class"],
            price=UnitPrice(row["price"] or Decimal(0)),
            first_day=cleaned["first_day"],
            boundary=cleaned["boundary"],
            steps=row["steps"],
            acu_per_million_tokens=row["multiplier"],
            usd_per_acu=(None if row["multiplier"] is None else cleaned["usd_per_acu"]),
        )
