"""The world, built through the real verbs: no test starts from an impossible state.

Each stage has its section. A builder takes the instant at which its story begins and
gives back the thing in the state of its name; the cast of ``tests.cast`` acts in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracting.approvals.states import Decided
from contracting.core.actors import SYSTEM, Actor
from contracting.core.quantities import Dollars, Tokens
from contracting.reference.models import AiModel, Clause, Instrument, TokenClass
from contracting.reference.operations.import_list_prices import import_list_prices
from contracting.requisitions.calculations import RowDraft, WorkloadDraft
from contracting.requisitions.models import Requisition
from contracting.requisitions.operations.build import build_estimate
from contracting.requisitions.operations.draft import draft_requisition
from contracting.requisitions.operations.estimate import estimate_workload
from contracting.requisitions.operations.submit import submit_requisition
from contracting.requisitions.states import DayCount
from contracting.solicitations.calculations import FactorDraft
from contracting.solicitations.models import Solicitation
from contracting.solicitations.operations.draft import draft_solicitation
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.operations.release import release_solicitation
from contracting.solicitations.operations.review import review_solicitation
from contracting.solicitations.operations.submit import submit_solicitation
from tests.cast import AT, actor
from tests.remembered import remembered

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

# Needs -----------------------------------------------------------------------------

MODEL = "gpt-4o-2024-08-06"
WORKLOAD = {
    "IN_UNCACHED": 2_000_000_000,
    "IN_CACHE_READ": 500_000_000,
    "OUT_TEXT": 300_000_000,
    "OUT_REASONING": 100_000_000,
}
"""Tokens a month at P50; P10 is half of it, P90 twice."""


@remembered
def list_prices(at: datetime = AT) -> None:
    """The public list prices of the installed release, known since the day before."""
    import_list_prices(by=SYSTEM, at=at - DAY)


def row(
    token_class: str, p50: int, month: date = date(2026, 4, 1), model: str = MODEL
) -> RowDraft:
    """A row of an estimate: P10 is half of P50, P90 twice."""
    return RowDraft(
        model_id=AiModel.objects.get(snapshot=model).pk,
        token_class_id=TokenClass.objects.get(code=token_class).pk,
        month=month,
        p10=Tokens(p50 // 2),
        p50=Tokens(p50),
        p90=Tokens(p50 * 2),
    )


def workload(tokens: Mapping[str, int] | None = None) -> list[RowDraft]:
    """The rows of one month."""
    return [row(code, count) for code, count in (tokens or WORKLOAD).items()]


def chat(**other: Any) -> WorkloadDraft:
    """A chat assistant: 100 to 400 calls on each day of April and May 2026."""
    usual: dict[str, Any] = {
        "name": "Chat assistant",
        "model_id": AiModel.objects.get(snapshot=MODEL).pk,
        "calls_p10": 100,
        "calls_p50": 200,
        "calls_p90": 400,
        "uncached_input_tokens": 1_500,
        "cached_input_tokens": 3_000,
        "output_tokens": 350,
        "reasoning_tokens": 0,
        "growth_percent": Decimal(10),
        "first_month": date(2026, 4, 1),
        "months": 2,
        "day_count": DayCount.CALENDAR,
    }
    return WorkloadDraft(**(usual | other))


@remembered
def drafted_requisition(at: datetime = AT, by: Actor | None = None) -> Requisition:
    """A need that a program manager has written down."""
    return draft_requisition(
        title="Tokens for the claims assistant",
        need="Summarise claims and answer questions about them.",
        planned_dollars=Dollars("400000.00"),
        by=by or actor("program_manager"),
        at=at,
    )


@remembered
def estimated_requisition(
    at: datetime = AT, tokens: Mapping[str, int] | None = None
) -> Requisition:
    """A need with its workload, priced at public list."""
    list_prices(at)
    requisition = drafted_requisition(at)
    return estimate_workload(
        requisition_id=requisition.pk,
        rows=workload(tokens),
        by=actor("program_manager"),
        at=at,
        seen_version=requisition.version,
    )


@remembered
def built_requisition(at: datetime = AT) -> Requisition:
    """A need whose estimate was built from one workload."""
    list_prices(at)
    requisition = drafted_requisition(at)
    return build_estimate(
        requisition_id=requisition.pk,
        workload=[chat()],
        by=actor("program_manager"),
        at=at,
        seen_version=requisition.version,
    )


@remembered
def submitted_requisition(
    at: datetime = AT, tokens: Mapping[str, int] | None = None
) -> Requisition:
    """A need that the contracting office can solicit."""
    requisition = estimated_requisition(at, tokens)
    return submit_requisition(
        requisition_id=requisition.pk,
        by=actor("program_manager"),
        at=at,
        seen_version=requisition.version,
    )


# Solicitations -----------------------------------------------------------------------

DEADLINE = datetime(2026, 3, 20, 21, 0, tzinfo=UTC)
"""Friday, 20 March 2026, 5 p.m. in Washington."""

RELEASED_AT = AT + DAY

TERMS: dict[str, Any] = {
    "naics": "518210",
    "size_standard": "$40.0 million",
    "psc": "DA10",
    "set_aside": "UNRESTRICTED",
    "importance": "Technical approach is more important than price.",
    "ai_terms": "A token is one unit of the tokenizer named on the rate row.",
    "deadline": DEADLINE,
    "time_zone": "America/New_York",
    "minimum_dollars": Decimal("1000.00"),
    "maximum_dollars": Decimal("400000.00"),
    "maximum_tokens": 40_000_000_000,
    "ordering_start": date(2026, 4, 1),
    "ordering_end": date(2027, 3, 31),
    "synopsis_kind": "COMBINED",
    "synopsis_id": "75D301-26-TOKENS",
}
"""Everything that a package needs beside what its requisition gives."""

FACTORS = (
    FactorDraft("Technical approach", "How the service meets the objectives."),
    FactorDraft("Price", "Evaluated on the reference workload.", is_price=True),
)


@remembered
def drafted_solicitation(
    at: datetime = AT, tokens: Mapping[str, int] | None = None
) -> Solicitation:
    """A package that a contract specialist has started from a need."""
    return draft_solicitation(
        requisition_id=submitted_requisition(at, tokens).pk,
        by=actor("contract_specialist"),
        at=at + HOUR,
    )


@remembered
def complete_solicitation(
    at: datetime = AT,
    *,
    terms: Mapping[str, Any] | None = None,
    factors: Sequence[FactorDraft] = FACTORS,
    tokens: Mapping[str, int] | None = None,
) -> Solicitation:
    """A draft to which nothing is missing for publication."""
    drafted = drafted_solicitation(at, tokens)
    said = terms or {}
    more = {"52.216-27"} if said.get("most_awards", 1) > 1 else set()
    kind = Instrument.objects.get(code=said.get("instrument", "IDIQ"))
    less = set(kind.without_clauses)
    kept = drafted.clauses.exclude(clause__number__in=less)
    carried = {row.clause_id for row in kept}
    carried |= {row.pk for row in Clause.objects.filter(number__in=more - less)}
    return edit_solicitation(
        solicitation_id=drafted.pk,
        terms={**TERMS, **(terms or {})},
        factors=factors,
        clause_ids=sorted(carried) if more or less else None,
        by=actor("contract_specialist"),
        at=at + 2 * HOUR,
        seen_version=drafted.version,
    )


@remembered
def reviewed_solicitation(solicitation: Solicitation, at: datetime) -> Solicitation:
    """The same package after every reviewer of its route has concurred."""
    submitted = submit_solicitation(
        solicitation_id=solicitation.pk,
        by=actor("contract_specialist"),
        at=at,
        seen_version=solicitation.version,
    )
    for reviewer in ("technical_reviewer", "legal_reviewer"):
        submitted = review_solicitation(
            solicitation_id=submitted.pk,
            verdict=Decided.CONCUR,
            comment="",
            by=actor(reviewer),
            at=at,
            seen_version=submitted.version,
        )
    return submitted


@remembered
def solicitation_in_review(at: datetime = AT) -> Solicitation:
    """A complete package on which no reviewer has decided yet."""
    complete = complete_solicitation(at)
    return submit_solicitation(
        solicitation_id=complete.pk,
        by=actor("contract_specialist"),
        at=at + 3 * HOUR,
        seen_version=complete.version,
    )


@remembered
def approved_solicitation(at: datetime = AT, **more: Any) -> Solicitation:
    """A package that only waits for its release; ``more`` changes what it says."""
    complete = complete_solicitation(at, **more)
    return reviewed_solicitation(rehearsed_box(on=complete, at=at), at + 3 * HOUR)


@remembered
def released_solicitation(at: datetime = AT, **more: Any) -> Solicitation:
    """A solicitation that everybody reads, released a day after ``at``."""
    approved = approved_solicitation(at, **more)
    return release_solicitation(
        solicitation_id=approved.pk,
        by=actor("contracting_officer"),
        at=at + DAY,
        seen_version=approved.version,
    )


# Offers and their evaluation ---------------------------------------------------------

# Awards, orders and their modifications ----------------------------------------------
from tests.builders_orders import (  # noqa: E402, F401 (they build on the stages above)
    approved_order,
    awarded_contract,
    certified_contract,
    certified_order,
    drafted_contract,
    drafted_modification,
    drafted_order,
    funded_modification,
    issued_modification,
    issued_order,
    line_of_accounting,
    submitted_order,
)
from tests.offers import (  # noqa: E402, F401 (they build on the stages above)
    agreed_offers,
    amended_solicitation,
    analysed_prices,
    decided_solicitation,
    declared_panel,
    offer_on,
    opened_offers,
    overtaken_offers,
    rated_offers,
    rehearsed_box,
    submitted_offer,
    submitted_offers,
)
