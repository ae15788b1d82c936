"""Forms of the vendor's pages, and of the return of an invoice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from contracting.billing.calculations import (
    HEADER,
    LINE_COLUMNS,
    BadLines,
    BadReport,
    read_invoice_file,
    read_lines,
)
from contracting.billing.calculations.formats import OURS, formats
from contracting.billing.calculations.ubl import MAX_BYTES, read_stated
from contracting.billing.forms import register
from contracting.billing.states import CameBy
from contracting.core.json_text import BadJson, read_json
from contracting.core.periods import zone_of
from contracting.documents.forms import SeveralFilesField, TextFileField

MonthForm = register.MonthForm
OverdueLetterForm = register.OverdueLetterForm
ReportingTermsForm = register.ReportingTermsForm
StateNoReportForm = register.StateNoReportForm

_LONGEST_SHOWN = 200_000


class ZonedInstantField(forms.DateTimeField):
    """A local date and time in the contract's zone; the cleaned value is an instant."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput(
                format="%Y-%m-%dT%H:%M:%S", attrs={"type": "datetime-local", "step": 1}
            ),
            **kwargs,
        )
        self.zone = "UTC"

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(zone_of(self.zone)):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(zone_of(self.zone)):
            return super().prepare_value(value)


class JsonTextField(forms.CharField):
    """A JSON text, read as strictly as one that a machine sends."""

    widget = forms.Textarea

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_json(text.encode())
        except (BadJson, UnicodeEncodeError) as error:
            message = "This is no JSON text of a mapping."
            raise forms.ValidationError(message) from error


class PeriodForm(forms.Form):
    """A period, from and to the second, in the time zone of the contract."""

    period_start = ZonedInstantField(label="Period from")
    period_end = ZonedInstantField(
        label="Period to", help_text="This instant itself is no longer included."
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("period_start", "period_end"):
            field = self.fields[name]
            if isinstance(field, ZonedInstantField):
                field.zone = zone
        self.fields["period_start"].help_text = f"Date and time in {zone}."


class ReceiveUsageReportForm(PeriodForm):
    """What the vendor counted."""

    label = forms.CharField(
        label="Your number of this report",
        max_length=60,
        help_text="The same number with the same file is taken once.",
    )
    file = TextFileField(
        label="File",
        help_text=(
            "CSV with one row for each billed attempt and token class. The first line "
            "is request_id,attempt,occurred_at,model,class,tier,tokens. If you count "
            "no single calls, send one row for each day and token class: leave "
            "request_id and attempt empty and add bucket_end, when the sum ends."
        ),
    )
    format = forms.ChoiceField(
        label="Format of the file",
        choices=lambda: formats().items(),
        initial=OURS,
        required=False,
    )
    mapping = JsonTextField(
        label="Which column is what",
        required=False,
        max_length=20_000,
        help_text=(
            "For a CSV file of your own columns, once: JSON as for usage files. Later "
            "reports of the order are read the same way."
        ),
    )
    signature = forms.CharField(
        label="Signature",
        max_length=128,
        required=False,
        help_text=(
            "Ed25519 over “sha256:” and the hash of the file, as 128 hexadecimal "
            "digits, by a key that is registered."
        ),
    )
    stated_total = forms.IntegerField(
        label="Total of tokens",
        min_value=0,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "dd-num"}),
        help_text="If you state it, it must be the sum of the rows.",
    )
    supersedes = forms.CharField(
        label="Number of the report it corrects",
        max_length=60,
        required=False,
        help_text="If you name one, this report replaces it; else reports add up.",
    )
    field_order = (
        "label",
        "supersedes",
        "period_start",
        "period_end",
        "file",
        "format",
        "stated_total",
        "signature",
        "mapping",
    )


class RegisterSigningKeyForm(forms.Form):
    """A public key and its name."""

    label = forms.CharField(label="Name of the key", max_length=80)
    public_key = forms.CharField(
        label="Public key",
        max_length=200,
        help_text="Ed25519, 32 bytes as 64 hexadecimal digits.",
    )


