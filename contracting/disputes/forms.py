"""What is asked for on the pages of disputes, recounts, claims and service levels."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from contracting.core.plots.tables import unquoted
from contracting.disputes.calculations import CallKey
from contracting.disputes.queries.cases import Settled
from contracting.disputes.states import (
    CERTIFICATION_WORDS,
    MOST_CALLS,
    MOST_COUNTED,
    ServiceMeasure,
    Stance,
)
from contracting.documents.forms import (
    KINDS_IN_WORDS,
    SeveralFilesField,
    TextFileField,
)

_HEAD = ("request_id", "attempt", "tokens")
_MOST_TOKENS = 2**62
_MOST_BYTES = 12_000_000


def _words(label: str, hint: str = "", *, rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=8000,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _money(label: str, hint: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=18,
        decimal_places=2,
        min_value=Decimal(0),
        help_text=hint,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )


def read_counts(text: str, most: int) -> list[tuple[str, int, int]]:
    """Lines of request id, attempt and tokens; a heading is left out.

    :raises ValidationError: naming the line that is no count, or for too many
    """
    found = []
    for number, row in _rows(text):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and tuple(cells) == _HEAD):
            continue
        found.append(_count(number, cells))
        if len(found) > most:
            message = f"There are more than {most:,} calls."
            raise forms.ValidationError(message)
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number; one that is no CSV at all is named."""
    rows = csv.reader(io.StringIO(text, newline=""))
    number = 0
    try:
        for number, row in enumerate(rows, start=1):
            yield number, row
    except csv.Error:
        message = f"Line {number + 1} is no line of a CSV file."
        raise forms.ValidationError(message) from None


def _count(number: int, cells: Sequence[str]) -> tuple[str, int, int]:
    message = (
        f"Line {number}: write request id, attempt and tokens, with commas between."
    )
    if len(cells) != len(_HEAD):
        raise forms.ValidationError(message)
    request_id, *whole = cells
    if not 0 < len(request_id) <= 200 or not all(  # noqa: PLR2004
        each.isascii() and each.isdigit() and len(each) < 20  # noqa: PLR2004
        for each in whole
    ):
        raise forms.ValidationError(message)
    attempt, tokens = (int(each) for each in whole)
    if tokens > _MOST_TOKENS or attempt > 2**31 - 1:
        raise forms.ValidationError(message)
    return request_id, attempt, tokens


