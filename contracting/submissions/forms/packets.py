"""The forms of an offer that was sealed before it was sent."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms

from contracting.submissions.forms import OLD_PAGE, UNREADABLE, OfferForm
from contracting.submissions.sealing.offers import SealedOffer, told_offer
from contracting.submissions.sealing.packets import told_packet


class SealedOfferForm(OfferForm):
    """An offer that the browser has sealed: bytes, and what is declared of them."""

    envelope = forms.CharField(max_length=20_000, widget=forms.HiddenInput)
    sealed = forms.FileField(widget=forms.FileInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = name in ("acknowledged", "envelope", "sealed")

    def clean(self) -> dict[str, Any]:
        data = forms.Form.clean(self) or self.cleaned_data
        if not self.errors:
            data["offer"] = self.sealed_offer()
        return data

    def sealed_offer(self) -> SealedOffer:
        """The sealed offer as values.

        :raises ValidationError: for an envelope of another form, or damaged bytes
        """
        try:
            told, sealed = self.told()
            offer = told_offer(told, sealed)
            is_whole = told["sealed_sha256"] == hashlib.sha256(sealed).hexdigest()
        except UNREADABLE as error:
            raise forms.ValidationError(OLD_PAGE) from error
        if not is_whole:
            message = "The sealed bytes were damaged on their way. Hand in once more."
            raise forms.ValidationError(message)
        return offer

    def told(self) -> tuple[dict[str, Any], bytes]:
        """What is told of the offer, and its sealed bytes."""
        data = self.cleaned_data
        return json.loads(data["envelope"]), data["sealed"].read()


class PacketForm(SealedOfferForm):
    """What drawdown-offer has written, in one file."""

    sealed = forms.FileField(
        label="Sealed file",
        help_text="As drawdown-offer has written it.",
        widget=forms.FileInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["envelope"]

    def told(self) -> tuple[dict[str, Any], bytes]:
        try:
            return told_packet(self.cleaned_data["sealed"].read())
        except ValueError as error:
            message = "This is no file that drawdown-offer has sealed."
            raise forms.ValidationError(message) from error
