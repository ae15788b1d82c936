"""Under which name a view of the explorer is kept."""

from __future__ import annotations

from django import forms


class SaveViewForm(forms.Form):
    """A name, and who finds it."""

    name = forms.CharField(label="Name of the view", max_length=80)
    is_shared = forms.BooleanField(label="Share it with the agency", required=False)
    keep_days = forms.BooleanField(
        label="Keep these very days",
        required=False,
        help_text="Otherwise it always shows the last thirty days.",
    )
    query = forms.CharField(max_length=1_000, required=False, widget=forms.HiddenInput)
