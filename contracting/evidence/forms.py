"""What is chosen for an archive."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.documents.models import Document
from contracting.documents.paperwork.redaction import Withheld
from contracting.evidence.calculations import choices_of, preview_of
from contracting.evidence.refusals import NotWithheld
from contracting.evidence.states import MOST_PAPERS, Level
from contracting.orders.models import TaskOrder


class BundleForm(forms.Form):
    """Which papers."""

    papers = forms.MultipleChoiceField(
        label="Papers",
        help_text=f"Up to {MOST_PAPERS} in one file. All are chosen at first.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one paper."},
    )

    def __init__(self, *args: Any, papers: list[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (each.public_id, f"{each.get_kind_display().capitalize()} {each.number}")
            for each in papers
        ]
        field = self.fields["papers"]
        field.choices = choices  # type: ignore[attr-defined]
        field.initial = [value for value, _ in choices[:MOST_PAPERS]]


class ReleaseCopyForm(forms.Form):
    """What is withheld, and why; it is shown once before it is done."""

    request = forms.CharField(
        label="What it answers",
        max_length=120,
        help_text="The number of the request, or why a copy is posted. It is printed.",
    )
    passages = forms.CharField(
        label="Passages to withhold",
        required=False,
        help_text=(
            "One a line, as it is printed, then a bar and its exemption: $2.40 | "
            "(b)(4). It is cut everywhere in the paper, before anything is printed."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    headings = forms.CharField(
        label="Columns, blocks and sections to withhold whole",
        required=False,
        help_text="One heading a line, then a bar and its exemption: Unit price | "
        "(b)(4). The list below has every heading of this paper.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    confirm = forms.BooleanField(
        label="I have read what is cut, and what is left. Everybody may read the copy, "
        "and it cannot be taken back.",
        required=False,
    )

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document
        self.choices = choices_of(document)
        self.preview: list[str] | None = None

    def clean_passages(self) -> list[Withheld]:
        """Each line as a passage and its exemption."""
        return _withheld(self.cleaned_data["passages"], is_heading=False)

    def clean_headings(self) -> list[Withheld]:
        """Each line as a heading and its exemption."""
        return _withheld(self.cleaned_data["headings"], is_heading=True)

    def clean(self) -> dict[str, Any]:
        """Show what is cut, until it is confirmed.

        :raises ValidationError: for what cannot be withheld, or while it is not read
        """
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        cleaned["withheld"] = [*cleaned["passages"], *cleaned["headings"]]
        try:
            self.preview = preview_of(
                self.document, cleaned["withheld"], request=cleaned["request"]
            )
        except NotWithheld as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        if not cleaned["confirm"]:
            message = "Read below what is cut. Then tick the box and send it again."
            self.add_error("confirm", message)
        return cleaned


def _withheld(lines: str, *, is_heading: bool) -> list[Withheld]:
    found = [line.rpartition("|") for line in lines.splitlines() if line.strip()]
    if any(not (bar and named.strip() and why.strip()) for named, bar, why in found):
        message = "Write what is withheld, a bar and its exemption on each line."
        raise forms.ValidationError(message)
    return [
        Withheld(named.strip(), why.strip(), is_heading=is_heading)
        for named, _, why in found
    ]


class PackForm(forms.Form):
    """For whom, of which orders, of which days."""

    level = forms.ChoiceField(label="For whom it is", widget=forms.RadioSelect)
    orders = forms.MultipleChoiceField(
        label="Orders",
        help_text="Leave all empty for every order of the contract.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    starts_on = forms.DateField(
        label="First day",
        help_text="Leave empty for everything from the beginning.",
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )
    ends_on = forms.DateField(
        label="Last day",
        help_text="Leave empty for everything until now.",
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )

    def __init__(
        self, *args: Any, levels: list[Level], orders: list[TaskOrder], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        level = self.fields["level"]
        level.choices = [  # type: ignore[attr-defined]
            (each.value, str(each.label).capitalize()) for each in levels
        ]
        level.initial = levels[0].value if levels else ""
        self.fields["orders"].choices = [  # type: ignore[attr-defined]
            (each.public_id, f"{each.name} {each.title}") for each in orders
        ]
        if not orders:
            del self.fields["orders"]
