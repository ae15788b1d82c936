"""The forms of a draft: they take what was typed, finished or not."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from django import forms

from contracting.documents.checking.findings import FileVerdict
from contracting.documents.forms import SeveralFilesField
from contracting.proposals.calculations import SealedContent, SealedFile
from contracting.proposals.pieces import ToSend, sealed_file_of
from contracting.solicitations.models import SolicitationLine
from contracting.solicitations.publishing.limits import OfferLimits
from contracting.submissions.forms import FORBIDDEN, OLD_PAGE, UNREADABLE
from contracting.submissions.sealing.offers import told_offer


class PartForm(forms.Form):
    """A part of a draft, and the version of it that was changed."""

    seen_version = forms.IntegerField(
        min_value=0, required=False, widget=forms.HiddenInput
    )

    def content(self) -> dict[str, Any]:
        """What is kept of a form, as plain values."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """With what is kept under ``content``, once every field is valid."""
        data = super().clean() or self.cleaned_data
        if not self.errors:
            data["content"] = self.content()
        return data


class Unfinished:
    """A field that an offer needs, and a draft may still lack."""

    empty_values: Any

    def validate(self, value: Any) -> None:
        if value not in self.empty_values:
            super().validate(value)  # type: ignore[misc]


class UnfinishedText(Unfinished, forms.CharField):
    """A text that may be empty as long as it is a draft."""


class UnfinishedChoice(Unfinished, forms.MultipleChoiceField):
    """Choices of which none may be made as long as it is a draft."""


class TechnicalForm(PartForm):
    """The technical proposal as a text."""

    text = UnfinishedText(
        label="Technical proposal",
        strip=False,
        help_text=(
            "How you meet the statement of objectives and each factor. Its length is "
            "limited; longer papers are attached as files."
        ),
        widget=forms.Textarea(attrs={"rows": 16}),
    )

    def content(self) -> dict[str, Any]:
        """The text with the line breaks of this system, as every browser sends it."""
        return {"text": self.cleaned_data["text"].replace("\r\n", "\n")}


class PricesForm(PartForm):
    """What was typed into each cell, a model for each CLIN, and pasted cells."""

    paste = forms.CharField(required=False, strip=False, widget=forms.Textarea)

    def __init__(
        self, *args: Any, lines: Sequence[SolicitationLine], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(lines)
        for clin in {line.clin for line in self.lines if line.names_a_model}:
            self.fields[f"model_{clin}"] = forms.CharField(
                required=False, max_length=40
            )
        for line in self.lines:
            self.fields[f"price_{line.public_id}"] = forms.CharField(
                required=False, max_length=200, label=f"Price of {line.slin}"
            )
            self.fields[f"zero_{line.public_id}"] = forms.BooleanField(required=False)

    def content(self) -> dict[str, Any]:
        """Prices as they were typed, by line; models by CLIN."""
        data = self.cleaned_data
        return {
            "models": {
                line.clin: data.get(f"model_{line.clin}", "") for line in self.lines
            },
            "prices": {
                line.slin: data.get(f"price_{line.public_id}", "")
                for line in self.lines
            },
            "zeros": [
                line.slin for line in self.lines if data.get(f"zero_{line.public_id}")
            ],
        }


class AmendmentsForm(PartForm):
    """The amendments that are acknowledged so far."""

    acknowledged = UnfinishedChoice(
        label="We acknowledge these amendments",
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, numbers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["acknowledged"]
        field.choices = [  # type: ignore[attr-defined]
            (number, f"Amendment {number}") for number in numbers
        ]

    def content(self) -> dict[str, Any]:
        """Their numbers."""
        return {"acknowledged": sorted(self.cleaned_data["acknowledged"])}


class FilesForm(forms.Form):
    """Files to attach, each checked at once."""

    attachments = SeveralFilesField(label="Add files", sealed=True)

    def __init__(self, *args: Any, limits: OfferLimits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = " ".join(limits.sentences[1:])
        words = f"{told} Each is checked at once: {FORBIDDEN[0].lower()}{FORBIDDEN[1:]}"
        self.fields["attachments"].help_text = words

    def clean_attachments(self) -> list[FileVerdict]:
        taken: list[FileVerdict] = self.cleaned_data["attachments"]
        if not taken:
            message = "Choose a file first."
            raise forms.ValidationError(message)
        return taken


class SealForm(forms.Form):
    """A draft as a browser has sealed it."""

    seen_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    made = forms.CharField(max_length=3_000_000, widget=forms.HiddenInput)

    def clean_made(self) -> SealedContent:
        """The sealed content as values.

        :raises ValidationError: if it is of another form
        """
        try:
            told = json.loads(self.cleaned_data["made"])
            return SealedContent(
                version=int(told["version"]),
                sealed=base64.b64decode(told["sealed"], validate=True),
                wrapped_key=base64.b64decode(told["wrapped_key"], validate=True),
                offer_key=str(told["offer_key"]),
            )
        except (KeyError, RecursionError, TypeError, ValueError) as error:
            message = "The page that this comes from is an old one. Load it again."
            raise forms.ValidationError(message) from error


class SealedFileForm(forms.Form):
    """One file of a draft as a browser has sealed it."""

    made = forms.CharField(max_length=20_000, widget=forms.HiddenInput)
    sealed = forms.FileField(widget=forms.FileInput)

    def clean(self) -> dict[str, Any]:
        """With the sealed file as values under ``file``.

        :raises ValidationError: if it is of another form
        """
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            told = json.loads(data["made"])
            data["file"] = SealedFile(
                name=str(told["name"]),
                facts=base64.b64decode(told["facts"], validate=True),
                sealed=data["sealed"].read(),
                wrapped_key=base64.b64decode(told["wrapped_key"], validate=True),
                offer_key=str(told["offer_key"]),
            )
        except (KeyError, RecursionError, TypeError, ValueError) as error:
            message = "The page that this comes from is an old one. Load it again."
            raise forms.ValidationError(message) from error
        return data


class UploadForm(forms.Form):
    """A file that is to be sent in pieces: its name and size, and its hash if known."""

    name = forms.CharField(max_length=255, required=False, strip=False)
    size_bytes = forms.IntegerField(min_value=1)
    sha256 = forms.RegexField(r"[0-9a-f]{64}", required=False)
    made = forms.CharField(max_length=20_000, required=False)
    is_offer = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """With the file as a value under ``file``.

        :raises ValidationError: if it is of another form
        """
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        name, sealed = data["name"], None
        try:
            if data["made"]:
                told = json.loads(data["made"])
                name = str(told["name"])
                sealed = sealed_file_of(name, told, b"")
        except (KeyError, RecursionError, TypeError, ValueError) as error:
            message = "The page that this comes from is an old one. Load it again."
            raise forms.ValidationError(message) from error
        if not name:
            message = "A file has a name."
            raise forms.ValidationError(message)
        if data["is_offer"] and sealed is not None:
            message = "It is a file of a draft or an offer, and not both."
            raise forms.ValidationError(message)
        data["file"] = ToSend(
            name, data["size_bytes"], data["sha256"], sealed, data["is_offer"]
        )
        return data


class SubmitUploadForm(forms.Form):
    """What is told of an offer whose sealed bytes have come in pieces."""

    envelope = forms.CharField(max_length=20_000, widget=forms.HiddenInput)
    acknowledged = forms.MultipleChoiceField(
        required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, *args: Any, numbers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["acknowledged"]
        field.choices = [(number, number) for number in numbers]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """With the offer, yet without its bytes, under ``told``, and their hash.

        :raises ValidationError: for an envelope of another form
        """
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            told = json.loads(data["envelope"])
            data["told"] = told_offer(told, b"")
            data["sha256"] = str(told["sealed_sha256"])
        except UNREADABLE as error:
            raise forms.ValidationError(OLD_PAGE) from error
        return data


class SubmitForm(forms.Form):
    """The word of a signer, for the draft as it was checked."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
