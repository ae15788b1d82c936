"""The world from the award to a modified order, built through the real verbs.

Each builder takes the world of the one before it, or builds that first. The award is
signed on 30 March 2026 and orders may be placed from 1 April. ``tests.builders`` gives
them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracting.approvals.states import Decided
from contracting.contracts.models import Contract
from contracting.contracts.operations.accept_designation import accept_designation
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.certify import certify_contract_funds
from contracting.contracts.operations.designate import designate_cor
from contracting.contracts.operations.draft import MinimumFunding, draft_contract
from contracting.core.quantities import Dollars, Tokens
from contracting.evaluations.models import RegistrationImport, SelectionDecision
from contracting.evaluations.operations.import_registrations import (
    import_registrations,
)
from contracting.ledger.models import LineOfAccounting
from contracting.ledger.operations.allot import allot_funds
from contracting.ledger.operations.create import create_line_of_accounting
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.operations.certify import certify_task_order_funds
from contracting.orders.operations.certify_modification import (
    certify_modification_funds,
)
from contracting.orders.operations.draft import draft_task_order
from contracting.orders.operations.draft_modification import draft_modification
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.operations.review import review_task_order
from contracting.orders.operations.submit import submit_task_order
from contracting.orders.states import EffectDraft, FundsDraft, LineDraft
from tests.cast import actor
from tests.offers import (
    agreed_offers,
    decided_solicitation,
    declared_panel,
    opened_offers,
    rated_offers,
    submitted_offers,
)
from tests.remembered import remembered

AWARDED_AT = datetime(2026, 3, 30, 15, 0, tzinfo=UTC)
"""Monday, 30 March 2026, 11 a.m. in Washington."""

ORDERED_AT = datetime(2026, 4, 6, 14, 0, tzinfo=UTC)
"""Monday, 6 April 2026, 10 a.m. in Washington: orders are drafted."""

ISSUED_AT = ORDERED_AT + timedelta(days=2)
MODIFIED_AT = ORDERED_AT + timedelta(days=9)

MINIMUM = Dollars("1000.00")
CEILING_DOLLARS = Dollars("60.00")
CEILING_TOKENS = Tokens(20_000_000)
FUNDED = Dollars("40.00")
REVIEWERS = ("technical_reviewer", "finance_reviewer")


@remembered
def line_of_accounting(
    label: str = "Claims modernization",
    dollars: str = "500000.00",
    at: datetime = AWARDED_AT,
    **terms: Any,
) -> LineOfAccounting:
    """Funds of fiscal year 2026 with an allotment; the same one when asked again."""
    certifier = actor("funds_certifier")
    found = LineOfAccounting.objects.filter(
        label=label, agency_id=certifier.organization_id
    ).first()
    if found is not None:
        return found
    assert certifier.organization_id is not None
    line = create_line_of_accounting(
        agency_id=certifier.organization_id,
        label=label,
        **{
            "treasury_account_symbol": "020-2026/2026-0101-000",
            "appropriation": "Salaries and expenses",
            "funds_available_from": date(2025, 10, 1),
            "funds_available_to": date(2026, 9, 30),
            "fund_year": 2026,
            **terms,
        },
        by=certifier,
        at=at,
    )
    allot_funds(
        line_of_accounting_id=line.pk, dollars=Dollars(dollars), by=certifier, at=at
    )
    return line


@remembered
def registrations(
    *, exclusion: str = "", until: str = "2026-12-31", at: datetime = AWARDED_AT
) -> RegistrationImport:
    """An extract of three hours before the award; the same one when asked again."""
    officer = actor("contract_specialist")
    assert officer.organization_id is not None
    found = RegistrationImport.objects.filter(
        agency_id=officer.organization_id, extracted_at=at - timedelta(hours=3)
    ).first()
    if found is not None:
        return found
    return import_registrations(
        agency_id=officer.organization_id,
        name="extract.csv",
        content=(
            "uei,legal_name,registered_until,exclusion\n"
            f"MERD1ANMDLS5,Meridian Models,{until},{exclusion}\n"
            "LRKSPR2ABCD6,Larkspur AI,2026-12-31,\n"
        ).encode(),
        extracted_at=at - timedelta(hours=3),
        by=officer,
        at=at - timedelta(hours=2),
    )


@remembered
def drafted_contract(*, on: SelectionDecision | None = None, of: str = "") -> Contract:
    """The decision as a draft award; its minimum is borne by line 0001.

    :param of: whose offer is awarded, where several were selected
    """
    decision = on or decided_solicitation()
    chosen = {each.submission.vendor_id: each for each in decision.selections.all()}
    return draft_contract(
        solicitation_id=decision.solicitation_id,
        submission_id=chosen[actor(of).organization_id].submission_id if of else None,
        funding=[MinimumFunding("0001", "AA", line_of_accounting().pk, MINIMUM)],
        by=actor("contract_specialist"),
        at=AWARDED_AT - timedelta(days=1),
    )


@remembered
def certified_contract(
    *, on: SelectionDecision | None = None, of: str = ""
) -> Contract:
    """A draft award whose funds are certified and whose vendor was checked."""
    drafted = drafted_contract(on=on, of=of)
    registrations()
    return certify_contract_funds(
        contract_id=drafted.pk,
        by=actor("funds_certifier"),
        at=AWARDED_AT - timedelta(hours=1),
        seen_version=drafted.version,
    )


@remembered
def awarded_contract(*, on: SelectionDecision | None = None, of: str = "") -> Contract:
    """A signed contract of $400,000 and 40 billion tokens with a representative."""
    drafted = certified_contract(on=on, of=of)
    contract = award_contract(
        contract_id=drafted.pk,
        by=actor("contracting_officer"),
        at=AWARDED_AT,
        seen_version=drafted.version,
    )
    cor = actor("cor").membership_id
    assert cor is not None
    designate_cor(
        contract_id=contract.pk,
        membership_id=cor,
        valid_from=date(2026, 4, 1),
        valid_to=date(2027, 3, 31),
        level="II",
        certified_until=date(2027, 12, 31),
        by=actor("contracting_officer"),
        at=AWARDED_AT,
    )
    accept_designation(contract_id=contract.pk, by=actor("cor"), at=AWARDED_AT)
    return contract


LIMITS = {
    "smallest_order_dollars": Decimal("50.00"),
    "largest_item_dollars": Decimal("90.00"),
    "largest_order_dollars": Decimal("100.00"),
    "order_series_days": 30,
    "performance_end": date(2027, 9, 30),
}
"""Orders of $50 to $100, in 30 days together, that perform until 30 September 2027."""


@remembered
def limited_contract() -> Contract:
    """A signed contract whose solicitation limits the size and the end of orders."""
    from tests.builders import released_solicitation

    solicitation = released_solicitation(terms=LIMITS)
    submitted_offers(on=solicitation)
    panel = declared_panel(on=opened_offers(on=solicitation))
    agreed = agreed_offers(on=rated_offers(on=panel))
    return awarded_contract(on=decided_solicitation(on=agreed))


def line(
    *,
    tokens: Tokens = CEILING_TOKENS,
    dollars: Dollars = CEILING_DOLLARS,
    funds: Sequence[FundsDraft] | None = None,
    **more: Any,
) -> LineDraft:
    """Line 0001 for sixty dollars and twenty million tokens, funded for forty."""
    given = [FundsDraft("AA", line_of_accounting().pk, FUNDED)]
    return LineDraft(
        clin=more.pop("clin", "0001"),
        ceiling_tokens=tokens,
        ceiling_dollars=dollars,
        funds=given if funds is None else funds,
        **more,
    )


@remembered
def drafted_order(
    *,
    on: Contract | None = None,
    lines: Sequence[LineDraft] | None = None,
    at: datetime = ORDERED_AT,
    **terms: Any,
) -> TaskOrder:
    """A pilot order that a program manager has drafted."""
    contract = on or awarded_contract()
    return draft_task_order(
        contract_id=contract.pk,
        lines=[line()] if lines is None else lines,
        **{
            "title": "Pilot of the claims assistant",
            "description": "Summaries of claims, through the agency's gateway.",
            "period_start": date(2026, 4, 13),
            "period_end": date(2026, 9, 30),
            "payment_office": "Examples Finance Center",
            **terms,
        },
        by=actor("program_manager"),
        at=at,
    )


@remembered
def submitted_order(**more: Any) -> TaskOrder:
    """An order in review; ``more`` is told to :func:`drafted_order`."""
    drafted = more.pop("order", None) or drafted_order(**more)
    return submit_task_order(
        order_id=drafted.pk,
        by=actor("program_manager"),
        at=ORDERED_AT + timedelta(hours=1),
        seen_version=drafted.version,
    )


@remembered
def concurred(order: TaskOrder, reviewers: Sequence[str] = REVIEWERS) -> TaskOrder:
    """The same order after these reviewers have concurred."""
    for reviewer in reviewers:
        order = review_task_order(
            order_id=order.pk,
            verdict=Decided.CONCUR,
            comment="",
            by=actor(reviewer),
            at=ORDERED_AT + timedelta(hours=2),
            seen_version=order.version,
        )
    return order


@remembered
def approved_order(**more: Any) -> TaskOrder:
    """An order on which every reviewer has concurred."""
    return concurred(submitted_order(**more))


@remembered
def certified(order: TaskOrder) -> TaskOrder:
    """The same order after its funds were certified."""
    certify_task_order_funds(
        order_id=order.pk,
        by=actor("funds_certifier"),
        at=ORDERED_AT + timedelta(hours=3),
        seen_version=order.version,
    )
    return order


@remembered
def certified_order(**more: Any) -> TaskOrder:
    """An approved order whose funds are certified: ready for signature."""
    return certified(approved_order(**more))


@remembered
def issued_order(*, at: datetime = ISSUED_AT, **more: Any) -> TaskOrder:
    """A signed order: sixty dollars and twenty million tokens, funded for forty."""
    ready = certified_order(**more)
    return issue_task_order(
        order_id=ready.pk,
        by=actor("contracting_officer"),
        at=at,
        seen_version=ready.version,
    )


ADDS = EffectDraft(clin="0001", acrn="AA", add_dollars=Dollars("20.00"))
"""Twenty dollars more on ACRN AA, under the ceiling that there is."""


@remembered
def drafted_modification(
    *,
    on: TaskOrder | None = None,
    effects: Sequence[EffectDraft] = (ADDS,),
    at: datetime = MODIFIED_AT,
    by: str = "contract_specialist",
    **terms: Any,
) -> Modification:
    """A modification of a signed order that adds twenty dollars."""
    order = on or issued_order()
    return draft_modification(
        order_id=order.pk,
        effects=effects,
        **{
            "authority": "B",
            "citation": "FAR 43.103(b)",
            "description": "Funds are added to continue the pilot.",
            "effective_on": at.date(),
            "scope": "Tokens of the same models for the same pilot, as competed.",
            **terms,
        },
        by=actor(by),
        at=at,
    )


@remembered
def funded_modification(**more: Any) -> Modification:
    """A modification whose added funds are certified: ready for signature."""
    drafted = drafted_modification(**more)
    certify_modification_funds(
        modification_id=drafted.pk,
        by=actor("funds_certifier"),
        at=MODIFIED_AT + timedelta(hours=1),
        seen_version=drafted.version,
    )
    return drafted


@remembered
def issued_modification(**more: Any) -> Modification:
    """P00001: the order is funded for sixty dollars."""
    ready = funded_modification(**more)
    return issue_modification(
        modification_id=ready.pk,
        by=actor("contracting_officer"),
        at=MODIFIED_AT + timedelta(hours=2),
        seen_version=ready.version,
    )
