"""From the need to the signed contract."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from accounts.queries import DEMO_PASSPHRASE
from contracting.approvals.states import Decided
from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars, Tokens
from contracting.operate.story import times, truth
from contracting.operate.story.cast import NEEDED, OPENERS, Cast
from contracting.operate.story.times import Calendar, Competition
from contracting.reference.models import AiModel, Clause, TokenClass
from contracting.reference.operations.import_list_prices import import_list_prices
from contracting.requisitions.calculations import RowDraft
from contracting.requisitions.models import Requisition
from contracting.requisitions.operations.draft import draft_requisition
from contracting.requisitions.operations.estimate import estimate_workload
from contracting.requisitions.operations.submit import submit_requisition
from contracting.solicitations.calculations import FactorDraft
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.operations.answer import answer_question
from contracting.solicitations.operations.ask import ask_question
from contracting.solicitations.operations.draft import draft_solicitation
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.operations.release import release_solicitation
from contracting.solicitations.operations.release_answers import release_answers
from contracting.solicitations.operations.review import review_solicitation
from contracting.solicitations.operations.submit import submit_solicitation
from contracting.submissions.operations.name import name_openers
from contracting.submissions.operations.rehearse import rehearse_opening

MODEL: Final = "claude-sonnet-4-5-20250929"
UNKNOWN_MODEL: Final = "claude-sonnet-latest"
BOUNDARY: Final = "FEDRAMP_MOD"
TITLE: Final = "Tokens for the claims assistant"

MONTHLY_TOKENS: Final = {
    truth.UNCACHED: (3_000_000_000, 6_000_000_000, 9_000_000_000),
    truth.CACHED: (325_000_000, 650_000_000, 1_300_000_000),
    truth.TEXT: (41_000_000, 82_000_000, 820_000_000),
    truth.REASONING: (4_500_000, 9_000_000, 180_000_000),
}
"""P10, P50 and P90: the more the assistant is used, the longer are its answers."""
MINIMUM: Final = Decimal("40.00")
CEILING: Final = Decimal("400000.00")
CEILING_TOKENS: Final = 120_000_000_000

FACTORS: Final = (
    FactorDraft(
        "Technical approach",
        "How the service meets the objectives, its boundary and its availability.",
    ),
    FactorDraft(
        "Measurement and reporting",
        "How tokens are counted, reported by request, and open to audit.",
    ),
    FactorDraft(
        "Price", "Evaluated on the published reference workload.", is_price=True
    ),
)
OBJECTIVES: Final = (
    "Provide tokens of a general-purpose language model to the agency's AI gateway for "
    "an assistant that summarises claims and answers questions about them, inside a "
    "FedRAMP Moderate boundary, priced by token class per million tokens."
)
AI_TERMS: Final = (
    "A token is one unit produced by the tokenizer named on the rate row, counted in "
    "exactly one class. Agency data is not used for training. The vendor reports usage "
    "by request within three days of each day of use, discloses every snapshot and "
    "tokenizer, and announces a retirement 180 days ahead."
)


def know_list_prices(calendar: Calendar) -> None:
    """Import the public list prices of the installed catalogue."""
    import_list_prices(by=SYSTEM, at=calendar.at(times.STARTS, 10))


def need(
    cast: Cast,
    calendar: Calendar,
    *,
    days: Competition = times.PILOT,
    title: str = TITLE,
) -> Requisition:
    """A program manager writes down the need and estimates it at public list prices."""
    at = calendar.at(days.need, 9)
    requisition = draft_requisition(
        title=title,
        need=OBJECTIVES,
        planned_dollars=Dollars(CEILING),
        line_of_accounting_id=cast.line_of_accounting_id,
        by=cast["program_manager"],
        at=at,
    )
    month = calendar.day(days.need + 40).replace(day=1)
    requisition = estimate_workload(
        requisition_id=requisition.pk,
        rows=[_row(code, counts, month) for code, counts in MONTHLY_TOKENS.items()],
        by=cast["program_manager"],
        at=calendar.at(days.need, 10),
        seen_version=requisition.version,
    )
    return submit_requisition(
        requisition_id=requisition.pk,
        by=cast["program_manager"],
        at=calendar.at(days.need, 11),
        seen_version=requisition.version,
    )


def _row(code: str, counts: tuple[int, int, int], month: date) -> RowDraft:
    p10, p50, p90 = map(Tokens, counts)
    return RowDraft(
        model_id=AiModel.objects.get(snapshot=MODEL).pk,
        token_class_id=TokenClass.objects.get(code=code).pk,
        month=month,
        p10=p10,
        p50=p50,
        p90=p90,
    )


def package(
    cast: Cast,
    calendar: Calendar,
    requisition: Requisition,
    *,
    deadline: datetime,
    days: Competition = times.PILOT,
    ordering_end: int = times.LAST_DAY,
    terms: Mapping[str, Any] = MappingProxyType({}),
    clauses: Collection[str] = (),
) -> Solicitation:
    """A specialist drafts the package; ``ordering_end`` is told from the anchor.

    :param clauses: numbers of those to add to what the dictionary brings by itself
    """
    at = calendar.at(days.solicitation, 9)
    drafted = draft_solicitation(
        requisition_id=requisition.pk, by=cast["contract_specialist"], at=at
    )
    carried = {row.clause_id for row in drafted.clauses.all()}
    carried |= {row.pk for row in Clause.objects.filter(number__in=clauses)}
    return edit_solicitation(
        solicitation_id=drafted.pk,
        terms={
            "statement_of_objectives": OBJECTIVES,
            "naics": "518210",
            "size_standard": "$40.0 million",
            "psc": "DA10",
            "set_aside": "UNRESTRICTED",
            "importance": (
                "Technical approach and measurement, together, are more important "
                "than price."
            ),
            "ai_terms": AI_TERMS,
            "contact_name": "Maria Ortiz",
            "contact_email": "maria.ortiz@example.test",
            "deadline": deadline,
            "time_zone": times.ZONE,
            "minimum_dollars": MINIMUM,
            "maximum_dollars": CEILING,
            "maximum_tokens": CEILING_TOKENS,
            "ordering_start": calendar.day(days.award + 1),
            "ordering_end": calendar.day(ordering_end),
            "synopsis_kind": "COMBINED",
            "synopsis_id": f"PS-{requisition.number}",
            **terms,
        },
        factors=FACTORS,
        clause_ids=sorted(carried) if clauses else None,
        by=cast["contract_specialist"],
        at=calendar.at(days.solicitation, 11),
        seen_version=drafted.version,
    )


def rehearse(
    cast: Cast, calendar: Calendar, drafted: Solicitation, *, days: Competition
) -> None:
    """Five people are named to open the offers, and three of them try it."""
    name_openers(
        solicitation_id=drafted.pk,
        membership_ids=[cast.membership(part) for part in OPENERS],
        needed=NEEDED,
        by=cast["contracting_officer"],
        at=calendar.at(days.solicitation, 12),
    )
    for minute, part in enumerate(OPENERS[:NEEDED]):
        rehearse_opening(
            solicitation_id=drafted.pk,
            passphrase=DEMO_PASSPHRASE,
            by=cast[part],
            at=calendar.at(days.solicitation, 13, minute),
        )


def release(
    cast: Cast,
    calendar: Calendar,
    drafted: Solicitation,
    *,
    days: Competition = times.PILOT,
) -> Solicitation:
    """The openers rehearse, two reviewers concur, the contracting officer releases."""
    rehearse(cast, calendar, drafted, days=days)
    package_ = submit_solicitation(
        solicitation_id=drafted.pk,
        by=cast["contract_specialist"],
        at=calendar.at(days.solicitation, 14),
        seen_version=drafted.version,
    )
    for hour, part in ((9, "technical_reviewer"), (11, "legal_reviewer")):
        package_ = review_solicitation(
            solicitation_id=package_.pk,
            verdict=Decided.CONCUR,
            comment="Ready for release.",
            by=cast[part],
            at=calendar.at(days.solicitation + 1, hour),
            seen_version=package_.version,
        )
    return release_solicitation(
        solicitation_id=package_.pk,
        by=cast["contracting_officer"],
        at=calendar.at(days.release, 10),
        seen_version=package_.version,
    )


def ask_and_amend(
    cast: Cast, calendar: Calendar, released: Solicitation
) -> Solicitation:
    """Two questions, their answers to everybody at one instant, and an amendment."""
    questions = [
        ask_question(
            solicitation_id=released.pk,
            text="Are cached input tokens a class of their own?",
            by=cast["harborline_signer"],
            at=calendar.at(times.PILOT.release + 2, 9),
        ),
        ask_question(
            solicitation_id=released.pk,
            text="May the deadline be two days later, for the security evidence?",
            by=cast["northlight_signer"],
            at=calendar.at(times.PILOT.release + 2, 10),
        ),
    ]
    answers = (
        ("Yes: IN_CACHE_READ has its own line and its own price.", False),
        ("Yes. An amendment moves the deadline by two days.", True),
    )
    for question, (text, changes_terms) in zip(questions, answers, strict=True):
        answer_question(
            question_id=question.pk,
            text=text,
            changes_terms=changes_terms,
            by=cast["contract_specialist"],
            at=calendar.at(times.PILOT.answers, 9),
        )
    amend_solicitation(
        solicitation_id=released.pk,
        summary="The deadline is two days later.",
        terms={"deadline": calendar.at(times.PILOT.deadline, 14)},
        by=cast["contracting_officer"],
        at=calendar.at(times.PILOT.answers, 11),
        seen_version=released.version,
    )
    release_answers(
        solicitation_id=released.pk,
        by=cast["contracting_officer"],
        at=calendar.at(times.PILOT.answers, 12),
    )
    released.refresh_from_db()
    return released
