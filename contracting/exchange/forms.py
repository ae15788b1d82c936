"""What is asked for on the pages of webhooks."""

from __future__ import annotations

from typing import Any

from django import forms

from contracting.exchange.states import AGENCY_ONLY_KINDS, CHOSEN_KINDS


class RegisterWebhookForm(forms.Form):
    """Which machine is told, where, and of what."""

    label = forms.CharField(
        max_length=120,
        label="Name",
        help_text="Which machine it is, such as the gateway.",
    )
    url = forms.CharField(
        max_length=500,
        label="Address",
        help_text="Over https, at port 443 or 8443, such as "
        "https://gateway.agency.example/told.",
        widget=forms.URLInput(attrs={"inputmode": "url", "spellcheck": "false"}),
    )
    kinds = forms.MultipleChoiceField(
        label="It is told when", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, is_vendor: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["kinds"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (typing)
        field.choices = [
            (kind.value, str(kind.label))
            for kind in CHOSEN_KINDS
            if not (is_vendor and kind in AGENCY_ONLY_KINDS)
        ]


class RotateSecretForm(forms.Form):
    """Whether the former secret may sign on for a day."""

    has_leaked = forms.BooleanField(
        required=False,
        label="The former secret has leaked: it signs nothing more from now on",
        help_text="Otherwise both sign for 24 hours, while the receiver is changed.",
    )


class DisableWebhookForm(forms.Form):
    """Why nothing more is sent."""

    reason = forms.CharField(max_length=300, label="Why")


class ReplayWebhookForm(forms.Form):
    """Which messages are sent again."""

    since = forms.DateTimeField(
        label="Of what happened from (UTC)",
        help_text="Such as 2026-03-02 15:00:00. At most thirty days back.",
    )
    until = forms.DateTimeField(
        label="until and with (UTC)", help_text="Such as 2026-03-02 18:00:00."
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", "The range ends before it begins.")
        return data
