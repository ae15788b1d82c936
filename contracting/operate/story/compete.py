"""From sealed offers to signed contracts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from accounts.queries import DEMO_PASSPHRASE
from contracting.contracts.models import Contract
from contracting.contracts.operations.accept_designation import accept_designation
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.certify import certify_contract_funds
from contracting.contracts.operations.designate import designate_cor
from contracting.contracts.operations.draft import MinimumFunding, draft_contract
from contracting.contracts.operations.notify import notify_unsuccessful
from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars, UnitPrice
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
from contracting.operate.story.cast import (
    HARBORLINE,
    NEEDED,
    NORTHLIGHT,
    OPENERS,
    Cast,
)
from contracting.operate.story.procure import BOUNDARY, MINIMUM, MODEL
from contracting.operate.story.times import Calendar, Competition
from contracting.reference.models import AiModel
from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import lines_of
from contracting.submissions.calculations import Offer, OfferedFile, OfferedPrice
from contracting.submissions.operations.close import close_receipts
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.queries import amendment_numbers, offers_of

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


SEALED_FOR_THE_PILOT: Final = (
    (
        (10, 0),
        "harborline_signer",
        HARBORLINE_PRICES,
        "Redundant capacity in two regions.",
    ),
    (
        (11, 0),
        "northlight_signer",
        NORTHLIGHT_PRICES,
        "Usage is reported request by request.",
    ),
    (
        (14, 1),
        "tidewater_signer",
        TIDEWATER_PRICES,
        "The lowest price on every class.",
    ),
)
"""Two vendors submit in time and one a minute late."""
SEALED_FOR_THE_RECORDS: Final = SEALED_FOR_THE_PILOT[:2]

Sealed = tuple[tuple[int, int], str, Mapping[str, UnitPrice], str]


def offers(
    cast: Cast,
    calendar: Calendar,
    solicitation: Solicitation,
    *,
    days: Competition = times.PILOT,
    sealed: Sequence[Sealed] = SEALED_FOR_THE_PILOT,
) -> None:
    """Each vendor submits at its hour of the last day; then nobody can any more."""
    for time_of_day, part, prices, technical in sealed:
        submit_submission(
            solicitation_id=solicitation.pk,
            offer=_offer(solicitation, prices, technical),
            acknowledged=amendment_numbers(solicitation),
            by=cast[part],
            at=calendar.at(days.deadline, *time_of_day),
        )
    close_receipts(
        solicitation_id=solicitation.pk,
        by=SYSTEM,
        at=calendar.at(days.deadline, 14, 2),
    )


def open_offers(
    cast: Cast,
    calendar: Calendar,
    solicitation: Solicitation,
    *,
    days: Competition = times.PILOT,
) -> None:
    """Three of the five people open those that came in time."""
    for minute, part in enumerate(OPENERS[:NEEDED]):
        open_submissions(
            solicitation_id=solicitation.pk,
            passphrase=DEMO_PASSPHRASE,
            by=cast[part],
            at=calendar.at(days.opening, 10, minute),
        )


def _offer(
    solicitation: Solicitation, prices: Mapping[str, UnitPrice], technical: str
) -> Offer:
    model = AiModel.objects.get(snapshot=MODEL)
    return Offer(
        technical=f"{technical} The snapshot {MODEL} is served in {BOUNDARY}.",
        files=[OfferedFile("technical.txt", "text/plain", technical.encode())],
        prices=[
            OfferedPrice(
                line_id=line.pk, model_id=model.pk, price=prices[line.class_code]
            )
            for line in lines_of(solicitation)
        ],
    )


BEST_VALUE: Final = (
    "Reporting by request lets us reconcile what we pay to the token. It comes with "
    "the lower evaluated price. Harborline would cost less only where answers grow "
    "several times as long, which the estimate gives one chance in ten: Northlight's "
    "offer is the best value to the Government."
)
TWO_HOLDERS: Final = (
    "Orders for the records assistant differ in the length of their answers, and with "
    "it the cheaper holder changes. Two awards let each order be competed between them."
)
ONE: Final = {NORTHLIGHT: ""}
BOTH: Final = {
    NORTHLIGHT: "Its price is the lower one where answers are short.",
    HARBORLINE: "Its price is the lower one where answers are long.",
}
"""Who is selected, and why, where several are."""


def decide(
    cast: Cast,
    calendar: Calendar,
    solicitation: Solicitation,
    *,
    days: Competition = times.PILOT,
    selected: Mapping[str, str] = ONE,
    rationale: str = BEST_VALUE,
) -> SelectionDecision:
    """The panel rates and agrees, prices are compared, the authority decides."""
    parts = ("evaluator", "second_evaluator", "source_selection_authority")
    for part in parts:
        designate_panel_member(
            solicitation_id=solicitation.pk,
            membership_id=cast.membership(part),
            role=cast[part].role,
            by=cast["contracting_officer"],
            at=calendar.at(days.opening, 13),
        )
    for part in parts:
        declare_interest(
            solicitation_id=solicitation.pk,
            keeps_confidence=True,
            answers=NO_CONFLICT,
            by=cast[part],
            at=calendar.at(days.opening, 14),
        )
    _rate(cast, calendar, solicitation, days)
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
        at=calendar.at(days.decision - 1, 10),
    )
    chosen = {
        solicitation.submissions.get(vendor=cast.organizations[name]).pk: reason
        for name, reason in selected.items()
    }
    return decide_selection(
        solicitation_id=solicitation.pk,
        selected=chosen,
        rationale=rationale,
        seen_analysis_id=analysis.pk,
        by=cast["source_selection_authority"],
        at=calendar.at(days.decision, 10),
    )


def _rate(
    cast: Cast, calendar: Calendar, solicitation: Solicitation, days: Competition
) -> None:
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
                at=calendar.at(days.opening + 2, 10),
            )
        for offer in offers_of(solicitation):
            lock_ratings(
                submission_id=offer.submission_id,
                by=cast[part],
                at=calendar.at(days.opening + 2, 11),
            )
    for offer, factor in missing_consensus(solicitation):
        better = offer.submission.vendor_id == vendor_id
        agree_consensus(
            submission_id=offer.submission_id,
            factor_id=factor.pk,
            rating="OUTSTANDING" if better else "GOOD",
            narrative=f"{factor.name}: both evaluators came to the same rating.",
            by=cast["evaluator"],
            at=calendar.at(days.opening + 3, 10),
        )


def prepare_award(
    cast: Cast,
    calendar: Calendar,
    solicitation: Solicitation,
    *,
    days: Competition = times.PILOT,
    vendor: str = NORTHLIGHT,
) -> Contract:
    """A specialist drafts the award, and the funds of its minimum are certified."""
    chosen = solicitation.submissions.get(vendor=cast.organizations[vendor])
    drafted = draft_contract(
        solicitation_id=solicitation.pk,
        submission_id=chosen.pk,
        funding=[
            MinimumFunding("0001", "AA", cast.line_of_accounting_id, Dollars(MINIMUM))
        ],
        by=cast["contract_specialist"],
        at=calendar.at(days.award - 1, 9),
    )
    return certify_contract_funds(
        contract_id=drafted.pk,
        by=cast["funds_certifier"],
        at=calendar.at(days.award - 1, 14),
        seen_version=drafted.version,
    )


def award(
    cast: Cast,
    calendar: Calendar,
    drafted: Contract,
    *,
    days: Competition = times.PILOT,
) -> Contract:
    """The contracting officer signs, and a representative is named."""
    contract = award_contract(
        contract_id=drafted.pk,
        by=cast["contracting_officer"],
        at=calendar.at(days.award, 10),
        seen_version=drafted.version,
    )
    at = calendar.at(days.award, 11)
    designate_cor(
        contract_id=contract.pk,
        membership_id=cast.membership("cor"),
        valid_from=calendar.day(days.award),
        valid_to=calendar.day(400),
        level="II",
        certified_until=calendar.day(700),
        by=cast["contracting_officer"],
        at=at,
    )
    accept_designation(contract_id=contract.pk, by=cast["cor"], at=at)
    return contract


def tell_the_others(
    cast: Cast,
    calendar: Calendar,
    contract: Contract,
    *,
    days: Competition = times.PILOT,
) -> None:
    """Who was not selected reads why, on the day of the award (FAR 15.503(b))."""
    notify_unsuccessful(
        contract_id=contract.pk,
        reasons={
            each.pk: "Another offer was rated higher on the technical factors."
            for each in unsuccessful(contract.solicitation)
        },
        by=cast["contracting_officer"],
        at=calendar.at(days.award, 12),
    )
