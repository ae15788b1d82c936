"""The market is asked: requests for information and responses, through the verbs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from contracting.core.actors import Actor
from contracting.core.quantities import UnitPrice
from contracting.market_research.calculations import AnswerDraft, QuestionDraft
from contracting.market_research.models import RequestForInformation, Response
from contracting.market_research.operations.draft import draft_rfi
from contracting.market_research.operations.release import release_rfi
from contracting.market_research.operations.respond import respond_to_rfi
from contracting.market_research.states import QuestionKind
from contracting.reference.models import AiModel
from tests.builders import DAY, HOUR, MODEL
from tests.cast import AT, actor
from tests.remembered import remembered

DUE = AT + 14 * DAY
"""Two weeks after the start of the story, at 10 or 11 in the morning in Washington."""

TOKENS, REPORTED, ACCESS, NOTICE, PRICE = range(1, 6)
"""The positions of the questions."""

QUESTIONS = (
    QuestionDraft("How do you define a token?", QuestionKind.TEXT),
    QuestionDraft("Is usage reported by request?", QuestionKind.YES_NO),
    QuestionDraft(
        "How is the model reached?",
        QuestionKind.CHOICE,
        options=("Own API", "Reseller"),
    ),
    QuestionDraft(
        "Notice before retirement", QuestionKind.NUMBER, unit="days", is_required=False
    ),
    QuestionDraft(
        "Price of text output",
        QuestionKind.PRICE,
        token_class="OUT_TEXT",
        is_required=False,
    ),
)


@remembered
def drafted_rfi(at: datetime = AT, **other: Any) -> RequestForInformation:
    """A request that a contract specialist has drafted, ready for release."""
    usual: dict[str, Any] = {
        "title": "Access to frontier models",
        "purpose": "Learn how access by the token is offered and priced.",
        "due_at": at + (DUE - AT),
        "questions": QUESTIONS,
    }
    return draft_rfi(**(usual | other), by=actor("contract_specialist"), at=at)


@remembered
def released_rfi(at: datetime = AT, **other: Any) -> RequestForInformation:
    """A request that every vendor can answer."""
    rfi = drafted_rfi(at, **other)
    return release_rfi(
        rfi_id=rfi.pk,
        by=actor("contracting_officer"),
        at=at + HOUR,
        seen_version=rfi.version,
    )


def answers(
    rfi: RequestForInformation, given: Mapping[int, AnswerDraft] | None = None
) -> dict[int, AnswerDraft]:
    """An answer to each question of the builder's, by key; ``given`` replaces some."""
    usual = {
        TOKENS: AnswerDraft(text="As o200k_base cuts it."),
        REPORTED: AnswerDraft(is_yes=True),
        ACCESS: AnswerDraft(text="Own API"),
        NOTICE: AnswerDraft(number=Decimal(90)),
        PRICE: priced("8"),
    } | dict(given or {})
    return {each.pk: usual[each.position] for each in rfi.questions.all()}


def priced(price: str, model: str = MODEL) -> AnswerDraft:
    """A price for a model of the dictionary, or for none that it knows."""
    known = AiModel.objects.filter(snapshot=model).first()
    return AnswerDraft(
        price=UnitPrice(price), model_id=known.pk if known is not None else None
    )


def respond(
    rfi: RequestForInformation,
    given: Mapping[int, AnswerDraft] | None = None,
    *,
    by: Actor | None = None,
    at: datetime = AT + DAY,
    is_proprietary: bool = False,
) -> Response:
    """A vendor's response."""
    return respond_to_rfi(
        rfi_id=rfi.pk,
        answers=answers(rfi, given),
        is_proprietary=is_proprietary,
        by=by or actor("vendor_a_signer"),
        at=at,
    )
