"""From the need to the signed contract."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from accounts.queries import DEMO_PASSPHRASE
from contracting.approvals.states import Decided
from contracting.contracts.models import Contract
from contracting.contracts.operations.accept_designation import accept_designation
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.certify import certify_contract_funds
from contracting.contracts.operations.designate import designate_cor
from contracting.contracts.operations.draft import MinimumFunding, draft_contract
from contracting.contracts.operations.notify import notify_unsuccessful
from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.evaluations.models import SelectionDecision
from contracting.evaluations.operations.agree import agree_consensus
from contracting.evaluations.operations.analyse import analyse_price
from contracting.evaluations.operations.decide import decide_selection
from contracting.evaluations.operations.declare import declare_interest
from contracting.evaluations.operations.designate import designate_panel_member
from contracting.evaluations.operations.lock import lock_ratings
from contracting.evaluations.operations.rate import rate_submission
from contracting.evaluations.queries import missing_consensus, unsuccessful
from contracting.evaluations.states import NO_CONFLICT
from contracting.operate.story import times, truth
from contracting.operate.story.cast import NEEDED, NORTHLIGHT, OPENERS, Cast
from contracting.operate.story.register import check_the_offerors
from contracting.operate.story.times import Calendar
from contracting.reference.models import AiModel, TokenClass
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
from contracting.solicitations.queries import lines_of
from contracting.submissions.calculations import Offer, OfferedFile, OfferedPrice
from contracting.submissions.operations.close import close_receipts
from contracting.submissions.operations.name import name_openers
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.operations.rehearse import rehearse_opening
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.queries import amendment_numbers, offers_of

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
NORTHLIGHT_PRICES: Final = {
    truth.UNCACHED: UnitPrice("2.85"),
    truth.CACHED: UnitPrice("0.285"),
    truth.TEXT: UnitPrice("14.25"),
    truth.REASONING: UnitPrice("14.25"),
}
HARBORLINE_PRICES: Final = {
    truth.UNCACHED: UnitPrice("2.94"),
    truth.CACHED: UnitPrice("0.294"),
    truth.TEXT: UnitPrice("12.90"),
    truth.REASONING: UnitPrice("12.90"),
}
"""Dearer input and cheaper output: the lower total where answers are long."""
TIDEWATER_PRICES: Final = {
    truth.UNCACHED: UnitPrice("2.70"),
    truth.CACHED: UnitPrice("0.27"),
    truth.TEXT: UnitPrice("13.50"),
    truth.REASONING: UnitPrice("13.50"),
}
"""The lowest of all, and a minute late."""
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
    cast: Cast, calendar: Calendar, *, offset: int = times.NEED, title: str = TITLE
) -> Requisition:
    """A program manager writes down the need and estimates it at public list prices."""
    at = calendar.at(offset, 9)
    requisition = draft_requisition(
        title=title,
        need=OBJECTIVES,
        planned_dollars=Dollars(CEILING),
        line_of_accounting_id=cast.line_of_accounting_id,
        by=cast["program_manager"],
        at=at,
    )
    month = calendar.day(offset + 40).replace(day=1)
    requisition = estimate_workload(
        requisition_id=requisition.pk,
        rows=[_row(code, counts, month) for code, counts in MONTHLY_TOKENS.items()],
        by=cast["program_manager"],
        at=calendar.at(offset, 10),
        seen_version=requisition.version,
    )
    return submit_requisition(
        requisition_id=requisition.pk,
        by=cast["program_manager"],
        at=calendar.at(offset, 11),
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
    offset: int = times.SOLICITATION,
    ordering: tuple[int, int] = (times.AWARD + 1, times.LAST_DAY),
) -> Solicitation:
    """A specialist drafts the package; ``ordering`` are days told from the anchor."""
    at = calendar.at(offset, 9)
    drafted = draft_solicitation(
        requisition_id=requisition.pk, by=cast["contract_specialist"], at=at
    )
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
            "ordering_start": calendar.day(ordering[0]),
            "ordering_end": calendar.day(ordering[1]),
            "synopsis_kind": "COMBINED",
            "synopsis_id": f"PS-{requisition.number}",
        },
        factors=FACTORS,
        by=cast["contract_specialist"],
        at=calendar.at(offset, 11),
        seen_version=drafted.version,
    )


def rehearse(
    cast: Cast, calendar: Calendar, drafted: Solicitation, *, offset: int
) -> None:
    """Five people are named to open the offers, and three of them try it."""
    name_openers(
        solicitation_id=drafted.pk,
        membership_ids=[cast.membership(part) for part in OPENERS],
        needed=NEEDED,
        by=cast["contracting_officer"],
        at=calendar.at(offset, 12),
    )
    for minute, part in enumerate(OPENERS[:NEEDED]):
        rehearse_opening(
            solicitation_id=drafted.pk,
            passphrase=DEMO_PASSPHRASE,
            by=cast[part],
            at=calendar.at(offset, 13, minute),
        )


def release(
    cast: Cast,
    calendar: Calendar,
    drafted: Solicitation,
    *,
    offset: int = times.SOLICITATION,
) -> Solicitation:
    """The openers rehearse, two reviewers concur, the contracting officer releases."""
    rehearse(cast, calendar, drafted, offset=offset)
    package_ = submit_solicitation(
        solicitation_id=drafted.pk,
        by=cast["contract_specialist"],
        at=calendar.at(offset, 14),
        seen_version=drafted.version,
    )
    for hour, part in ((9, "technical_reviewer"), (11, "legal_reviewer")):
        package_ = review_solicitation(
            solicitation_id=package_.pk,
            verdict=Decided.CONCUR,
            comment="Ready for release.",
            by=cast[part],
            at=calendar.at(offset + 1, hour),
            seen_version=package_.version,
        )
    return release_solicitation(
        solicitation_id=package_.pk,
        by=cast["contracting_officer"],
        at=calendar.at(offset + 2, 10),
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
            at=calendar.at(times.RELEASE + 2, 9),
        ),
        ask_question(
            solicitation_id=released.pk,
            text="May the deadline be two days later, for the security evidence?",
            by=cast["northlight_signer"],
            at=calendar.at(times.RELEASE + 2, 10),
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
            at=calendar.at(times.ANSWERS, 9),
        )
    amend_solicitation(
        solicitation_id=released.pk,
        summary="The deadline is two days later.",
        terms={"deadline": calendar.at(times.DEADLINE, 14)},
        by=cast["contracting_officer"],
        at=calendar.at(times.ANSWERS, 11),
        seen_version=released.version,
    )
    release_answers(
        solicitation_id=released.pk,
        by=cast["contracting_officer"],
        at=calendar.at(times.ANSWERS, 12),
    )
    released.refresh_from_db()
    return released


def offers(cast: Cast, calendar: Calendar, solicitation: Solicitation) -> None:
    """Two vendors submit in time and one a minute late; later three people open."""
    harborline, northlight, tidewater = (
        "Redundant capacity in two regions.",
        "Usage is reported request by request.",
        "The lowest price on every class.",
    )
    sealed = (
        ((10, 0), "harborline_signer", HARBORLINE_PRICES, harborline),
        ((11, 0), "northlight_signer", NORTHLIGHT_PRICES, northlight),
        ((14, 1), "tidewater_signer", TIDEWATER_PRICES, tidewater),
    )
    for time_of_day, part, prices, technical in sealed:
        submit_submission(
            solicitation_id=solicitation.pk,
            offer=_offer(solicitation, prices, technical),
            acknowledged=amendment_numbers(solicitation),
            by=cast[part],
            at=calendar.at(times.DEADLINE, *time_of_day),
        )
    close_receipts(
        solicitation_id=solicitation.pk,
        by=SYSTEM,
        at=calendar.at(times.DEADLINE, 14, 2),
    )
    for minute, part in enumerate(OPENERS[:NEEDED]):
        open_submissions(
            solicitation_id=solicitation.pk,
            passphrase=DEMO_PASSPHRASE,
            by=cast[part],
            at=calendar.at(times.OPENING, 10, minute),
        )


def _offer(
    solicitation: Solicitation, prices: dict[str, UnitPrice], technical: str
) -> Offer:
    model = AiModel.objects.get(snapshot=MODEL)
    return Offer(
        technical=f"{technical} The snapshot {MODEL} is served in {BOUNDARY}.",
        files=[OfferedFile("technical.txt", "text/plain", technical.encode())],
        prices=[
            OfferedPrice(
                line_id=line.pk, model_id=model.pk, price=prices[line.token_class.code]
            )
            for line in lines_of(solicitation)
        ],
    )


def decide(
    cast: Cast, calendar: Calendar, solicitation: Solicitation
) -> SelectionDecision:
    """The panel rates and agrees, prices are compared, the authority decides."""
    parts = ("evaluator", "second_evaluator", "source_selection_authority")
    for part in parts:
        designate_panel_member(
            solicitation_id=solicitation.pk,
            membership_id=cast.membership(part),
            role=cast[part].role,
            by=cast["contracting_officer"],
            at=calendar.at(times.OPENING, 13),
        )
    for part in parts:
        declare_interest(
            solicitation_id=solicitation.pk,
            keeps_confidence=True,
            answers=NO_CONFLICT,
            by=cast[part],
            at=calendar.at(times.OPENING, 14),
        )
    _rate(cast, calendar, solicitation)
    analysis = analyse_price(
        solicitation_id=solicitation.pk,
        conclusion=(
            "Two offers compete on the same snapshot; both stand below public list on "
            "every class. Which is cheaper changes with the length of the answers; on "
            "the published workload it is Northlight's. The prices are fair and "
            "reasonable (FAR 15.404-1(b)(2)(i))."
        ),
        reasonable_submission_ids=[o.submission_id for o in offers_of(solicitation)],
        unbalanced_memo="No class is priced out of proportion to public list.",
        by=cast["contract_specialist"],
        at=calendar.at(times.DECISION - 1, 10),
    )
    vendor = cast.organizations[NORTHLIGHT]
    return decide_selection(
        solicitation_id=solicitation.pk,
        selected={solicitation.submissions.get(vendor=vendor).pk: ""},
        rationale=(
            "Reporting by request lets us reconcile what we pay to the token. It comes "
            "with the lower evaluated price. Harborline would cost less only where "
            "answers grow several times as long, which the estimate gives one chance "
            "in ten: Northlight's offer is the best value to the Government."
        ),
        seen_analysis_id=analysis.pk,
        by=cast["source_selection_authority"],
        at=calendar.at(times.DECISION, 10),
    )


def _rate(cast: Cast, calendar: Calendar, solicitation: Solicitation) -> None:
    vendor_id = cast.organizations[NORTHLIGHT].pk
    for part in ("evaluator", "second_evaluator"):
        for offer, factor in missing_consensus(solicitation):
            better = offer.submission.vendor_id == vendor_id
            rate_submission(
                submission_id=offer.submission_id,
                factor_id=factor.pk,
                rating="OUTSTANDING" if better else "GOOD",
                strengths=f"{factor.name}: the objectives are met in full.",
                weaknesses="None found." if better else "Reports are daily sums only.",
                by=cast[part],
                at=calendar.at(times.OPENING + 2, 10),
            )
        for offer in offers_of(solicitation):
            lock_ratings(
                submission_id=offer.submission_id,
                by=cast[part],
                at=calendar.at(times.OPENING + 2, 11),
            )
    for offer, factor in missing_consensus(solicitation):
        better = offer.submission.vendor_id == vendor_id
        agree_consensus(
            submission_id=offer.submission_id,
            factor_id=factor.pk,
            rating="OUTSTANDING" if better else "GOOD",
            narrative=f"{factor.name}: both evaluators came to the same rating.",
            by=cast["evaluator"],
            at=calendar.at(times.OPENING + 3, 10),
        )


def award(cast: Cast, calendar: Calendar, solicitation: Solicitation) -> Contract:
    """Funds are certified, the contracting officer signs, a representative is named."""
    drafted = draft_contract(
        solicitation_id=solicitation.pk,
        funding=[
            MinimumFunding("0001", "AA", cast.line_of_accounting_id, Dollars(MINIMUM))
        ],
        by=cast["contract_specialist"],
        at=calendar.at(times.AWARD - 1, 9),
    )
    certify_contract_funds(
        contract_id=drafted.pk,
        by=cast["funds_certifier"],
        at=calendar.at(times.AWARD - 1, 14),
        seen_version=drafted.version,
    )
    check_the_offerors(cast, calendar, solicitation, times.AWARD)
    contract = award_contract(
        contract_id=drafted.pk,
        by=cast["contracting_officer"],
        at=calendar.at(times.AWARD, 10),
        seen_version=drafted.version,
    )
    at = calendar.at(times.AWARD, 11)
    designate_cor(
        contract_id=contract.pk,
        membership_id=cast.membership("cor"),
        valid_from=calendar.day(times.AWARD),
        valid_to=calendar.day(400),
        level="II",
        certified_until=calendar.day(700),
        by=cast["contracting_officer"],
        at=at,
    )
    accept_designation(contract_id=contract.pk, by=cast["cor"], at=at)
    tell_the_others(cast, calendar, contract)
    return contract


def tell_the_others(cast: Cast, calendar: Calendar, contract: Contract) -> None:
    """Who was not selected reads why, on the day of the award (FAR 15.503(b))."""
    notify_unsuccessful(
        contract_id=contract.pk,
        reasons={
            each.pk: "Another offer was rated higher on the technical factors."
            for each in unsuccessful(contract.solicitation)
        },
        by=cast["contracting_officer"],
        at=calendar.at(times.AWARD, 12),
    )
