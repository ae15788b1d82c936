"""What the page asks for that keeps a package as a template."""

from __future__ import annotations

from django import forms

from contracting.requisitions.forms import SeenVersion


class KeepTemplateForm(SeenVersion):
    """How colleagues find it, and for what it is meant."""

    name = forms.CharField(
        max_length=120, help_text="Such as: Tokens for text, FedRAMP High."
    )
    summary = forms.CharField(
        label="For what it is meant",
        help_text="A sentence or two that colleagues read before they choose it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
