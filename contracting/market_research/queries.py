"""Requests for information as one actor may see them, and their answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.models import Organization
from accounts.queries import known_vendors
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.identifiers import next_in_fiscal_year
from contracting.core.periods import accounting_day, zone_of
from contracting.market_research import calculations
from contracting.market_research.calculations import DotPlot, Figure, Spread
from contracting.market_research.models import (
    MarketAnswer,
    MarketQuestion,
    RequestForInformation,
    Response,
)
from contracting.market_research.states import QuestionKind, RfiState
from contracting.reference.queries import list_price, models_on
from contracting.requisitions.models import Requisition
from contracting.requisitions.queries import visible_to as requisitions_visible_to

PUBLIC_STATES: Final = (RfiState.RELEASED, RfiState.CANCELLED)
"""Once released, a request for information is public for ever."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something without which the request is not released."""

    code: str
    missing: str


def visible_to(actor: Actor) -> QuerySet[RequestForInformation]:
    """An agency's own requests; for everybody else the released ones."""
    found = RequestForInformation.objects.select_related("agency", "requisition")
    if actor.is_agency and actor.organization_id is not None:
        own = found.filter(agency_id=actor.organization_id)
        return own.exclude(state=RfiState.DISCARDED).order_by("-pk")
    return found.filter(state__in=PUBLIC_STATES).order_by("-pk")


def own_rfis(actor: Actor) -> QuerySet[RequestForInformation]:
    """The requests of the actor's agency; none for everybody else."""
    found = visible_to(actor)
    return found if actor.is_agency else found.none()


def sought_rfis(
    actor: Actor, *, words: str = "", state: str = ""
) -> QuerySet[RequestForInformation]:
    """Those of the agency with every word in number, title or purpose, in a state."""
    found = own_rfis(actor)
    for word in words.split():
        found = found.filter(
            Q(number__icontains=word)
            | Q(title__icontains=word)
            | Q(purpose__icontains=word)
        )
    return found.filter(state=state) if state else found


