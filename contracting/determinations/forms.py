"""What is asked for on the pages of determinations."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.approvals.states import Decided
from contracting.determinations.states import NEEDS_EVIDENCE, Kind


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
        self.fields["authority"].required = kind == Kind.OTHER_THAN_FULL
        self.fields["document_sha256"].required = kind in NEEDS_EVIDENCE


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
    posted_on = forms.DateField(
        label="Day of posting",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class AdoptLadderForm(forms.Form):
    """From which day on."""

    valid_from = forms.DateField(
        label="First day",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
