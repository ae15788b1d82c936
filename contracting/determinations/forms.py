"""What is asked for on the pages of determinations."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.approvals.states import Decided
from contracting.determinations.states import (
    NEEDS_EVIDENCE,
    OPTIONAL_PARTS,
    PARTS,
    Kind,
)
from contracting.documents.paperwork.redaction import Withheld


class MakeDeterminationForm(forms.Form):
    """The words of a memo, finding, justification or waiver."""

    text = forms.CharField(
        label="What is determined, and on which facts",
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    authority = forms.CharField(
        max_length=200, help_text="What it rests on, such as FAR 6.302-1."
    )
    document_sha256 = forms.CharField(
        label="SHA-256 of the signed document",
        max_length=64,
        required=False,
        help_text="64 characters; the document itself stays in your file.",
    )

    def __init__(self, *args: Any, kind: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.parts = PARTS.get(Kind(kind), {})
        if self.parts:
            self.fields["text"].label = "Why it is used, and on which facts"
        for code, label in self.parts.items():
            self.fields[f"part_{code}"] = forms.CharField(
                label=label,
                required=code not in OPTIONAL_PARTS,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        self.fields["authority"].required = kind == Kind.OTHER_THAN_FULL
        self.fields["document_sha256"].required = kind in NEEDS_EVIDENCE

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        return {
            **cleaned,
            "parts": {code: cleaned.get(f"part_{code}", "") for code in self.parts},
        }


class ReviewDeterminationForm(forms.Form):
    """One decision on what was read."""

    verdict = forms.ChoiceField(
        label="Your decision",
        widget=forms.RadioSelect,
        choices=[
            (Decided.CONCUR, "I approve it as it is written"),
            (Decided.RETURN, "I return it, for the reasons below"),
            (Decided.ABSTAIN, "I abstain: I have a conflict of interest"),
        ],
    )
    comment = forms.CharField(
        label="Reasons",
        required=False,
        help_text="Needed unless you approve.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PostDeterminationForm(forms.Form):
    """Where everybody reads it."""

    place = forms.CharField(
        label="Where it was posted",
        max_length=300,
        help_text="The id of the notice, or its address.",
    )
    withheld = forms.CharField(
        label="What the public copy withholds",
        required=False,
        help_text=(
            "One passage a line, as it stands in the justification, then a bar and the "
            "exemption: Meridian's price of $2.40 | (b)(4). It is cut out before "
            "anything is printed or shown. Leave it empty if nothing is withheld."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    posted_on = forms.DateField(
        label="Day of posting",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_withheld(self) -> list[Withheld]:
        """Each line as a passage and its exemption."""
        lines = self.cleaned_data["withheld"].splitlines()
        found = [line.rpartition("|") for line in lines if line.strip()]
        if any(not (bar and passage.strip()) for passage, bar, _ in found):
            message = "Write a passage, a bar and its exemption on each line."
            raise forms.ValidationError(message)
        return [Withheld(passage.strip(), basis.strip()) for passage, _, basis in found]


class AdoptLadderForm(forms.Form):
    """From which day on."""

    valid_from = forms.DateField(
        label="First day",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
