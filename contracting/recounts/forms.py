"""What is asked for on the pages of the audit of the count."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from django import forms

from contracting.contracts.models import Contract
from contracting.orders.models import TaskOrder
from contracting.recounts import queries
from contracting.recounts.models import RecountPlan
from contracting.recounts.states import SHA256
from contracting.reference.models import AiModel, TokenClass

_MOST_BYTES = 1_000_000


class _Sha256Field(forms.RegexField):
    """A SHA-256 as 64 hexadecimal digits."""

    def __init__(self, **said: Any) -> None:
        super().__init__(
            rf"^{SHA256.pattern}\Z",
            error_messages={"invalid": "A SHA-256 is 64 small hexadecimal digits."},
            **said,
        )


class _OfAClass(forms.Form):
    """The model and the class of tokens of a contract."""

    model = forms.ModelChoiceField(AiModel.objects.none(), empty_label=None)
    token_class = forms.ModelChoiceField(
        TokenClass.objects.none(),
        label="Token class",
        empty_label=None,
        help_text="Only what the agency holds the whole text of.",
    )

    def __init__(self, *said: Any, contract: Contract, **more: Any) -> None:
        super().__init__(*said, **more)
        chosen: Any = self.fields
        chosen["model"].queryset = queries.models_of(contract)
        chosen["token_class"].queryset = queries.recountable_classes()
        chosen["token_class"].label_from_instance = lambda each: each.label


class AdoptRecountPlanForm(_OfAClass):
    """The key's commitment, how much is drawn, and what counts."""

    key_commitment = _Sha256Field(
        label="SHA-256 of the key",
        help_text="What the command “recount key” prints. The key stays with you.",
    )
    rate = forms.DecimalField(
        label="Share of the calls to draw",
        max_digits=7,
        decimal_places=6,
        initial="0.01",
        help_text="0.01 draws one call in a hundred.",
    )
    risk = forms.DecimalField(
        label="Risk of a false flag",
        max_digits=6,
        decimal_places=5,
        initial="0.01",
        help_text="Of honest counts at most this share is ever flagged.",
    )
    tokenizer_name = forms.CharField(label="Tokenizer", max_length=80)
    tokenizer_sha256 = _Sha256Field(label="SHA-256 of the tokenizer’s file")
    template = forms.CharField(
        label="Where the vendor publishes its template",
        max_length=300,
        required=False,
        help_text="For input alone: without it nobody else knows what was counted.",
    )


class EndRecountPlanForm(forms.Form):
    """Why it ends, and the key if it is told."""

    reason = forms.CharField(
        max_length=400, widget=forms.Textarea(attrs={"rows": 3}), label="Why it ends"
    )
    key = forms.CharField(
        label="The key",
        max_length=256,
        required=False,
        help_text="In hexadecimal. Once told, the vendor and everybody else can check "
        "which calls were drawn. Left empty, the agency keeps it.",
    )


class DisputeCountForm(forms.Form):
    """On which order, and what the vendor is to explain."""

    order = forms.ModelChoiceField(TaskOrder.objects.none(), empty_label=None)
    question = forms.CharField(
        label="What the vendor is to explain",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *said: Any, orders: Sequence[TaskOrder], **more: Any) -> None:
        super().__init__(*said, **more)
        chosen: Any = self.fields["order"]
        chosen.queryset = TaskOrder.objects.filter(pk__in=[each.pk for each in orders])
        chosen.label_from_instance = lambda each: each.name


class SetRecountAllowanceForm(_OfAClass):
    """The counts of a calibration: a file of a trusted run, or a plan's samples."""

    plan = forms.ModelChoiceField(
        RecountPlan.objects.none(),
        label="First samples of",
        required=False,
        empty_label="Not of samples: a trusted run, below",
        help_text="A plan without an allowance. The vendor then has to agree; model, "
        "class and tokenizer are the plan’s.",
    )
    counts = forms.FileField(
        label="Counts of a trusted run",
        required=False,
        help_text="CSV with the columns reported and recounted, as “recount calibrate” "
        "writes it. Counts alone: no text.",
    )
    tokenizer_sha256 = _Sha256Field(
        label="SHA-256 of the tokenizer’s file", required=False
    )
    words = forms.CharField(
        label="What was run, when and by whom",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *said: Any, contract: Contract, **more: Any) -> None:
        super().__init__(*said, contract=contract, **more)
        plans: Any = self.fields["plan"]
        plans.queryset = RecountPlan.objects.filter(
            contract=contract, allowance__isnull=True
        ).select_related("model", "token_class")

    def clean_counts(self) -> list[tuple[int, int]]:
        """The file's rows; a cell that is no count is refused and not repeated."""
        sent = self.cleaned_data.get("counts")
        if not sent:
            return []
        if sent.size > _MOST_BYTES:
            message = "A file of counts has at most one megabyte."
            raise forms.ValidationError(message)
        return _counts_of(sent.read())

    def clean(self) -> dict[str, Any]:
        """One of the two, and the tokenizer of a trusted run."""
        data = super().clean() or {}
        if bool(data.get("plan")) == bool(data.get("counts")):
            said = "Give a file of counts, or choose a plan."
            self.add_error("counts", said)
        elif not data.get("plan") and not data.get("tokenizer_sha256"):
            self.add_error("tokenizer_sha256", "Say by which file it was recounted.")
        return data


def _counts_of(raw: bytes) -> list[tuple[int, int]]:
    found = []
    try:
        rows = csv.DictReader(io.StringIO(raw.decode()))
        if rows.fieldnames != ["reported", "recounted"]:
            message = "Its columns are reported and recounted, and no others."
            raise forms.ValidationError(message)
        for row in rows:
            reported, recounted = row["reported"], row["recounted"]
            if not (reported.isascii() and reported.isdigit()):
                raise ValueError
            if not (recounted.isascii() and recounted.isdigit()):
                raise ValueError
            found.append((int(reported), int(recounted)))
    except (UnicodeDecodeError, ValueError, AttributeError, csv.Error) as error:
        message = f"Row {len(found) + 2} is not two whole numbers of tokens."
        raise forms.ValidationError(message) from error
    return found
