"""What is asked for on the pages of bans."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Organization
from accounts.states import OrganizationKind
from contracting.bans.states import BanReason
from contracting.reference.models import AiModel


class ImposeBanForm(forms.Form):
    """One vendor, one model or one family, and the authority that forbids it."""

    vendor = forms.ModelChoiceField(
        label="Vendor",
        required=False,
        queryset=Organization.objects.filter(kind=OrganizationKind.VENDOR).order_by(
            "name"
        ),
        help_text="Name exactly one: a vendor, a model, or a family of models.",
    )
    model = forms.ModelChoiceField(
        label="Model",
        required=False,
        queryset=AiModel.objects.order_by("snapshot"),
        help_text="One snapshot.",
    )
    family = forms.ChoiceField(
        label="Family of models",
        required=False,
        help_text="Every snapshot of it, those yet to come among them.",
    )
    reason = forms.ChoiceField(label="Authority", choices=BanReason.choices)
    citation = forms.CharField(
        label="Citation",
        max_length=200,
        help_text="The exclusion, order or directive by its number and date.",
    )
    text = forms.CharField(
        label="What was found",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    valid_from = forms.DateField(
        label="First day", widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_to = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Leave it empty for a ban that holds until it is lifted.",
    )
    confirm = forms.BooleanField(
        label="From its first day on nothing of it is awarded, ordered, priced or "
        "extended in this agency.",
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        names = AiModel.objects.order_by("family").values_list("family", flat=True)
        families = [(name, name) for name in names.distinct()]
        field = self.fields["family"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (typing)
        field.choices = [("", "---------"), *families]


class LiftBanForm(forms.Form):
    """Why a ban ends."""

    reason = forms.CharField(
        label="Why it no longer holds",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Name the decision that ended it.",
    )
