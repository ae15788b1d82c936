"""The fields by which a package says what it asks for."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.requisitions.forms import SeenVersion
from contracting.solicitations.states import SolicitationKind


class KindForm(SeenVersion):
    """Proposals or quotations; and of quotations, whether lateness binds."""

    kind = forms.ChoiceField(
        label="Kind of solicitation",
        choices=SolicitationKind.choices,
        help_text="Fixed at the release. A quotation is no offer: an award on it is "
        "the Government's offer, which the vendor accepts or declines (FAR 13.004).",
    )
    late_rule = forms.BooleanField(
        label="Late quotations are not considered",
        required=False,
        help_text="For quotations only, and fixed at the release. Unless it says so, "
        "a late one may be considered until an award is made.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The kind is asked for only of whoever sends it, as every browser does."""
        super().__init__(*args, **kwargs)
        self.fields["kind"].required = not self.is_bound or "kind" in self.data

    def clean(self) -> dict[str, Any]:
        """A request that does not send the kind leaves it as it is."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("kind"):
            for name in ("kind", "late_rule"):
                cleaned.pop(name, None)
        return cleaned
