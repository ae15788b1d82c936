"""Forms of the award pages."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Membership
from accounts.states import Role
from contracting.contracts.models import Contract
from contracting.ledger.queries import lines_of_accounting_of


class DraftContractForm(forms.Form):
    """Only the funds of the minimum and the notice share are chosen here."""

    acrn = forms.CharField(
        label="ACRN",
        max_length=2,
        initial="AA",
        help_text="Two characters, for example AA.",
    )
    line_of_accounting = forms.ModelChoiceField(
        lines_of_accounting_of(None),
        label="Line of accounting",
        help_text="It bears the guaranteed minimum.",
    )
    notice_percent = forms.IntegerField(
        label="Notice when this share of the funds is used",
        min_value=1,
        max_value=100,
        initial=75,
        help_text="Percent.",
    )
    report_due_days = forms.IntegerField(
        label="Days after a period by which the vendor reports usage",
        min_value=0,
        max_value=60,
        initial=3,
    )

    def __init__(self, *args: Any, agency_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["line_of_accounting"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (typing)
        field.queryset = lines_of_accounting_of(agency_id)


class SeenVersionForm(forms.Form):
    """A decision names the version that was read."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class AwardContractForm(SeenVersionForm):
    """The signature."""

    confirm = forms.BooleanField(
        label="I sign this award as contracting officer. It binds the Government.",
    )


class CertifyContractFundsForm(SeenVersionForm):
    """The certifier's word."""

    confirm = forms.BooleanField(label="I certify that these funds are available.")


class DesignateCorForm(forms.Form):
    """Who represents the contracting officer, and when."""

    membership = forms.ModelChoiceField(
        Membership.objects.none(), label="Representative"
    )
    valid_from = forms.DateField(
        label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    valid_to = forms.DateField(
        label="To, last day", widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["membership"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (typing)
        field.queryset = Membership.objects.filter(
            organization_id=contract.agency_id, role=Role.COR, is_active=True
        ).select_related("user", "organization")