class ReceiveInvoiceForm(PeriodForm):
    """The elements of a proper invoice (FAR 32.905(b), 52.212-4(g))."""

    number = forms.CharField(label="Invoice number", max_length=40)
    invoiced_on = forms.DateField(
        label="Invoice date", widget=forms.DateInput(attrs={"type": "date"})
    )
    file = TextFileField(
        label="Lines, as a file",
        required=False,
        help_text=f"CSV or JSON with {', '.join(LINE_COLUMNS)}.",
    )
    lines = forms.CharField(
        label="Lines, as text",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="The same content, if you would rather paste it than send a file.",
    )
    total = forms.DecimalField(
        label="Total in US dollars",
        max_digits=18,
        decimal_places=2,
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )
    vendor_name = forms.CharField(label="Name of the contractor", max_length=200)
    vendor_address = forms.CharField(
        label="Address of the contractor",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    contract_number = forms.CharField(label="Contract number", max_length=40)
    order_number = forms.CharField(label="Order number", max_length=40)
    payment_terms = forms.CharField(label="Payment terms", max_length=120)
    remit_to = forms.CharField(
        label="Name and address to which payment is sent",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    defect_contact = forms.CharField(
        label="Whom to contact about a defective invoice",
        max_length=200,
        help_text="Name, telephone and e-mail.",
    )
    tin = forms.CharField(
        label="Taxpayer identification number",
        max_length=60,
        help_text="As the paying office has it; the last digits are enough.",
    )
    draft = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput())
    corrects = forms.CharField(
        label="Number of the returned invoice that it corrects",
        max_length=40,
        required=False,
        help_text=(
            "If you name none, it is the returned one of the same number or period."
        ),
    )
    field_order: tuple[str, ...] = (
        "number",
        "invoiced_on",
        "period_start",
        "period_end",
        "file",
        "lines",
        "total",
        "corrects",
    )

    lines_are_needed = True

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        uploaded = files.get("file") if files else None
        self.content = _content(uploaded)
        if data is not None and self.content is not None:
            # A browser sends a file once: its lines are kept as text for a second try.
            data = data.copy()
            data["lines"] = _shown(self.content)
        super().__init__(data, files, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        content = self.content
        if content is None:
            content = str(cleaned.get("lines") or "").encode()
        if not content.strip():
            cleaned["stated_lines"], cleaned["content"] = [], b""
            cleaned["media_type"] = "text/plain"
            if self.lines_are_needed:
                self.add_error("file", "Send the lines as a file or as text.")
            return cleaned
        try:
            cleaned["stated_lines"] = read_lines(read_invoice_file(content))
        except BadLines as error:
            self.add_error("lines", list(error.errors))
        except BadReport as error:
            self.add_error("lines", str(error))
        cleaned["content"] = content
        is_json = content.lstrip()[:1] in {b"[", b"{"}
        cleaned["media_type"] = "application/json" if is_json else "text/csv"
        return cleaned


class ReceiveInvoiceFileForm(forms.Form):
    """A whole invoice in UBL 2.1."""

    file = forms.FileField(
        label="Invoice",
        help_text="UBL 2.1 in the terms of EN 16931, up to 5 MB with its attachments.",
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        upload = cleaned.get("file")
        if not upload:
            return cleaned
        if upload.size > MAX_BYTES:
            self.add_error("file", f"The file has more than {MAX_BYTES:,} bytes.")
            return cleaned
        cleaned["content"] = upload.read()
        try:
            read = read_stated(cleaned["content"], zone=self.zone)
            cleaned["stated"], cleaned["corrects"] = read
        except BadLines as error:
            self.add_error("file", list(error.errors))
        except BadReport as error:
            self.add_error("file", str(error))
        return cleaned


class RecordInvoiceForm(ReceiveInvoiceForm):
    """An invoice that did not come in here, with whatever it lacks."""

    lines_are_needed = False
    received_at = ZonedInstantField(
        label="Received", help_text="When it reached the office; that day is day 0."
    )
    came_by = forms.ChoiceField(
        label="How it came", choices=[c for c in CameBy.choices if c[0] != CameBy.HERE]
    )
    scan = SeveralFilesField(
        label="The invoice as it came",
        required=False,
        help_text="One file, a scan or the message; the rest is typed from it.",
    )
    field_order = ("received_at", "came_by", "scan", *ReceiveInvoiceForm.field_order)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, zone=zone, **kwargs)
        received = self.fields["received_at"]
        if isinstance(received, ZonedInstantField):
            received.zone = zone
        for name in ("number", "corrects", *HEADER):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        scans = cleaned.get("scan") or []
        if len(scans) > 1:
            self.add_error("scan", "Send one file of the invoice as it came.")
        for scan in scans[:1]:
            cleaned["content"], cleaned["media_type"] = scan.content, scan.media_type
        return cleaned


class AllowInvoiceNumberForm(forms.Form):
    """Which number is used once more, and why."""

    number = forms.CharField(label="Invoice number", max_length=40)
    reason = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The vendor reads it, and it is kept with the invoice.",
    )


class ReturnInvoiceForm(forms.Form):
    """What makes the invoice improper."""

    reasons = forms.CharField(
        label="Reasons",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One on each line; the vendor reads them as they stand here.",
    )


def _content(uploaded: UploadedFile[Any] | None) -> bytes | None:
    return uploaded.read() if uploaded is not None else None


def _shown(content: bytes) -> str:
    """The file's text as the form shows it again; nothing of one that is no text."""
    text = content.decode("utf-8-sig", errors="replace").replace("\x00", "")
    return text if len(text) <= _LONGEST_SHOWN else ""
