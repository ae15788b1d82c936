"""What is asked and answered as values, and the comparison of the answers: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from contracting.core.periods import BadPeriod, is_plausible, zone_of
from contracting.core.quantities import UnitPrice
from contracting.market_research.models import (
    MarketQuestion,
    RequestForInformation,
    plain_number,
)
from contracting.market_research.refusals import (
    AnswersInvalid,
    QuestionInvalid,
    TermInvalid,
)
from contracting.market_research.states import QuestionKind
from contracting.reference.models import TokenClass

MOST_QUESTIONS: Final = 60
MOST_OPTIONS: Final = 12
LONGEST_ANSWER: Final = 20_000
HIGHEST_NUMBER: Final = Decimal(10) ** 12
HIGHEST_PRICE: Final = Decimal(10) ** 6
PLACES: Final = Decimal("0.000001")


# What is asked -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as somebody wrote it; ``token_class`` is the code of a class."""

    text: str
    kind: str
    help: str = ""
    options: tuple[str, ...] = ()
    unit: str = ""
    token_class: str = ""
    is_required: bool = True


USUAL: Final = (
    QuestionDraft(
        "How do you define a token, and who counts it?",
        QuestionKind.TEXT,
        "Tokenizer, classes that you count apart, and how a customer can check it.",
    ),
    QuestionDraft(
        "Is every token that is billed reported by request?", QuestionKind.YES_NO
    ),
    QuestionDraft(
        "How is the model reached?",
        QuestionKind.CHOICE,
        options=("Your own API", "A cloud marketplace", "A reseller", "On premises"),
    ),
    QuestionDraft(
        "Can it run on our premises or without a network?", QuestionKind.YES_NO
    ),
    QuestionDraft(
        "Which security authorizations do you hold?",
        QuestionKind.TEXT,
        "Such as FedRAMP High, or Impact Level 5, with the date.",
    ),
    QuestionDraft(
        "Price of uncached input",
        QuestionKind.PRICE,
        "What a customer of our size would pay today.",
        token_class="IN_UNCACHED",  # noqa: S106 (a class of tokens)
    ),
    QuestionDraft(
        "Price of text output",
        QuestionKind.PRICE,
        "What a customer of our size would pay today.",
        token_class="OUT_TEXT",  # noqa: S106 (a class of tokens)
    ),
    QuestionDraft("Notice before a model is retired", QuestionKind.NUMBER, unit="days"),
    QuestionDraft(
        "How would the Government share in falling prices over five years?",
        QuestionKind.TEXT,
        "Such as a link to public list, tiers, or new models at the old price.",
        is_required=False,
    ),
)
"""Questions to start from: counting, access, security, price and its decline."""


def checked_terms(
    *, title: str, purpose: str, due_at: datetime | None, time_zone: str
) -> dict[str, Any]:
    """The terms as they are kept.

    :raises TermInvalid: without a title, for an unknown zone, or for a due time outside
        of the years 2000 to 2100
    """
    title = " ".join(title.split())
    if not title or len(title) > 200:
        message = "Give the request a title of at most 200 characters."
        raise TermInvalid(message, term="title")
    try:
        zone_of(time_zone)
    except BadPeriod as error:
        raise TermInvalid(error.message, term="time_zone") from error
    if due_at is not None and not is_plausible(due_at):
        message = "Responses are due in one of the years 2000 to 2100."
        raise TermInvalid(message, term="due_at")
    return {
        "title": title,
        "purpose": purpose.strip(),
        "due_at": due_at,
        "time_zone": time_zone,
    }


def checked_questions(
    drafts: Sequence[QuestionDraft], dictionary: Mapping[str, TokenClass]
) -> list[dict[str, Any]]:
    """The questions as rows, in their order.

    :param dictionary: the token classes by code
    :raises QuestionInvalid: naming the first row that cannot stand
    """
    if len(drafts) > MOST_QUESTIONS:
        message = (
            f"Ask at most {MOST_QUESTIONS} questions: vendors answer each by hand."
        )
        raise QuestionInvalid(message, row=MOST_QUESTIONS + 1)
    return [_row(number, each, dictionary) for number, each in enumerate(drafts, 1)]


