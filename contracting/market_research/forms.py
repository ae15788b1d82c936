"""What a page asks for: a request, its questions, and a vendor's answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django import forms

from contracting.core.quantities import UnitPrice
from contracting.market_research.calculations import (
    HIGHEST_NUMBER,
    HIGHEST_PRICE,
    LONGEST_ANSWER,
    MOST_QUESTIONS,
    AnswerDraft,
    QuestionDraft,
)
from contracting.market_research.models import (
    MarketAnswer,
    MarketQuestion,
    plain_number,
)
from contracting.market_research.states import QuestionKind, RfiState
from contracting.requisitions.forms import (
    ZONES,
    ChoiceRow,
    GridForm,
    RemovableRows,
    instant_of,
    plausible,
)


class TermsForm(forms.Form):
    """The terms of a request; a draft may leave purpose and due time open."""

    title = forms.CharField(
        max_length=200, help_text="A few words that a vendor would understand."
    )
    purpose = forms.CharField(
        label="Why you ask",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="What you want to learn, and what you have in mind to buy.",
    )
    due_day = forms.DateField(
        label="Responses due, day",
        required=False,
        validators=[plausible],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    due_time = forms.TimeField(
        label="Responses due, time",
        required=False,
        help_text="Inclusive, in the zone below. Such as 17:00, never midnight.",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    time_zone = forms.ChoiceField(label="Time zone of the due time")

    def __init__(self, *args: Any, zone: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.offer_zones(zone)

    def offer_zones(self, zone: str) -> None:
        """The zones of contracting offices, and this one first."""
        field = self.fields["time_zone"]
        if isinstance(field, forms.ChoiceField):
            offered = dict.fromkeys([*([zone] if zone else []), *ZONES])
            field.choices = [(name, name.replace("_", " ")) for name in offered]

    def clean(self) -> dict[str, Any]:
        """The due instant lies under ``due_at``."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["due_at"] = self._due_at(cleaned)
        return cleaned

    def _due_at(self, cleaned: dict[str, Any]) -> datetime | None:
        day, at = cleaned.get("due_day"), cleaned.get("due_time")
        zone = cleaned.get("time_zone")
        if day is None and at is None:
            return None
        if day is None or at is None or not zone:
            missing = "due_day" if day is None else "due_time"
            self.add_error(missing, "A due time has a day, a time and a zone.")
            return None
        if at == time(0):
            message = "Midnight is misread by many; choose another time, such as 17:00."
            self.add_error("due_time", message)
            return None
        try:
            return instant_of(day, at, zone)
        except forms.ValidationError as error:
            self.add_error("due_time", error)
            return None


class DraftRfiForm(TermsForm):
    """A new request, with the usual questions if they are wanted."""

    requisition = forms.TypedChoiceField(
        label="For which need",
        required=False,
        empty_value=None,
        help_text="The market can also be asked before any need is written down.",
    )
    with_usual_questions = forms.BooleanField(
        label="Start with the usual questions",
        required=False,
        initial=True,
        help_text="On counting, access, security and prices. You can change each.",
    )

    def __init__(
        self, *args: Any, needs: Sequence[tuple[str, int, str]] = (), **more: Any
    ) -> None:
        """Offer these needs: public id, key and name of each."""
        super().__init__(*args, **more)
        field = self.fields["requisition"]
        if isinstance(field, forms.TypedChoiceField):
            listed = [(public_id, name) for public_id, _pk, name in needs]
            field.choices = [("", "None yet"), *listed]
            field.coerce = {public_id: pk for public_id, pk, _name in needs}.__getitem__


