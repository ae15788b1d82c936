"""What a visitor asks with: a file, or its hash or code."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile

from contracting.verification.calculations import Question, question_from

MOST_MEGABYTES: Final = 20
MOST_BYTES: Final = MOST_MEGABYTES * 1024 * 1024


class VerifyFileForm(forms.Form):
    """The file; it is hashed in memory and not kept."""

    file = forms.FileField(
        label="File",
        allow_empty_file=False,
        help_text="A PDF as you received it. With scripts it does not leave your "
        "browser: only its hash is sent. Without, it is sent, of at most 20 MB, hashed "
        "in memory and not kept.",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": "Choose the file to be verified.",
            "empty": "The file is empty. Choose the file as you received it.",
        },
    )

    def clean_file(self) -> UploadedFile[Any]:
        """:raises ValidationError: for a file that is too large to be hashed here"""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            message = (
                f"The file is larger than {MOST_MEGABYTES} MB. Nothing was kept. "
                "Compute its SHA-256 yourself and ask with that, or turn scripts on: "
                "then your browser does."
            )
            raise forms.ValidationError(message)
        return file


class VerifyCodeForm(forms.Form):
    """A SHA-256 of a file, or the code that is printed on page one."""

    code = forms.CharField(
        label="Hash or code",
        max_length=100,
        help_text="The SHA-256 of the file, 64 letters and digits, or the last part of "
        "the address on page one, 26 letters and digits.",
        error_messages={"required": "Type the hash or the code."},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "text"}
        ),
    )

    def clean_code(self) -> Question:
        """:raises ValidationError: for what is neither a hash nor a code"""
        typed = "".join(self.cleaned_data["code"].split())
        question = question_from(typed.rpartition("/")[2], [], "")
        if question is None:
            message = (
                "That is neither a SHA-256 (64 digits and letters from a to f) nor a "
                "code (26 digits and letters, without I, L, O and U). Compare it with "
                "page one."
            )
            raise forms.ValidationError(message)
        return question