def get_rfi_for(actor: Actor, public_id: str) -> RequestForInformation:
    """The request, for members of its own agency.

    :raises NotVisible: for everybody else; they read :func:`get_released`
    """
    found = own_rfis(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such request for information."
        raise NotVisible(message)
    return found


def readable_by(actor: Actor, public_id: str) -> RequestForInformation:
    """The agency's own request, or anybody's released one, for a machine.

    :raises NotVisible: if there is none for this actor
    """
    found = visible_to(actor).filter(public_id=public_id).first()
    return found if found is not None else get_released(public_id)


def get_released(public_id: str) -> RequestForInformation:
    """A released request, for everybody.

    :raises NotVisible: if there is none, or it is not released
    """
    found = (
        RequestForInformation.objects.filter(
            public_id=public_id, state__in=PUBLIC_STATES
        )
        .select_related("agency", "requisition")
        .first()
    )
    if found is None:
        message = "There is no such request for information."
        raise NotVisible(message)
    rfi: RequestForInformation = found
    return rfi


def open_rfis(at: datetime) -> QuerySet[RequestForInformation]:
    """Released requests whose due time has not passed, the next one first."""
    return (
        RequestForInformation.objects.filter(state=RfiState.RELEASED, due_at__gte=at)
        .select_related("agency")
        .order_by("due_at", "pk")
    )


def past_rfis(at: datetime) -> QuerySet[RequestForInformation]:
    """Every other request that was ever released, newest first."""
    return (
        RequestForInformation.objects.filter(state__in=PUBLIC_STATES)
        .exclude(state=RfiState.RELEASED, due_at__gte=at)
        .select_related("agency")
        .order_by("-due_at", "-pk")
    )


def questions_of(rfi: RequestForInformation) -> list[MarketQuestion]:
    """The questions in their order, with the class of each price."""
    return list(rfi.questions.select_related("token_class").order_by("position"))


def requisitions_offered(actor: Actor) -> list[Requisition]:
    """The needs of the actor's agency for which the market can be asked."""
    return list(requisitions_visible_to(actor))


def terms_of(rfi: RequestForInformation) -> dict[str, Any]:
    """The terms as a form shows them: the due time as a local day and time."""
    shown: dict[str, Any] = {
        "title": rfi.title,
        "purpose": rfi.purpose,
        "time_zone": rfi.time_zone,
        "requisition": rfi.requisition.public_id if rfi.requisition else "",
        "seen_version": rfi.version,
    }
    if rfi.due_at is not None:
        local = rfi.due_at.astimezone(zone_of(rfi.time_zone))
        shown |= {"due_day": local.date(), "due_time": local.time()}
    return shown


def release_gaps(rfi: RequestForInformation) -> list[Gap]:
    """Everything that is missing before anybody could answer."""
    gaps = []
    if not rfi.purpose:
        gaps.append(Gap("purpose", "Why the market is asked."))
    if rfi.due_at is None:
        gaps.append(Gap("due_at", "When responses are due, with the zone."))
    if not rfi.questions.exists():
        gaps.append(Gap("questions", "At least one question."))
    return gaps


def next_number(agency_id: int, on: date) -> str:
    """The next number of the agency's fiscal year; hold the agency's lock."""
    numbered = RequestForInformation.objects.filter(agency_id=agency_id)
    return next_in_fiscal_year("RFI", on, numbered)


def get_vendor(organization_id: int) -> Organization:
    """The vendor of that key."""
    return known_vendors().get(pk=organization_id)


def due_day(rfi: RequestForInformation) -> date | None:
    """The local day on which responses are due."""
    if rfi.due_at is None:
        return None
    return accounting_day(rfi.due_at, rfi.time_zone)


def due_words(rfi: RequestForInformation) -> str:
    """The due time inside a sentence, in its zone and in UTC."""
    if rfi.due_at is None:
        return "at no time yet"
    local = rfi.due_at.astimezone(zone_of(rfi.time_zone))
    return f"{local:%d %b %Y, %H:%M %Z} ({rfi.due_at.astimezone(UTC):%H:%M} UTC)"


def models_offered(on: date) -> list[tuple[int, str]]:
    """The models of the dictionary in force on a day, by key."""
    return [(each.pk, f"{each.provider} {each.snapshot}") for each in models_on(on)]


# Responses ---------------------------------------------------------------------------


def responses_of(rfi: RequestForInformation) -> QuerySet[Response]:
    """Every version of every response, in the order of receipt."""
    return rfi.responses.select_related("vendor").order_by("pk")


def latest_responses(rfi: RequestForInformation) -> list[Response]:
    """The version in force of each vendor's response, by the vendor's name."""
    last = rfi.responses.order_by("vendor_id", "-version").distinct("vendor_id")
    found = Response.objects.filter(pk__in=last.values("pk"))
    return list(found.select_related("vendor").order_by("vendor__name"))


def own_responses(actor: Actor, rfi: RequestForInformation) -> list[Response]:
    """What the actor's vendor has answered, the version in force first."""
    if not actor.is_vendor:
        return []
    own = rfi.responses.filter(vendor_id=actor.organization_id)
    return list(own.select_related("vendor").order_by("-version"))


def get_response_for(actor: Actor, public_id: str) -> Response:
    """A response, for the vendor that gave it.

    :raises NotVisible: for everybody else; the agency reads the comparison
    """
    found = None
    if actor.is_vendor:
        found = (
            Response.objects.filter(
                public_id=public_id, vendor_id=actor.organization_id
            )
            .select_related("rfi__agency", "vendor", "responded_by__user")
            .first()
        )
    if found is None:
        message = "There is no such response."
        raise NotVisible(message)
    response: Response = found
    return response


def answers_of(response: Response) -> list[tuple[MarketQuestion, MarketAnswer | None]]:
    """Each question with the answer that this version gives to it."""
    given = {
        each.question_id: each for each in response.answers.select_related("model")
    }
    return [(each, given.get(each.pk)) for each in questions_of(response.rfi)]


def vendors_without_answer(rfi: RequestForInformation) -> QuerySet[Organization]:
    """Vendors that have not answered, by name."""
    return (
        known_vendors()
        .exclude(pk__in=rfi.responses.values("vendor_id"))
        .order_by("name")
    )


# The comparison ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Given:
    """What one vendor answered to one question; ``answer`` is ``None`` for nothing."""

    response: Response
    answer: MarketAnswer | None

    @property
    def vendor(self) -> str:
        return self.response.vendor.name


@dataclass(frozen=True, slots=True)
class Compared:
    """One question with all its answers, each kind in the shape that it compares in."""

    question: MarketQuestion
    given: list[Given]
    figures: list[Figure]
    spread: Spread | None
    plot: DotPlot | None
    counts: list[tuple[str, int]]

    @property
    def answered(self) -> int:
        return sum(1 for each in self.given if each.answer is not None)

    @property
    def is_price(self) -> bool:
        return bool(self.question.kind == QuestionKind.PRICE)


def compared(
    rfi: RequestForInformation, responses: Iterable[Response]
) -> list[Compared]:
    """The questions in order, each with what these responses say to it.

    A price stands beside the public list price of its class for the model that the
    vendor named, as it was known on the agency's day of receipt.
    """
    listed = list(responses)
    answers = MarketAnswer.objects.filter(response__in=listed).select_related("model")
    by_place = {(each.response_id, each.question_id): each for each in answers}
    return [
        _compared(
            rfi,
            question,
            [Given(each, by_place.get((each.pk, question.pk))) for each in listed],
        )
        for question in questions_of(rfi)
    ]


def _compared(
    rfi: RequestForInformation, question: MarketQuestion, given: list[Given]
) -> Compared:
    figures: list[Figure] = []
    counts: list[tuple[str, int]] = []
    kind = question.kind
    if kind in {QuestionKind.NUMBER, QuestionKind.PRICE}:
        found = [_figure(rfi, question, each) for each in given if each.answer]
        figures = calculations.in_order(found)
    elif kind == QuestionKind.YES_NO:
        said = ["yes" if each.answer.is_yes else "no" for each in given if each.answer]
        counts = calculations.counted(said, ["yes", "no"])
    elif kind == QuestionKind.CHOICE:
        chosen = [each.answer.text for each in given if each.answer]
        counts = calculations.counted(chosen, question.options)
    return Compared(
        question=question,
        given=given,
        figures=figures,
        spread=calculations.spread_of(figures),
        plot=calculations.dot_plot(figures),
        counts=counts,
    )


def _figure(
    rfi: RequestForInformation, question: MarketQuestion, given: Given
) -> Figure:
    answer = given.answer
    if answer is None or answer.usd_per_million_tokens is None:
        number = answer.number if answer is not None else None
        return Figure(given.vendor, number if number is not None else Decimal(0))
    at_list: Decimal | None = None
    if answer.model is not None and question.token_class is not None:
        on = rfi.agency.local_day(given.response.received_at)
        known = list_price(answer.model, question.token_class, on)
        at_list = None if known is None else known.usd_per_million_tokens
    return Figure(
        vendor=given.vendor,
        value=answer.usd_per_million_tokens,
        model=answer.model.snapshot if answer.model is not None else "",
        list_price=at_list,
    )


CSV_COLUMNS: Final = (
    *("question", "text", "kind", "unit", "vendor", "version", "received_at"),
    *("is_proprietary", "answer", "model", "list_price"),
)


def csv_rows(rfi: RequestForInformation) -> list[list[str]]:
    """The comparison as rows of text, one for each question and vendor, head first."""
    rows: list[list[str]] = [list(CSV_COLUMNS)]
    for each in compared(rfi, latest_responses(rfi)):
        known = {figure.vendor: figure for figure in each.figures}
        for given in each.given:
            values = _csv_row(each.question, given, known.get(given.vendor))
            rows.append([calculations.cell(value) for value in values])
    return rows


def _csv_row(
    question: MarketQuestion, given: Given, figure: Figure | None
) -> list[object]:
    response, answer = given.response, given.answer
    at_list: object = ""
    if question.kind == QuestionKind.PRICE and figure is not None:
        at_list = "not comparable" if figure.list_price is None else figure.list_price
    said: object = ""
    if figure is not None:
        said = figure.value
    elif answer is not None:
        said = answer.text or ("yes" if answer.is_yes else "no")
    is_price = question.token_class is not None
    unit = f"USD per million {question.token_class} tokens" if is_price else ""
    return [
        question.position,
        question.text,
        question.get_kind_display(),
        unit or question.unit,
        given.vendor,
        response.version,
        response.received_at.isoformat(),
        "yes" if response.is_proprietary else "no",
        said,
        figure.model if figure is not None else "",
        at_list,
    ]
