"""Forms of modifications of orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from contracting.core.quantities import Dollars, Tokens
from contracting.orders.forms import (
    SCOPE,
    AcrnField,
    CertifyForm,
    _day,
    _dollars,
    _figure,
    _words,
    accounts_of,
)
from contracting.orders.models import TaskOrder
from contracting.orders.states import (
    EffectDraft,
    ModificationAuthority,
)
from contracting.requisitions.forms import (
    ChoiceRow,
    Choices,
    GridForm,
    RemovableRows,
    SeenVersion,
)


class CertifyModificationForm(CertifyForm):
    """The certifier's word for what is added, out of expired funds if need be."""

    expired_citation = forms.CharField(
        label="Expired funds: why this is an adjustment within scope",
        max_length=300,
        required=False,
        help_text=(
            "Only where the funds named have expired, for example 31 U.S.C. 1553(a), "
            "price adjustment under clause 52.212-4(c). It is recorded and shown."
        ),
    )


class EffectRow(ChoiceRow):
    """What changes on one line of the order and one ACRN; negative takes away."""

    clin = forms.ChoiceField(label="Line")
    acrn = AcrnField(label="ACRN", max_length=2, min_length=2)
    line_of_accounting = forms.TypedChoiceField(
        label="Paid from",
        coerce=int,
        required=False,
        empty_value=None,
        help_text="Only for a new ACRN",
    )
    add_dollars = _dollars("Funds, + or −", required=False)
    add_ceiling_dollars = _dollars("Dollar ceiling, + or −", required=False)
    add_ceiling_tokens = _figure("Token ceiling, + or −", required=False)
    add_units = forms.DecimalField(
        label="Units, + or −",
        max_digits=18,
        decimal_places=6,
        required=False,
        help_text="Of a pool: ACU",
    )


class DraftModificationForm(GridForm):
    """Block 13, block 14, and the effects by line and ACRN."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    authority = forms.ChoiceField(
        label="Authority (block 13)",
        widget=forms.RadioSelect,
        choices=[
            choice
            for choice in ModificationAuthority.choices
            if choice[0] != ModificationAuthority.CHANGE_ORDER
        ],
        help_text=(
            "Administrative changes and funding bind without the vendor. Any other "
            "term needs 13C. A commercial contract knows no change order (13A)."
        ),
    )
    citation = forms.CharField(
        max_length=120, help_text="The clause or regulation it rests on."
    )
    description = _words(
        "Description (block 14)",
        "What changes and why. Before and after are compared for you.",
    )
    effective_on = _day("Effective date")
    is_within_scope = forms.TypedChoiceField(
        label="Scope determination",
        widget=forms.RadioSelect,
        choices=SCOPE,
        coerce=lambda text: text == "True",
        help_text="Of the contract as it was competed (FAR 6.303, 16.505(b)).",
    )
    scope = _words(
        "Why it lies within the scope, or outside of it",
        "For the file; the vendor does not read it.",
        rows=3,
    )
    payment_office = forms.CharField(
        label="New payment office", max_length=200, required=False
    )
    place = forms.CharField(
        label="New place of performance", max_length=200, required=False
    )
    period_end = forms.DateField(
        label="New last day of performance",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    grid_class = forms.formset_factory(
        EffectRow,
        formset=RemovableRows,
        extra=3,
        can_delete=True,
        can_delete_extra=False,
        max_num=100,
    )

    def clean(self) -> dict[str, Any]:
        """Effects and terms as the verb takes them; what is empty stays as it is."""
        cleaned = super().clean()
        cleaned["effects"] = [
            EffectDraft(
                clin=row["clin"],
                acrn=row["acrn"],
                line_of_accounting_id=row["line_of_accounting"],
                add_dollars=Dollars(row["add_dollars"] or 0),
                add_ceiling_dollars=Dollars(row["add_ceiling_dollars"] or 0),
                add_ceiling_tokens=Tokens(row["add_ceiling_tokens"] or 0),
                add_units=row["add_units"] or Decimal(0),
            )
            for row in cleaned["rows"]
        ]
        cleaned["terms"] = {
            name: cleaned[name]
            for name in ("payment_office", "place", "period_end")
            if cleaned.get(name)
        }
        return cleaned


class SignModificationForm(SeenVersion):
    """The vendor's signature."""

    confirm = forms.BooleanField(label="I sign this supplemental agreement.")


class IssueModificationForm(SeenVersion):
    """The officer's signature."""

    confirm = forms.BooleanField(
        label="I sign this modification as contracting officer."
    )


class RebaseModificationForm(SeenVersion):
    """Which of the draft's terms give way to what is in force."""

    dropped_terms = forms.MultipleChoiceField(
        label="Terms of the draft that give way to what is in force",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Leave all unticked to keep the draft's own words.",
    )

    def __init__(self, *args: Any, terms: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["dropped_terms"]
        if terms and isinstance(field, forms.MultipleChoiceField):
            field.choices = terms
        else:
            del self.fields["dropped_terms"]


def effects_offered_by(order: TaskOrder) -> dict[str, Choices]:
    """What the form of a modification offers to choose from."""
    lines = order.current_lines()
    return {
        "clin": [(line.clin, f"{line.clin} {line.description}") for line in lines],
        "line_of_accounting": accounts_of(order.contract),
    }