class QuestionRow(ChoiceRow):
    """One question."""

    text = forms.CharField(
        label="Question", widget=forms.Textarea(attrs={"rows": 2}), max_length=500
    )
    kind = forms.ChoiceField(
        label="Answer", choices=QuestionKind.choices, initial=QuestionKind.TEXT
    )
    options = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="of a choice, one a line",
    )
    unit = forms.CharField(
        required=False,
        max_length=40,
        help_text="of a number",
        widget=forms.TextInput(attrs={"size": 8}),
    )
    token_class = forms.ChoiceField(
        label="Token class", required=False, help_text="of a price"
    )
    help = forms.CharField(
        label="Help",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_optional = forms.BooleanField(label="May stay open", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        needed = {
            QuestionKind.CHOICE: ("options", "List the options, one a line."),
            QuestionKind.NUMBER: ("unit", "Name the unit."),
            QuestionKind.PRICE: ("token_class", "Choose the token class."),
        }.get(cleaned.get("kind", ""))
        if needed and not cleaned.get(needed[0]):
            self.add_error(*needed)
        return cleaned


def draft_of(row: dict[str, Any]) -> QuestionDraft:
    """A row of the grid as the verb takes it."""
    return QuestionDraft(
        text=row["text"],
        kind=row["kind"],
        help=row["help"],
        options=tuple(row["options"].splitlines()),
        unit=row["unit"],
        token_class=row["token_class"],
        is_required=not row["is_optional"],
    )


def row_of(question: MarketQuestion) -> dict[str, Any]:
    """A question as the grid shows it."""
    token_class = question.token_class
    return {
        "text": question.text,
        "kind": question.kind,
        "options": "\n".join(question.options),
        "unit": question.unit,
        "token_class": token_class.code if token_class is not None else "",
        "help": question.help,
        "is_optional": not question.is_required,
    }


class EditRfiForm(GridForm, TermsForm):
    """The terms and the questions of a draft."""

    grid_class = forms.formset_factory(
        QuestionRow,
        formset=RemovableRows,
        extra=3,
        can_delete=True,
        max_num=MOST_QUESTIONS,
        validate_max=True,
    )

    def __init__(self, *args: Any, zone: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.offer_zones(zone)

    def clean(self) -> dict[str, Any]:
        """What the verb takes lies under ``questions``."""
        cleaned: dict[str, Any] = super().clean()
        cleaned["questions"] = [draft_of(row) for row in cleaned["rows"]]
        return cleaned


class CancelRfiForm(forms.Form):
    """Why it is cancelled."""

    reason = forms.CharField(
        help_text="Everybody reads it.", widget=forms.Textarea(attrs={"rows": 4})
    )


class RespondForm(forms.Form):
    """One field for each question; a price has a second one for its model."""

    def __init__(
        self,
        *args: Any,
        questions: Sequence[MarketQuestion] = (),
        models: Sequence[tuple[int, str]] = (),
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.questions = questions
        for question in questions:
            self.fields[name_of(question)] = _field_of(question)
            if question.kind == QuestionKind.PRICE:
                self.fields[f"{name_of(question)}_model"] = forms.TypedChoiceField(
                    label=f"{question.position}. Model of this price",
                    required=False,
                    coerce=int,
                    empty_value=None,
                    choices=[("", "Not in this list"), *models],
                    help_text="Without it the price is not compared with public list.",
                )
        self.fields["is_proprietary"] = forms.BooleanField(
            label="This response contains proprietary information",
            required=False,
            help_text="Other vendors never see it, marked or not (18 USC 1905).",
        )

    def clean(self) -> dict[str, Any]:
        """What the verb takes lies under ``answers``."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["answers"] = {
            each.pk: _draft(each, cleaned)
            for each in self.questions
            if name_of(each) in cleaned
        }
        return cleaned


def name_of(question: MarketQuestion) -> str:
    """The name of a question's field."""
    return f"question_{question.position}"


def given_before(
    answers: Sequence[tuple[MarketQuestion, MarketAnswer | None]],
) -> dict[str, Any]:
    """The answers of the version before, as the form shows them."""
    shown: dict[str, Any] = {}
    for question, answer in answers:
        if answer is None:
            continue
        name = name_of(question)
        shown[name] = {
            QuestionKind.YES_NO: "yes" if answer.is_yes else "no",
            QuestionKind.NUMBER: plain_number(answer.number),
            QuestionKind.PRICE: plain_number(answer.usd_per_million_tokens),
        }.get(QuestionKind(question.kind), answer.text)
        shown[f"{name}_model"] = answer.model_id
    return shown


def _field_of(question: MarketQuestion) -> forms.Field:
    about: dict[str, Any] = {
        "label": f"{question.position}. {question.text}",
        "required": question.is_required,
        "help_text": question.help,
    }
    decimal = forms.TextInput(attrs={"inputmode": "decimal"})
    if question.kind == QuestionKind.YES_NO:
        offered = [("yes", "Yes"), ("no", "No")]
        return forms.ChoiceField(**about, choices=offered, widget=forms.RadioSelect)
    if question.kind == QuestionKind.CHOICE:
        listed = [(each, each) for each in question.options]
        return forms.ChoiceField(**about, choices=listed, widget=forms.RadioSelect)
    if question.kind == QuestionKind.NUMBER:
        about["help_text"] = f"{question.help} In {question.unit}.".strip()
        return forms.DecimalField(
            **about,
            max_digits=18,
            decimal_places=6,
            min_value=-HIGHEST_NUMBER,
            max_value=HIGHEST_NUMBER,
            widget=decimal,
        )
    if question.kind == QuestionKind.PRICE and question.token_class is not None:
        unit = f"US dollars per million tokens, {question.token_class.label}."
        about["help_text"] = f"{question.help} {unit}".strip()
        return forms.DecimalField(
            **about,
            max_digits=12,
            decimal_places=6,
            min_value=0,
            max_value=HIGHEST_PRICE,
            widget=decimal,
        )
    return forms.CharField(
        **about,
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


def _draft(question: MarketQuestion, cleaned: dict[str, Any]) -> AnswerDraft:
    value = cleaned[name_of(question)]
    if value in (None, ""):
        return AnswerDraft()
    if question.kind == QuestionKind.YES_NO:
        return AnswerDraft(is_yes=value == "yes")
    if question.kind == QuestionKind.NUMBER:
        return AnswerDraft(number=value)
    if question.kind == QuestionKind.PRICE:
        model_id = cleaned.get(f"{name_of(question)}_model")
        return AnswerDraft(price=UnitPrice(value), model_id=model_id)
    return AnswerDraft(text=value)


class SeekRfisForm(forms.Form):
    """Which of the agency's requests are listed."""

    words = forms.CharField(
        label="Words in the number, title or purpose", max_length=100, required=False
    )
    state = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Any"),
            *(each for each in RfiState.choices if each[0] != RfiState.DISCARDED),
        ],
    )