def _row(
    number: int, draft: QuestionDraft, dictionary: Mapping[str, TokenClass]
) -> dict[str, Any]:
    text, options = draft.text.strip(), [each.strip() for each in draft.options]
    options = list(dict.fromkeys(each for each in options if each))
    wrong = ""
    if not text or len(text) > 500 or len(draft.help) > 500:
        wrong = "write the question and its help in at most 500 characters each"
    elif draft.kind not in QuestionKind.values:
        wrong = "choose what kind of answer it asks for"
    elif draft.kind == QuestionKind.CHOICE and not 2 <= len(options) <= MOST_OPTIONS:
        wrong = f"offer 2 to {MOST_OPTIONS} different options to choose from"
    elif any(len(each) > 120 for each in options):
        wrong = "keep each option within 120 characters"
    elif draft.kind == QuestionKind.NUMBER and not 0 < len(draft.unit.strip()) <= 40:
        wrong = "name the unit of the number, such as days or %"
    elif draft.kind == QuestionKind.PRICE and draft.token_class not in dictionary:
        wrong = "choose the token class whose price it asks for"
    if wrong:
        message = f"Question {number}: {wrong}."
        raise QuestionInvalid(message, row=number)
    is_price = draft.kind == QuestionKind.PRICE
    return {
        "text": text,
        "help": draft.help.strip(),
        "kind": str(draft.kind),
        "options": options if draft.kind == QuestionKind.CHOICE else [],
        "unit": draft.unit.strip() if draft.kind == QuestionKind.NUMBER else "",
        "token_class": dictionary[draft.token_class] if is_price else None,
        "is_required": draft.is_required,
    }


def content(rfi: RequestForInformation) -> dict[str, Any]:
    """Everything that a vendor answers to, in canonical form."""
    questions = rfi.questions.select_related("token_class").order_by("position")
    return {
        "number": rfi.number,
        "title": rfi.title,
        "purpose": rfi.purpose,
        "due_at": rfi.due_at,
        "time_zone": rfi.time_zone,
        "questions": [
            {
                "position": each.position,
                "text": each.text,
                "help": each.help,
                "kind": each.kind,
                "options": each.options,
                "unit": each.unit,
                "token_class": each.token_class.code if each.token_class else "",
                "is_required": each.is_required,
            }
            for each in questions
        ],
    }


# What is answered --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """An answer as a vendor gave it: one value, of the kind that was asked for."""

    text: str = ""
    is_yes: bool | None = None
    number: Decimal | None = None
    price: UnitPrice | None = None
    model_id: int | None = None

    @property
    def is_empty(self) -> bool:
        given = (self.is_yes, self.number, self.price)
        return not self.text.strip() and all(each is None for each in given)


def checked_answers(
    questions: Iterable[MarketQuestion], drafts: Mapping[int, AnswerDraft]
) -> list[dict[str, Any]]:
    """The answers as rows, in the order of the questions; what is empty is left out.

    :param drafts: answers by the key of their question
    :raises AnswersInvalid: if none is given, or any is missing or does not fit; its
        data has a sentence for each such question, by public id
    """
    asked = list(questions)
    rows, errors = [], {}
    for question in asked:
        draft = drafts.get(question.pk, AnswerDraft())
        wrong = _wrong_with(question, draft)
        if wrong:
            errors[question.public_id] = wrong
        elif not draft.is_empty:
            rows.append(_answer(question, draft))
    if set(drafts) - {question.pk for question in asked}:
        message = "An answer names a question that this request does not ask."
        raise AnswersInvalid(message)
    if errors:
        message = "Some answers are missing or do not fit; each is named."
        raise AnswersInvalid(message, questions=errors)
    if not rows:
        message = "Answer at least one question: an empty response tells nothing."
        raise AnswersInvalid(message)
    return rows


def _wrong_with(question: MarketQuestion, draft: AnswerDraft) -> str:
    if draft.is_empty:
        return "Answer this question." if question.is_required else ""
    kind = question.kind
    given = {
        QuestionKind.TEXT: bool(draft.text.strip()),
        QuestionKind.CHOICE: draft.text in question.options,
        QuestionKind.YES_NO: draft.is_yes is not None,
        QuestionKind.NUMBER: draft.number is not None,
        QuestionKind.PRICE: draft.price is not None,
    }
    if not given[QuestionKind(kind)]:
        return f"Give the answer that is asked for: {question.get_kind_display()}."
    if len(draft.text) > LONGEST_ANSWER:
        return f"Keep the answer within {LONGEST_ANSWER:,} characters."
    if draft.number is not None and not _fits(draft.number):
        return "Give a number with at most 12 digits and 6 decimals."
    price = draft.price
    if price is not None and price.usd_per_million_tokens >= HIGHEST_PRICE:
        return "Give a price below $1,000,000 per million tokens."
    return ""


def _fits(number: Decimal) -> bool:
    return (
        number.is_finite()
        and abs(number) < HIGHEST_NUMBER
        and number == number.quantize(PLACES)
    )


def _answer(question: MarketQuestion, draft: AnswerDraft) -> dict[str, Any]:
    """Only the value that was asked for is kept, whatever else was sent."""
    kind = question.kind
    has_words = kind in {QuestionKind.TEXT, QuestionKind.CHOICE}
    is_price = kind == QuestionKind.PRICE and draft.price is not None
    price = draft.price.usd_per_million_tokens if is_price and draft.price else None
    return {
        "question_id": question.pk,
        "text": draft.text.strip() if has_words else "",
        "is_yes": draft.is_yes if kind == QuestionKind.YES_NO else None,
        "number": draft.number if kind == QuestionKind.NUMBER else None,
        "usd_per_million_tokens": price,
        "model_id": draft.model_id if is_price else None,
    }


