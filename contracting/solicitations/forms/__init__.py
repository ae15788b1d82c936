"""What a page asks for: terms, lines, factors, clauses, decisions, questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from django import forms

from contracting.approvals.forms import ReviewForm
from contracting.approvals.states import Decided
from contracting.core.identifiers import check_naics, check_psc
from contracting.requisitions.forms import (
    ZONES,
    SeenVersion,
    day_field,
    dollars_field,
    instant_of,
    kept_rows,
    text_field,
)
from contracting.solicitations.calculations import (
    MOST_ALTERNATES,
    MOST_AWARDS,
    MOST_VALID_DAYS,
)
from contracting.solicitations.forms.grids import (
    EditFactorsForm,
    EditLinesForm,
    checked,
    factor_drafts,
    line_drafts,
)
from contracting.solicitations.forms.limits import LimitFields, order_limit_field
from contracting.solicitations.forms.questions import closing_days_field
from contracting.solicitations.forms.tolerances import tolerance_field
from contracting.solicitations.publishing.kinds import KindForm
from contracting.solicitations.publishing.terms import ALWAYS_STATED, TERMS
from contracting.solicitations.states import (
    ExtentCompeted,
    Procedure,
    SetAside,
    SynopsisException,
    SynopsisKind,
)

WHEN_NEEDED: Final = "needed before it is released"
NEEDED_TO_RELEASE: Final = (
    "statement_of_objectives",
    "naics",
    "size_standard",
    "psc",
    "set_aside",
    "importance",
    "ai_terms",
    "contact_name",
    "contact_email",
    "deadline_day",
    "deadline_time",
    "ordering_start",
    "ordering_end",
)
"""What a draft may leave empty, and a release may not."""


class EditTermsForm(SeenVersion):
    """Every single-valued term of a package; a draft may leave most of them empty."""

    title = forms.CharField(max_length=200)
    statement_of_objectives = text_field(
        "Statement of objectives or work statement", "What the tokens are for.", 12
    )
    naics = forms.CharField(
        label="NAICS code", required=False, help_text="Six digits, such as 518210."
    )
    size_standard = forms.CharField(
        max_length=60, required=False, help_text="Such as $40.0 million."
    )
    psc = forms.CharField(
        label="Product service code",
        required=False,
        help_text="Four characters, such as DA10.",
    )
    set_aside = forms.ChoiceField(
        label="Competition",
        required=False,
        choices=[("", "Not decided yet"), *SetAside.choices],
    )
    importance = text_field(
        "Relative importance of the evaluation factors",
        "How the factors weigh against each other and against price (FAR 15.304).",
        5,
    )
    ai_terms = text_field(
        "AI term pack",
        "What a token is and which tokenizer counts it; use of data and retention; "
        "disclosure of model, snapshot and changes; usage reports.",
        10,
    )
    contact_name = forms.CharField(
        label="Point of contact", max_length=120, required=False
    )
    contact_email = forms.EmailField(
        label="E-mail of the point of contact", required=False
    )
    deadline_day = day_field("Deadline, day", "Offers are due by this day and time.")
    deadline_time = forms.TimeField(
        label="Deadline, time",
        required=False,
        help_text="Inclusive, in the zone below. Such as 17:00, never midnight.",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    time_zone = forms.ChoiceField(label="Time zone of the deadline")
    offer_valid_days = forms.IntegerField(
        label="Days that an offer stays open",
        required=False,
        min_value=1,
        max_value=MOST_VALID_DAYS,
        help_text="Counted from the deadline. Empty: 30 days (FAR 52.212-1(c)).",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    questions_close_days = closing_days_field()
    alternates_taken = forms.IntegerField(
        label="Alternate offers taken from each vendor",
        required=False,
        min_value=0,
        max_value=MOST_ALTERNATES,
        initial=9,
        help_text="Beside its base offer, numbered, each evaluated by itself "
        "(FAR 52.212-1(e)). 0 takes none.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    minimum_dollars = dollars_field(
        "Guaranteed minimum in dollars", "Obligated at award (FAR 16.504)."
    )
    maximum_dollars = dollars_field(
        "Maximum in dollars",
        "The ceiling of all orders; options add to it when exercised.",
    )
    maximum_tokens = forms.IntegerField(
        label="Maximum in tokens",
        min_value=0,
        max_value=9 * 10**18,
        initial=0,
        help_text="The ceiling of all orders.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    most_awards = forms.IntegerField(
        label="Contracts to be awarded, at most",
        required=False,
        min_value=1,
        max_value=MOST_AWARDS,
        initial=1,
        help_text="1 is a single award. Several are preferred (FAR 16.504(c)(1)(i)).",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    ordering_start = day_field("First day on which an order may be placed")
    ordering_end = day_field("Last day on which an order may be placed")
    smallest_order_dollars = order_limit_field(
        "Smallest order in dollars",
        "A smaller one waits for the vendor's acceptance (FAR 52.216-19). Empty: none.",
    )
    largest_item_dollars = order_limit_field(
        "Largest order of a single line in dollars",
        "A larger one waits for the vendor's acceptance. Empty: no limit.",
    )
    largest_order_dollars = order_limit_field(
        "Largest order of several lines in dollars",
        "A larger one waits for the vendor's acceptance. Empty: no limit.",
    )
    order_series_days = forms.IntegerField(
        label="Days whose orders count as one",
        required=False,
        min_value=1,
        max_value=365,
        help_text="Together they stay within the largest order. Usual: 30.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    performance_end = day_field(
        "Last day of performance of any order",
        "An order placed in time runs no longer (FAR 52.216-22(d)). Empty: no limit.",
    )
    tolerance_tokens = tolerance_field("tolerance_tokens")
    tolerance_percent = tolerance_field("tolerance_percent")
    tolerance_dollars = tolerance_field("tolerance_dollars")
    tolerance_month_percent = tolerance_field("tolerance_month_percent")
    tolerance_month_dollars = tolerance_field("tolerance_month_dollars")
    tolerance_de_minimis_dollars = tolerance_field("tolerance_de_minimis_dollars")
    tolerance_cap_percent = tolerance_field("tolerance_cap_percent")
    cor_settles_percent = tolerance_field("cor_settles_percent")
    cor_settles_dollars = tolerance_field("cor_settles_dollars")
    write_off_cap_dollars = tolerance_field("write_off_cap_dollars")
    required_attachments = forms.MultipleChoiceField(
        label="Papers that every offer brings along",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Offers for AI bring all of them; leaving one out needs the waiver "
        "of the chief information officer (OMB M-26-04).",
    )
    attachments_shown = forms.BooleanField(
        required=False, initial=True, widget=forms.HiddenInput
    )

    def __init__(
        self,
        *args: Any,
        zone: str = "",
        attachments: Sequence[tuple[str, str]] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        papers = self.fields["required_attachments"]
        if isinstance(papers, forms.MultipleChoiceField):
            papers.choices = list(attachments)
        field = self.fields["time_zone"]
        if isinstance(field, forms.ChoiceField):
            offered = dict.fromkeys([*ZONES, *([zone] if zone else [])])
            field.choices = [(name, name.replace("_", " ")) for name in offered]
        for name in NEEDED_TO_RELEASE:
            self.fields[name].when_needed = WHEN_NEEDED  # type: ignore[attr-defined]

    def clean_naics(self) -> str:
        return checked(self.cleaned_data["naics"], check_naics)

    def clean_psc(self) -> str:
        return checked(self.cleaned_data["psc"], check_psc)

    def clean(self) -> dict[str, Any]:
        """What the verb takes lies under ``terms``."""
        cleaned: dict[str, Any] = super().clean() or {}
        known = {name: cleaned[name] for name in TERMS if name in cleaned}
        if known.get("alternates_taken") is None:
            known.pop("alternates_taken", None)
        if not cleaned.get("attachments_shown"):
            known.pop("required_attachments", None)
        for name in ALWAYS_STATED:
            if known.get(name) is None:
                known.pop(name, None)
        if known.get("most_awards") is None:
            known.pop("most_awards", None)
        cleaned["terms"] = {**known, "deadline": self._deadline(cleaned)}
        return cleaned

    def _deadline(self, cleaned: dict[str, Any]) -> datetime | None:
        day, at = cleaned.get("deadline_day"), cleaned.get("deadline_time")
        zone = cleaned.get("time_zone")
        if day is None and at is None:
            return None
        if day is None or at is None or not zone:
            missing = "deadline_day" if day is None else "deadline_time"
            self.add_error(missing, "A deadline has a day, a time and a zone.")
            return None
        if at == time(0):
            message = "Midnight is misread by many; choose another time, such as 17:00."
            self.add_error("deadline_time", message)
            return None
        try:
            return instant_of(day, at, zone)
        except forms.ValidationError as error:
            self.add_error("deadline_time", error)
            return None


class EditPublicationForm(KindForm):
    """What is asked for, how the market learns of it, and who may compete."""

    procedure = forms.ChoiceField(choices=Procedure.choices)
    synopsis_kind = forms.ChoiceField(
        label="Synopsis",
        required=False,
        choices=[("", "Not decided yet"), *SynopsisKind.choices],
        help_text="Needed above the synopsis threshold (FAR 5.101).",
    )
    synopsis_id = forms.CharField(
        label="Id of the synopsis",
        max_length=60,
        required=False,
        help_text="As the Governmentwide point of entry gave it.",
    )
    synopsis_posted_on = day_field(
        "Day on which it was posted",
        "For a synopsis of its own: the solicitation follows 15 days later.",
    )
    synopsis_exception = forms.ChoiceField(
        label="Exception from a synopsis",
        required=False,
        choices=[("", "None"), *SynopsisException.choices],
    )
    extent_competed = forms.ChoiceField(
        label="Extent competed", choices=ExtentCompeted.choices
    )
    named_brand = forms.CharField(
        label="Vendor or model that is named",
        max_length=120,
        required=False,
        help_text="If only one will do: it needs a justification (FAR 11.105).",
    )

    def clean(self) -> dict[str, Any]:
        """What the verb takes lies under ``terms``."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["terms"] = {name: cleaned[name] for name in TERMS if name in cleaned}
        return cleaned


