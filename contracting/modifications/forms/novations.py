"""The form of a novation, and of the successor's signature."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Organization
from accounts.states import OrganizationKind
from contracting.contracts.models import Contract
from contracting.modifications.calculations import NOVATION_NAMES
from contracting.modifications.states import (
    ModificationKind,
    NovationDraft,
    Proposal,
)
from contracting.orders.states import ModificationAuthority
from contracting.requisitions.forms import SeenVersion, day_field, text_field


class DraftNovationForm(forms.Form):
    """Who takes the contract over, and what the three parties have handed in."""

    successor = forms.ModelChoiceField(
        label="Successor in interest",
        queryset=Organization.objects.none(),
        help_text="The vendor that takes the whole contract over.",
    )
    transferred_on = day_field(
        "Day on which the assets went over", "Not later than today.", required=True
    )
    instrument = forms.CharField(
        label="Instrument of the transfer",
        max_length=300,
        help_text="Such as the merger agreement or the bill of sale, and its day.",
    )
    instrument_sha256 = forms.CharField(
        label="SHA-256 of the instrument's file", max_length=64
    )
    agreement = forms.CharField(
        label="Novation agreement",
        max_length=300,
        help_text="Where the agreement of the three parties is filed, and its day.",
    )
    agreement_sha256 = forms.CharField(
        label="SHA-256 of the agreement's file", max_length=64
    )
    capability = text_field(
        "Why the successor can perform and is responsible", "FAR 42.1204(a), 9.104.", 4
    )
    guarantee = text_field(
        "How the transferor guarantees the performance", "FAR 42.1204(i)(b)(8).", 3
    )
    citation = forms.CharField(
        label="Citation (block 13)", max_length=200, initial="FAR 42.1204"
    )
    effective_on = day_field("Effective", "Not later than today.", required=True)
    description = text_field("Description (block 14)", "What happens and why.", 4)
    scope = text_field("Scope", "Why the same work goes on under the same contract.", 3)

    def __init__(self, *args: Any, contract: Contract, **more: Any) -> None:
        super().__init__(*args, **more)
        vendors = Organization.objects.filter(kind=OrganizationKind.VENDOR)
        field = self.fields["successor"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = vendors.exclude(pk=contract.vendor_id).order_by("name")
        for name in ("capability", "guarantee", "description", "scope"):
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        """The modification and what it rests on, as the verb takes them."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        cleaned["novation"] = NovationDraft(
            successor_id=cleaned["successor"].pk,
            transferred_on=cleaned["transferred_on"],
            **{name: cleaned[name] for name in NOVATION_NAMES},
        )
        words = ("citation", "description", "scope", "effective_on")
        cleaned["proposal"] = Proposal(
            kind=ModificationKind.NOVATION,
            authority=ModificationAuthority.SUPPLEMENTAL_AGREEMENT,
            **{name: cleaned[name] for name in words},
        )
        return cleaned


class AssumeContractForm(SeenVersion):
    """The successor's signature."""

    confirm = forms.BooleanField(
        label="I sign this novation for the successor and assume the contract."
    )
