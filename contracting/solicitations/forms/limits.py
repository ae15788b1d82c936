"""How large an offer may be, as the officer writes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from contracting.documents.checking.kinds import MEDIA_TYPES
from contracting.requisitions.forms import SeenVersion
from contracting.solicitations.publishing.limits import (
    MOST,
    MOST_CHARACTERS,
    MOST_MEGABYTES,
    MOST_PAGES,
)


def _most(name: str, label: str, hint: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=MOST[name],
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


def order_limit_field(label: str, hint: str) -> forms.DecimalField:
    """US dollars in whole cents, above zero; a package may leave it open."""
    return forms.DecimalField(
        label=label,
        required=False,
        max_digits=18,
        decimal_places=2,
        min_value=Decimal("0.01"),
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class LimitFields(forms.Form):
    """The limits of an offer; an empty one is the site's own."""

    most_characters = _most(
        "most_characters",
        "Characters of the technical proposal, at most",
        f"Empty: {MOST_CHARACTERS:,}. A page of text has about 3,000.",
    )
    most_files = _most("most_files", "Files, at most", f"Empty: {MOST['most_files']}.")
    most_megabytes = _most(
        "most_megabytes",
        "Megabytes of all files, at most",
        f"Empty: {MOST_MEGABYTES}.",
    )
    most_pages = _most(
        "most_pages",
        "Pages of all PDF files, at most",
        f"Up to {MOST_PAGES:,}. Empty: not limited. Only the pages of PDF files can be "
        "counted, so take PDF alone below if pages matter.",
    )
    file_kinds = forms.MultipleChoiceField(
        label="Kinds of file that are taken",
        required=False,
        choices=[(kind, f".{kind}") for kind in MEDIA_TYPES],
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked: all of them.",
    )
    limits_shown = forms.BooleanField(
        required=False, initial=True, widget=forms.HiddenInput
    )


class EditLimitsForm(LimitFields, SeenVersion):
    """How large an offer may be."""

    def clean(self) -> dict[str, Any]:
        """What the verb takes lies under ``terms``."""
        cleaned: dict[str, Any] = super().clean() or {}
        names = (*MOST, "file_kinds")
        cleaned["terms"] = {name: cleaned[name] for name in names if name in cleaned}
        return cleaned
