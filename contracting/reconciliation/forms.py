"""Forms of acceptance, of disputes and of their resolution."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms

from contracting.reconciliation.matching.effects import Effect
from contracting.reconciliation.refusals import BadMonth
from contracting.reconciliation.states import FindingCode, FindingState


class InstantField(forms.CharField):
    """An instant with its offset, as ``isoformat`` writes it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            instant = datetime.fromisoformat(text)
        except ValueError as error:
            message = "This is no instant."
            raise forms.ValidationError(message) from error
        if instant.tzinfo is None:
            message = "This instant has no offset."
            raise forms.ValidationError(message)
        return instant


class AcceptUsageForm(forms.Form):
    """The representative's word on the comparison that was read."""

    seen_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    confirm = forms.BooleanField(
        label=(
            "I accept the quantities on which meter, report and invoice agree. What "
            "differs stays withheld."
        )
    )


class DisputeFindingForm(forms.Form):
    """What the vendor is asked."""

    reason = forms.CharField(
        label="What the vendor is to explain",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The vendor reads it with the calls behind the difference.",
    )


class ResolveFindingForm(forms.Form):
    """How the difference is settled; what each would do stands beside it."""

    seen_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    code = forms.ChoiceField(label="Resolution", widget=forms.RadioSelect)
    to_line = forms.ChoiceField(
        label="Line to which it belongs",
        required=False,
        help_text="Only with reassign, which moves there what our meter counts here. "
        "Calls in suspense are assigned on their own page.",
    )
    reason = forms.CharField(
        label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(
        self,
        *args: Any,
        effects: Sequence[Effect],
        lines: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = [  # type: ignore[attr-defined]
            (each.code, f"{each.label.capitalize()} ({each.code}): {each.words}")
            for each in effects
            if not each.refused
        ]
        _offer(self, "to_line", [("", "None"), *lines] if lines else [])


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Offer what there is to choose from; without any, the field is not asked for."""
    field = form.fields[name]
    if not choices:
        del form.fields[name]
    elif isinstance(field, forms.ChoiceField):
        field.choices = choices


class BulkResolveForm(forms.Form):
    """One resolution and one reason for discrepancies that are alike."""

    findings = forms.MultipleChoiceField(
        label="Discrepancies", widget=forms.CheckboxSelectMultiple
    )
    code = forms.ChoiceField(label="Resolution", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(
        self,
        *args: Any,
        alike: Sequence[tuple[str, str]],
        codes: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "findings", list(alike))
        _offer(self, "code", list(codes))


class ReconcileOrderForm(forms.Form):
    """What is compared: the whole order, or the period of one invoice."""

    invoice = forms.ChoiceField(
        label="Compare", required=False, widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, invoices: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["invoice"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "The whole order so far"), *invoices]


class FindingsFilter(forms.Form):
    """Which discrepancies a list shows."""

    whose = forms.ChoiceField(
        label="Waiting",
        required=False,
        choices=[("", "All"), ("mine", "For me"), ("overdue", "Overdue")],
    )
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All"), *FindingState.choices],
    )
    code = forms.ChoiceField(
        label="Kind",
        required=False,
        choices=[("", "All"), *((code.value, code.value) for code in FindingCode)],
    )
    tier = forms.ChoiceField(
        label="Settled by",
        required=False,
        choices=[
            ("", "All"),
            ("1", "The contract itself"),
            ("2", "The representative"),
            ("3", "The contracting officer"),
        ],
    )
    order = forms.CharField(label="Order", required=False, max_length=40)


class CountsForm(forms.Form):
    """The count of a comparison whose rows are asked for."""

    line = forms.CharField(max_length=10)
    model = forms.CharField(max_length=120)
    tier = forms.CharField(max_length=20)
    token_class = forms.CharField(max_length=30)
    start = InstantField()
    end = InstantField()
    day_start = InstantField(required=False)
    day_end = InstantField(required=False)


def month_asked(text: str) -> date:
    """The first day of the month that an address names, such as ``2026-04``.

    :raises BadMonth: if it names none
    """
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        message = "Say which month is meant, such as month=2026-04."
        raise BadMonth(message, pointer="/month") from None