class OpenDisputeForm(forms.Form):
    """Which differences are put to the vendor, and what is asked."""

    findings = forms.MultipleChoiceField(
        label="Differences", widget=forms.CheckboxSelectMultiple
    )
    question = _words(
        "What the vendor is to explain",
        "The vendor reads it with the calls behind the differences.",
    )

    def __init__(
        self, *args: Any, findings: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["findings"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = list(findings)


class AnswerDisputeForm(forms.Form):
    """Where the vendor stands, why, and what shows it."""

    stance = forms.ChoiceField(
        label="Your answer", choices=Stance.choices, widget=forms.RadioSelect
    )
    text = _words("Why", "Never put prompts or answers of a call here.")
    calls = forms.CharField(
        label="A sample of calls",
        required=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=(
            f"A line each: request id, attempt, tokens as you count them. At most "
            f"{MOST_CALLS:,}."
        ),
    )
    attachments = SeveralFilesField(
        label="Files",
        required=False,
        help_text=f"Counts and logs without content: {KINDS_IN_WORDS}.",
    )

    def clean_calls(self) -> list[tuple[str, int, int]]:
        return read_counts(self.cleaned_data["calls"], MOST_CALLS)


class WordsForm(forms.Form):
    """A reason."""

    text = _words("Reason")


class DecideDisputeForm(forms.Form):
    """How each difference is settled, what each way would do, and why."""

    text = _words(
        "Findings of fact and reasons", "It is printed in the letter.", rows=8
    )

    def __init__(self, *args: Any, settled: Sequence[Settled], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ids = [each.finding.public_id for each in settled]
        for each in settled:
            finding = each.finding
            self.fields[f"code_{finding.public_id}"] = forms.ChoiceField(
                label=f"{finding.code}, line {finding.clin}, {finding.tokens:,} tokens",
                choices=[("", "Choose a resolution"), *each.choices],
                help_text=str(finding.get_code_display()).capitalize(),
            )

    def clean(self) -> dict[str, Any]:
        """With the codes under ``codes``."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["codes"] = {
            public_id: cleaned.get(f"code_{public_id}", "") for public_id in self._ids
        }
        return cleaned


class StartRecountForm(forms.Form):
    """What is counted anew."""

    finding = forms.ChoiceField(label="Difference")
    first_day = forms.DateField(
        label="First day", widget=forms.DateInput(attrs={"type": "date"})
    )
    last_day = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Every call of the order in these days is drawn from.",
    )
    token_class = forms.ChoiceField(label="Token class")

    def __init__(
        self,
        *args: Any,
        findings: Iterable[tuple[str, str]],
        classes: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        findings = list(findings)
        for name in ("first_day", "last_day") if findings else ("finding",):
            del self.fields[name]
        for name, choices in (("finding", findings), ("token_class", classes)):
            if name not in self.fields:
                continue
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = list(choices)


class JoinRecountForm(forms.Form):
    """The vendor's seed."""

    seed = forms.CharField(
        label="Your seed",
        min_length=16,
        max_length=200,
        help_text=(
            "16 to 200 characters that nobody could guess. With the agency's seed, "
            "whose hash you see above, it decides which calls are counted."
        ),
    )


class EnterRecountForm(forms.Form):
    """One side's counts of the whole sample."""

    file = TextFileField(
        label="Your counts",
        help_text=(
            "The file of the sample with the tokens filled in: "
            "request_id,attempt,tokens. Every call once. It is not changed afterwards."
        ),
    )

    def __init__(self, *args: Any, sampled: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sampled = sampled

    def clean(self) -> dict[str, Any]:
        """With the counts under ``counts``."""
        cleaned: dict[str, Any] = super().clean() or {}
        upload = cleaned.get("file")
        if upload:
            try:
                cleaned["counts"] = _as_counts(upload, self._sampled)
            except forms.ValidationError as error:
                self.add_error("file", error)
        return cleaned


def _as_counts(upload: Any, sampled: Collection[str]) -> dict[CallKey, int]:
    """The counts by call; an id that the sample's file has quoted is itself again."""
    if upload.size > _MOST_BYTES:
        message = f"The file is larger than {_MOST_BYTES // 1_000_000} MB."
        raise forms.ValidationError(message)
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "The file is not in UTF-8."
        raise forms.ValidationError(message) from None
    rows = read_counts(text, MOST_COUNTED)
    counts = {
        (each if each in sampled else unquoted(each), attempt): tokens
        for each, attempt, tokens in rows
    }
    if len(counts) < len(rows):
        message = "The file names a call twice."
        raise forms.ValidationError(message)
    return counts


class SubmitClaimForm(forms.Form):
    """A sum certain, its basis, and the certification."""

    case = forms.ChoiceField(label="It goes on from", required=False)
    dollars = _money("Sum claimed in dollars", "A sum certain, to the cent.")
    text = _words("Basis of the claim", rows=8)
    is_certified = forms.BooleanField(
        label="I certify this claim",
        required=False,
        help_text=f"Needed above the threshold. {CERTIFICATION_WORDS}",
    )

    def __init__(
        self, *args: Any, cases: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["case"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "No dispute"), *cases]


class StateDecisionDateForm(forms.Form):
    """By when it is decided, and why not before."""

    decision_on = forms.DateField(
        label="The decision is issued by",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    reason = _words("Why it takes longer")


class DecideClaimForm(forms.Form):
    """What is allowed, and why."""

    allowed = _money("Allowed in dollars", "0.00 denies the claim.")
    text = _words(
        "Findings of fact and reasons",
        "The letter adds the vendor's rights of appeal.",
        rows=8,
    )


class ChargeClaimForm(forms.Form):
    """Which funds pay what is allowed."""

    place = forms.ChoiceField(
        label="Line and ACRN",
        help_text="What is obligated there and unused has to reach for all of it.",
    )

    def __init__(
        self, *args: Any, places: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        if isinstance(field, forms.ChoiceField):
            field.choices = places


class SetServiceLevelForm(forms.Form):
    """A target and its table of credits."""

    measure = forms.ChoiceField(
        label="Measure", choices=ServiceMeasure.choices, widget=forms.RadioSelect
    )
    target = forms.DecimalField(
        label="Target",
        max_digits=14,
        decimal_places=4,
        min_value=Decimal(0),
        help_text="In percent of the calls; the latency in milliseconds.",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "dd-num"}),
    )
    steps = forms.CharField(
        label="Credits",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=(
            "A line for each step, the mildest miss first: worse than this, percent of "
            "the month. For example 99.9, 5 and then 99, 10."
        ),
    )
    first_day = forms.DateField(
        label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    says_so = forms.CharField(label="Clause or modification", max_length=200)
    modification = forms.CharField(
        label="Number of the modification",
        max_length=6,
        required=False,
        help_text=(
            "Only if it holds from a day of an earlier month on: the issued "
            "modification that says so, such as P00002."
        ),
    )

    def clean_steps(self) -> list[tuple[Decimal, Decimal]]:
        return [
            _step(number, line)
            for number, line in enumerate(
                self.cleaned_data["steps"].splitlines(), start=1
            )
            if line.strip()
        ]


def _step(number: int, line: str) -> tuple[Decimal, Decimal]:
    message = f"Line {number}: write two numbers, such as 99.9, 5."
    try:
        edge, percent = (Decimal(part.strip()) for part in line.split(","))
    except (InvalidOperation, ValueError):
        raise forms.ValidationError(message) from None
    for each in (edge, percent):
        digits = each.as_tuple().exponent
        if not isinstance(digits, int) or digits < -4 or each >= 10**9:  # noqa: PLR2004
            raise forms.ValidationError(message)
    return edge, percent


class ProposeCreditsForm(forms.Form):
    """Which month."""

    month = forms.ChoiceField(label="Month")

    def __init__(
        self, *args: Any, months: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["month"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(months)
