"""What a page asks for a line that is bought by the month, the hour or the piece."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms

from contracting.contracts.models import Contract
from contracting.core.quantities import Dollars, PricePerUnit, Tokens
from contracting.modifications.models import ContractModification
from contracting.modifications.states import LineDraft, UnitRateDraft
from contracting.orders.queries import unit_rates_offered
from contracting.reference.states import BY_TOKENS, PartMonths, PriceStructure, Unit

STRUCTURES: Final = [
    (each.value, each.label)
    for each in PriceStructure
    if each
    in {
        PriceStructure.SEATS,
        PriceStructure.BUNDLE,
        PriceStructure.RESERVED,
        PriceStructure.SERVICE,
    }
]
UNITS: Final = [(each.value, each.label) for each in Unit if each not in BY_TOKENS]
NEW: Final = "new_unit_"
TYPED: Final = ("description", "units", "ceiling", "price")
"""What is typed of a new line, all of it or nothing; the rest is chosen of lists."""


def _figure(label: str, hint: str = "", **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
        **more,
    )


def fields_of(contract: Contract) -> dict[str, forms.Field]:
    """A new line of months, hours or pieces, and new prices of those that stand."""
    made: dict[str, forms.Field] = {
        f"{NEW}clin": forms.CharField(
            label="New line that is bought by the unit: its number",
            min_length=4,
            max_length=4,
            required=False,
            help_text="Seats, reserved capacity, a bundle or a service. Empty: none.",
        ),
        f"{NEW}description": forms.CharField(
            label="New line, description", max_length=200, required=False
        ),
        f"{NEW}structure": forms.ChoiceField(
            label="New line, price structure", choices=STRUCTURES, required=False
        ),
        f"{NEW}unit": forms.ChoiceField(
            label="New line, unit", choices=UNITS, required=False
        ),
        f"{NEW}units": _figure(
            "New line, estimated quantity", max_digits=18, decimal_places=6, min_value=0
        ),
        f"{NEW}part_months": forms.ChoiceField(
            label="New line, a month that is not whole",
            choices=PartMonths.choices,
            required=False,
        ),
        f"{NEW}ceiling": _figure(
            "New line, not to exceed, dollars",
            max_digits=18,
            decimal_places=2,
            min_value=0,
        ),
        f"{NEW}price": _figure(
            "New line, dollars per unit", max_digits=15, decimal_places=6, min_value=0
        ),
    }
    for row in unit_rates_offered(contract):
        made[f"unit_price_{row.line.clin}"] = _figure(
            f"Line {row.line.clin}, new price per unit",
            f"{row.usd_per_unit.normalize():f} dollars now. Empty: it stays.",
            max_digits=15,
            decimal_places=6,
            min_value=0,
        )
    made["unit_first_day"] = forms.DateField(
        label="First day of the prices per unit",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Of the new line and of new prices per unit.",
    )
    return made


def drafts(
    cleaned: Mapping[str, Any], contract: Contract
) -> tuple[list[LineDraft], list[UnitRateDraft]]:
    """The new line and the prices per unit as the verb takes them.

    :raises ValidationError: if a part of a new line, its number among them, or the
        first day is missing
    """
    prices = {
        name.removeprefix("unit_price_"): value
        for name, value in cleaned.items()
        if name.startswith("unit_price_") and value is not None
    }
    lines = []
    if cleaned.get(f"{NEW}clin"):
        lines.append(_line(cleaned, contract))
        prices[cleaned[f"{NEW}clin"]] = cleaned[f"{NEW}price"]
    elif any(cleaned.get(f"{NEW}{name}") not in {None, ""} for name in TYPED):
        message = "Number the new line, or leave all of it empty."
        raise forms.ValidationError({f"{NEW}clin": message})
    first: date | None = cleaned.get("unit_first_day")
    if prices and first is None:
        message = "Say from which day on the prices per unit are in force."
        raise forms.ValidationError({"unit_first_day": message})
    return lines, [
        UnitRateDraft(clin, PricePerUnit(price), first)
        for clin, price in sorted(prices.items())
        if first is not None
    ]


def _line(cleaned: Mapping[str, Any], contract: Contract) -> LineDraft:
    missing = [
        f"{NEW}{name}"
        for name in (*TYPED, "structure", "unit")
        if cleaned.get(f"{NEW}{name}") in {None, ""}
    ]
    if missing:
        message = "A new line has it."
        raise forms.ValidationError(dict.fromkeys(missing, message))
    return LineDraft(
        clin=cleaned[f"{NEW}clin"],
        description=cleaned[f"{NEW}description"],
        psc=contract.psc,
        estimated_tokens=Tokens(0),
        ceiling_dollars=Dollars(cleaned[f"{NEW}ceiling"]),
        structure=cleaned[f"{NEW}structure"],
        unit=cleaned[f"{NEW}unit"],
        estimated_units=cleaned[f"{NEW}units"],
        part_months=cleaned[f"{NEW}part_months"] or PartMonths.BY_DAY,
    )


def as_drafted(modification: ContractModification) -> dict[str, Any]:
    """The same fields as a draft has them."""
    typed: dict[str, Any] = {}
    for line in modification.new_lines:
        if line["unit"] in BY_TOKENS:
            continue
        typed |= {
            f"{NEW}clin": line["clin"],
            f"{NEW}description": line["description"],
            f"{NEW}structure": line["structure"],
            f"{NEW}unit": line["unit"],
            f"{NEW}units": Decimal(line["estimated_units"]),
            f"{NEW}part_months": line["part_months"],
            f"{NEW}ceiling": Decimal(line["ceiling_dollars"]),
        }
    for rate in modification.unit_rates:
        is_new = rate["clin"] == typed.get(f"{NEW}clin")
        name = f"{NEW}price" if is_new else f"unit_price_{rate['clin']}"
        typed |= {name: Decimal(rate["price"]), "unit_first_day": rate["from"][:10]}
    return typed
