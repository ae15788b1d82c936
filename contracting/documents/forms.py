"""Fields that take files: read into memory, checked by content, never written."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from contracting.documents.checking import kinds
from contracting.documents.checking.findings import MEGABYTE, FileVerdict
from contracting.documents.checking.malware import Scanner
from contracting.documents.checking.upload import check_upload
from contracting.documents.queries import scans_before_sealing
from contracting.documents.refusals import FileNotTaken

MAX_FILES: Final = 10
MAX_BYTES: Final = 20 * MEGABYTE
SECONDS: Final = 30.0
"""How long one upload may take to check, before the next of its files is begun."""

KINDS_IN_WORDS: Final = ", ".join(f".{kind}" for kind in kinds.MEDIA_TYPES)


class SeveralFilesInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class SeveralFilesField(forms.FileField):
    """Several files, each checked in memory; the value is a list of verdicts.

    What is wrong is said of every file at once, while there is time to mend it
    (R-SUB-12, FAR 15.207(c)).
    """

    widget = SeveralFilesInput

    def __init__(self, *, sealed: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.is_sealed = sealed

    def clean(self, data: Any, initial: Any = None) -> list[FileVerdict]:
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        if len(uploads) > MAX_FILES:
            message = f"Hand in at most {MAX_FILES} files, or pack several into a ZIP."
            raise forms.ValidationError(message)
        if sum(upload.size or 0 for upload in uploads) > MAX_BYTES:
            message = f"Hand in at most {MAX_BYTES // MEGABYTE} MB in all."
            raise forms.ValidationError(message)
        taken, refused, began = [], [], time.monotonic()
        for upload in uploads:
            try:
                late = time.monotonic() - began
                taken.append(taken_file(upload, late=late, sealed=self.is_sealed))
            except FileNotTaken as refusal:
                refused.append(str(refusal))
        if refused:
            raise forms.ValidationError(refused)
        return taken


class TextFileField(forms.FileField):
    """One file of text, such as CSV or JSON: not too large, and told by its content."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if not upload:
            return upload
        limit = settings.TEXT_UPLOAD_MAX_BYTES
        if upload.size > limit:
            message = (
                f"{upload.name} has {upload.size:,} bytes; at most {limit:,} are taken "
                "at once. It was not read. Send it in parts."
            )
            raise forms.ValidationError(message, code="too_large")
        upload.seek(0)
        content = upload.read()
        upload.seek(0)
        known = kinds.kind_of(content)
        if known != "txt":
            foreign = kinds.foreign_kind_of(content)
            what = f"a {known.upper()} file" if known else foreign
            message = (
                f"{upload.name}: its content is {what}, not text. Only text can be "
                "read here. Export the rows as the help text says, and send that file."
            )
            raise forms.ValidationError(message)
        return upload


class SignedCopyForm(forms.Form):
    """The copy, as the program that signed it has saved it."""

    file = forms.FileField(
        label="Signed copy",
        help_text="The PDF for your signature that is offered here, signed in its one "
        "empty field by a program for PDF, and saved by it. At most 20 MB.",
    )

    def clean_file(self) -> FileVerdict:
        """The file, once the check of uploads has taken it."""
        try:
            return taken_file(self.cleaned_data["file"], allowed=("pdf",))
        except FileNotTaken as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def scanner() -> Scanner | None:
    """The malware scanner of this site, if one is set up."""
    return Scanner(settings.CLAMD_URL) if settings.CLAMD_URL else None


def sealed_scanner() -> Scanner | None:
    """The scanner for what is to be sealed: none that may write it to a disk."""
    return scanner() if scans_before_sealing() else None


def taken_file(
    upload: UploadedFile[Any],
    *,
    late: float = 0.0,
    sealed: bool = False,
    allowed: Collection[str] = tuple(kinds.MEDIA_TYPES),
) -> FileVerdict:
    """The file, once the check has found nothing.

    :param late: seconds that the files before it have taken
    :param sealed: it is to be sealed: nothing reads it that may write it to a disk
    :param allowed: the kinds that are taken here
    :raises FileNotTaken: with what was found, why it matters and what to do
    """
    name = upload.name or ""
    if late > SECONDS:
        message = (
            f"{name}: it was not checked, for the files before it took too long. Hand "
            "in fewer files, or make them simpler."
        )
        raise FileNotTaken(message, file=name)
    reader = sealed_scanner() if sealed else scanner()
    verdict = check_upload(name, upload, scanner=reader, allowed=allowed)
    if not verdict.is_fit:
        codes = [finding.code for finding in verdict.findings]
        raise FileNotTaken(verdict.words, file=verdict.name, found=codes)
    return verdict