def response_content(
    rfi: RequestForInformation,
    *,
    vendor: str,
    is_proprietary: bool,
    rows: Sequence[Mapping[str, Any]],
    asked: Mapping[int, str],
) -> dict[str, Any]:
    """What a vendor answered, in canonical form: its hash is on the receipt.

    :param vendor: public id of the vendor
    :param asked: public ids of the questions by key
    """
    return {
        "rfi": rfi.public_id,
        "rfi_sha256": rfi.content_sha256,
        "vendor": vendor,
        "is_proprietary": is_proprietary,
        "answers": [
            {
                "question": asked[row["question_id"]],
                **{name: row[name] for name in row if name != "question_id"},
            }
            for row in rows
        ],
    }


# How answers compare -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figure:
    """One vendor's number or price; for a price also public list, where it is known.

    ``list_price`` is ``None`` where no public list price can be named: that is not
    comparable, and never a price of zero.
    """

    vendor: str
    value: Decimal
    model: str = ""
    list_price: Decimal | None = None

    @property
    def words(self) -> str:
        """The value as people write it."""
        return plain_number(self.value)

    @property
    def percent_of_list(self) -> Decimal | None:
        """The price in percent of public list, to one decimal; ``None`` without one."""
        if self.list_price is None or self.list_price <= 0:
            return None
        share = 100 * self.value / self.list_price
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the middle and the most of some figures."""

    least: Decimal
    median: Decimal
    most: Decimal

    @property
    def words(self) -> dict[str, str]:
        """Each as people write it, by name."""
        return {
            "least": plain_number(self.least),
            "median": plain_number(self.median),
            "most": plain_number(self.most),
        }


def in_order(figures: Iterable[Figure]) -> list[Figure]:
    """The lowest first; equal ones by the vendor's name."""
    return sorted(figures, key=lambda each: (each.value, each.vendor))


def spread_of(figures: Sequence[Figure]) -> Spread | None:
    """Least, median and most; of an even number the median is halfway, exactly."""
    values = sorted(each.value for each in figures)
    if not values:
        return None
    middle = len(values) // 2
    median = values[middle]
    if len(values) % 2 == 0:
        median = (values[middle - 1] + values[middle]) / 2
    return Spread(values[0], median, values[-1])


def counted(words: Iterable[str], known: Sequence[str]) -> list[tuple[str, int]]:
    """How often each of the known answers was given, zeros included, in their order."""
    counts = Counter(words)
    return [(each, counts[each]) for each in known]


PLOT_WIDTH: Final = 720
PLOT_EDGE: Final = 12
PLOT_ROW: Final = 60
PLOT_WORDS: Final = 24
"""Down to the line on which the words of a row stand; its dot stands below."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One figure in the coordinates of the plot; ``list_x`` is its list price."""

    figure: Figure
    x: int
    y: int
    words_y: int
    list_x: int | None


@dataclass(frozen=True, slots=True)
class DotPlot:
    """A row for each vendor on one scale from zero; a line stands at the median."""

    dots: list[Dot]
    width: int
    height: int
    left: int
    right: int
    median_x: int

    @property
    def has_list(self) -> bool:
        return any(dot.list_x is not None for dot in self.dots)


def dot_plot(figures: Sequence[Figure]) -> DotPlot | None:
    """Lay out figures that stand in order; nothing to draw for fewer than two."""
    spread = spread_of(figures)
    if spread is None or len(figures) < 2:
        return None
    marks = [each.value for each in figures]
    marks += [each.list_price for each in figures if each.list_price is not None]
    low, high = min(*marks, Decimal(0)), max(*marks, Decimal(0))
    room, span = PLOT_WIDTH - 2 * PLOT_EDGE, (high - low) or Decimal(1)

    def x(value: Decimal) -> int:
        return PLOT_EDGE + round(room * (value - low) / span)

    return DotPlot(
        dots=[
            Dot(
                figure=each,
                x=x(each.value),
                words_y=number * PLOT_ROW + PLOT_WORDS,
                y=number * PLOT_ROW + PLOT_WORDS + 18,
                list_x=None if each.list_price is None else x(each.list_price),
            )
            for number, each in enumerate(figures)
        ],
        width=PLOT_WIDTH,
        height=PLOT_ROW * len(figures),
        left=PLOT_EDGE,
        right=PLOT_EDGE + room,
        median_x=x(spread.median),
    )


_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(value: object) -> str:
    """A cell of a CSV file that no spreadsheet takes for a formula.

    Text that begins like one gets an apostrophe; a number is a number by its type.
    """
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return plain_number(value) if isinstance(value, Decimal) else str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
