"""Which funds bear a higher guaranteed minimum."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.contracts.models import Contract
from contracting.ledger.queries import lines_of_accounting_of
from contracting.orders.forms import AcrnField
from contracting.requisitions.forms import SeenVersion


class CertifyMinimumFundsForm(SeenVersion):
    """The certifier's word, and on which line, ACRN and account."""

    clin = forms.ChoiceField(label="Contract line that bears it")
    acrn = AcrnField(
        label="ACRN",
        min_length=2,
        max_length=2,
        help_text="One that the line has keeps its line of accounting.",
    )
    line_of_accounting_id = forms.TypedChoiceField(label="Paid from", coerce=int)
    confirm = forms.BooleanField(label="I certify that these funds are available.")

    def __init__(self, *args: Any, contract: Contract, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["clin"].choices = [  # type: ignore[attr-defined]
            (line.clin, f"{line.clin} {line.description}")
            for line in contract.lines.order_by("clin")
        ]
        self.fields["line_of_accounting_id"].choices = [  # type: ignore[attr-defined]
            (each.pk, str(each)) for each in lines_of_accounting_of(contract.agency_id)
        ]