def _words(field: forms.BoundField, now: Any) -> str:
    choices = dict(getattr(field.field, "choices", ()))
    if isinstance(now, list):
        return "; ".join(str(choices.get(each, each)) for each in now)
    if now in choices:
        return str(choices[now])
    if isinstance(now, date):
        return f"{now.day} {now:%b %Y}"
    if isinstance(now, time):
        return f"{now:%H:%M}"
    if isinstance(now, int | Decimal):
        return f"{now:,}"
    return str(now or "")


def _clauses_field() -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label="Clauses and provisions",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class EditClausesForm(SeenVersion):
    """The clauses and provisions of the package."""

    clause_ids = _clauses_field()

    def __init__(
        self, *args: Any, offered: Sequence[tuple[int, str]] = (), **more: Any
    ) -> None:
        super().__init__(*args, **more)
        field = self.fields["clause_ids"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = list(offered)


class AmendSolicitationForm(LimitFields, EditTermsForm):
    """The whole package as it shall stand, and a sentence for everybody.

    What a request does not send, such as one of the grids, stays as it is.
    """

    summary = forms.CharField(
        label="What this amendment changes",
        help_text="One or two sentences that every vendor reads first.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    clause_ids = _clauses_field()
    clauses_shown = forms.BooleanField(
        required=False, initial=True, widget=forms.HiddenInput
    )

    field_order = ("summary", "deadline_day", "deadline_time", "time_zone")

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        in_force: Mapping[str, Any],
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        choices: dict[str, Any],
        offered: Sequence[tuple[int, str]],
        **more: Any,
    ) -> None:
        super().__init__(data, files, **more)
        self.in_force = in_force
        self.fields["clause_ids"].choices = list(offered)  # type: ignore[attr-defined]
        self.line_grid, self.factor_grid = (
            form.grid_class(
                data if f"{name}-TOTAL_FORMS" in (data or {}) else None,
                prefix=name,
                initial=rows[name],
                form_kwargs={"choices": choices.get(name, {})},
            )
            for name, form in (("lines", EditLinesForm), ("factors", EditFactorsForm))
        )

    def compared(self) -> Iterator[tuple[forms.BoundField, str]]:
        """Each field of a term with what is in force, in words."""
        for field in self.visible_fields():
            if field.name in self.in_force:
                yield field, _words(field, self.in_force[field.name])

    def clean(self) -> dict[str, Any]:
        """What the verb takes; ``None`` for a list that was not sent."""
        cleaned = super().clean()
        if not cleaned.get("limits_shown"):
            for name in LimitFields.base_fields:
                cleaned["terms"].pop(name, None)
        if not cleaned.get("clauses_shown"):
            cleaned["clause_ids"] = None
        for name, grid, drafts in (
            ("lines", self.line_grid, line_drafts),
            ("factors", self.factor_grid, factor_drafts),
        ):
            cleaned[name] = drafts(kept_rows(grid)) if grid.is_bound else None
        return cleaned


class ReviewSolicitationForm(ReviewForm):
    """One decision on the version that was read."""

    verdict = forms.ChoiceField(
        label="Your decision",
        widget=forms.RadioSelect,
        choices=[
            (Decided.CONCUR, "I concur with exactly this version"),
            (Decided.NONCONCUR, "I do not concur, for the reasons below"),
            (Decided.RETURN, "I return it to be changed, for the reasons below"),
            (Decided.ABSTAIN, "I abstain: I have a conflict of interest"),
        ],
    )
    comment = forms.CharField(
        label="Reasons",
        required=False,
        help_text="Needed unless you concur.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        verdict = cleaned.get("verdict")
        if verdict not in {None, Decided.CONCUR} and not cleaned.get("comment"):
            self.add_error(
                "comment", "Say why you do not concur, return it or abstain."
            )
        return cleaned


class AskQuestionForm(forms.Form):
    """A question; nobody is told who asks."""

    text = forms.CharField(
        label="Your question",
        help_text="It is published word for word with the answer; name nobody.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AnswerQuestionForm(forms.Form):
    """An answer, as a draft."""

    text = forms.CharField(label="Answer", widget=forms.Textarea(attrs={"rows": 6}))
    changes_terms = forms.BooleanField(
        label="This answer changes the terms",
        required=False,
        help_text="It can then be released only once an amendment has changed them.",
    )
    also = forms.TypedMultipleChoiceField(
        label="It answers these questions too",
        help_text="Those that ask much the same stand first. Everybody reads them "
        "beside each other, with one answer.",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self, *args: Any, others: Sequence[tuple[int, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if others:
            self.fields["also"].choices = others  # type: ignore[attr-defined]
        else:
            del self.fields["also"]


class ReleaseAnswersForm(forms.Form):
    """The hash of the drafts that were read."""

    seen_sha256 = forms.CharField(widget=forms.HiddenInput)


class CancelSolicitationForm(forms.Form):
    """Why it is cancelled."""

    reason = forms.CharField(
        help_text="Everybody reads it.", widget=forms.Textarea(attrs={"rows": 4})
    )
    memo = forms.CharField(
        label="Memo for the file",
        help_text="The facts and why it serves the Government; no vendor reads it.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )
