"""What a page asks for: a notice, findings, a statement of size, options to add."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.contracts.models import Contract
from contracting.ledger.queries import lines_of_accounting_of
from contracting.modifications.states import ModificationKind, Proposal
from contracting.options.states import Basis, Findings, Rating, SizeChange
from contracting.orders.forms import SCOPE
from contracting.orders.states import ModificationAuthority
from contracting.requisitions.forms import day_field, kept_rows, text_field
from contracting.solicitations.forms.options import OptionGrid, option_drafts


class GiveOptionIntentForm(forms.Form):
    """The notice in the officer's own words, or in those of the clause."""

    text = text_field(
        "Notice", "Empty: the words of FAR 52.217-9(a) with the days of the option.", 6
    )
    confirm = forms.BooleanField(label="I give this notice as contracting officer.")


class DetermineOptionForm(forms.Form):
    """Each finding of FAR 17.207(c); the market check is computed beside it."""

    line_of_accounting = forms.ModelChoiceField(
        lines_of_accounting_of(None),
        label="Funds that are available",
        to_field_name="public_id",
        help_text="What they have left is recorded with the determination.",
    )
    need = text_field("Continuing need", "Which existing need the option fulfils.", 3)
    basis = forms.ChoiceField(label="Most advantageous, because", choices=Basis.choices)
    advantage = text_field(
        "Why it is the most advantageous method",
        "Price and other factors considered, against competing it anew.",
        4,
    )
    synopsis = text_field("Synopsis", "How it was synopsized, or the exception.", 2)
    past_performance = text_field(
        "Past performance", "What the records of other contracts show.", 3
    )
    rating = forms.ChoiceField(
        label="Performance under this contract", choices=Rating.choices
    )
    performance = text_field("Why", "Deliveries, reports, discrepancies, credits.", 3)
    confirm = forms.BooleanField(
        label="I determine that exercising the option is in accordance with its terms "
        "and with FAR 17.207."
    )

    def __init__(self, *args: Any, contract: Contract, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["line_of_accounting"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = lines_of_accounting_of(contract.agency_id)
        for name in ("need", "advantage", "synopsis", "past_performance"):
            self.fields[name].required = True
        self.fields["performance"].required = True

    def clean(self) -> dict[str, Any]:
        """What the verb takes lies under ``findings``."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        named = (
            *("need", "basis", "advantage", "synopsis", "past_performance"),
            *("rating", "performance"),
        )
        cleaned["findings"] = Findings(
            line_of_accounting_id=cleaned["line_of_accounting"].pk,
            **{name: cleaned[name] for name in named},
        )
        return cleaned


class RepresentSizeForm(forms.Form):
    """What the vendor states of its size."""

    is_small = forms.TypedChoiceField(
        label="We are",
        widget=forms.RadioSelect,
        choices=[("True", "a small business"), ("False", "other than small")],
        coerce=lambda text: text == "True",
    )
    naics = forms.CharField(label="NAICS code", max_length=6, help_text="Six digits.")
    size_standard = forms.CharField(
        max_length=60, help_text="In force today, such as $40.0 million."
    )
    confirm = forms.BooleanField(label="I state this for the vendor; it is true.")


class RecordSizeChangeForm(forms.Form):
    """A novation or merger of the vendor."""

    what = forms.ChoiceField(label="What", choices=SizeChange.choices)
    happened_on = day_field("On")
    source = forms.CharField(
        max_length=200, help_text="Where it is on file, such as the novation agreement."
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["happened_on"].required = True


class DraftOptionsForm(forms.Form):
    """Options that both parties add to a running contract."""

    description = text_field(
        "Description (block 14)", "Which options are added, and why.", 4
    )
    effective_on = day_field("Effective date", "Today or earlier.")
    is_within_scope = forms.TypedChoiceField(
        label="Scope determination",
        widget=forms.RadioSelect,
        choices=SCOPE,
        coerce=lambda text: text == "True",
        help_text="Options that were not competed with the contract lie outside of it "
        "(FAR 17.207(f)) unless the work statement covers them.",
    )
    scope = text_field("Why", "For the file; the vendor does not read it.", 3)
    consideration = text_field("Consideration", "What each side gets.", 2)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        **more: Any,
    ) -> None:
        super().__init__(data, files, **more)
        self.grid = OptionGrid(data, prefix="rows")
        self.fields["effective_on"].required = True

    def clean(self) -> dict[str, Any]:
        """What the verb takes lies under ``proposal``."""
        cleaned: dict[str, Any] = super().clean() or {}
        rows = kept_rows(self.grid)
        if self.errors:
            return cleaned
        cleaned["proposal"] = Proposal(
            kind=ModificationKind.TERMS,
            authority=ModificationAuthority.SUPPLEMENTAL_AGREEMENT,
            citation="FAR 43.103(a), 17.2",
            description=cleaned["description"],
            effective_on=cleaned["effective_on"],
            scope=cleaned["scope"],
            is_within_scope=cleaned["is_within_scope"],
            consideration=cleaned["consideration"],
            new_options=option_drafts(rows),
        )
        return cleaned
