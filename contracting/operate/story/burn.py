"""The order, its usage, and a modification in the middle of the burn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracting.approvals.states import Decided
from contracting.contracts.models import Contract
from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.metering.models import UsageBatch
from contracting.metering.operations.assign import Assigned, assign_usage
from contracting.metering.operations.fold_all import fold_all
from contracting.metering.operations.ingest import ingest_usage
from contracting.operate.story import compete, procure, times, truth
from contracting.operate.story.cast import AGENCY, SOURCE, Cast
from contracting.operate.story.times import Calendar
from contracting.operate.story.truth import Call, Truth
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
from contracting.reference.models import AiModel
from contracting.reference.operations.map_model_alias import map_model_alias

ORDER_DOLLARS: Final = Dollars("60.00")
ORDER_TOKENS: Final = Tokens(24_000_000)
FUNDS_AT_FIRST: Final = Dollars("42.00")
FUNDS_ADDED: Final = Dollars("18.00")
LIST_PRICE_OF_OUTPUT: Final = UnitPrice("15.00")
BATCH_ROWS: Final = 3_000

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Delivery:
    """Calls that the gateway delivers together, and when."""

    calls: list[Call]
    at: datetime


def order(cast: Cast, calendar: Calendar, contract: Contract) -> TaskOrder:
    """Requested, reviewed, funded and signed: a pilot order of sixty dollars."""
    drafted = draft_task_order(
        contract_id=contract.pk,
        title="Pilot of the claims assistant",
        description="Tokens for the pilot of the claims assistant, one hour of use.",
        period_start=calendar.day(times.PERFORMANCE),
        period_end=calendar.day(times.LAST_DAY),
        lines=[
            LineDraft(
                clin="0001",
                ceiling_tokens=ORDER_TOKENS,
                ceiling_dollars=ORDER_DOLLARS,
                funds=[
                    FundsDraft("AA", cast.line_of_accounting_id, FUNDS_AT_FIRST),
                ],
            )
        ],
        payment_office="Department of Civic Records, payment office",
        by=cast["program_manager"],
        at=calendar.at(times.ORDER, 9),
    )
    submitted = submit_task_order(
        order_id=drafted.pk,
        by=cast["program_manager"],
        at=calendar.at(times.ORDER, 10),
        seen_version=drafted.version,
    )
    reviewers = ("technical_reviewer", "finance_reviewer", "security_reviewer")
    for hour, part in enumerate(reviewers, start=9):
        submitted = review_task_order(
            order_id=submitted.pk,
            verdict=Decided.CONCUR,
            comment="Concur.",
            by=cast[part],
            at=calendar.at(times.ORDER + 1, hour),
            seen_version=submitted.version,
        )
    certify_task_order_funds(
        order_id=submitted.pk,
        by=cast["funds_certifier"],
        at=calendar.at(times.ORDER + 2, 9),
        seen_version=submitted.version,
    )
    return issue_task_order(
        order_id=submitted.pk,
        by=cast["contracting_officer"],
        at=calendar.at(times.ISSUE, 10),
        seen_version=submitted.version,
    )


def tell_truth(calendar: Calendar) -> Truth:
    """The hour of real calls on the day of usage, at the contract's prices."""
    return truth.read_truth(
        day_shift=calendar.trace_shift,
        prices=compete.NORTHLIGHT_PRICES,
        wrong_price=LIST_PRICE_OF_OUTPUT,
    )


def deliveries(told: Truth) -> list[Delivery]:
    """The gateway delivers in batches; the first waits for nobody's funds."""
    halves = [
        [call for call in told.calls if call.part <= 2],
        [call for call in told.calls if call.part > 2],
    ]
    made = []
    for calls in halves:
        for start in range(0, len(calls), BATCH_ROWS):
            rows = calls[start : start + BATCH_ROWS]
            delivered = rows[-1].occurred_at + timedelta(seconds=30)
            made.append(Delivery(rows, delivered.replace(microsecond=0)))
    return made


def deliver(
    cast: Cast, told: Truth, task_order: TaskOrder, delivery: Delivery, at: datetime
) -> UsageBatch:
    """The gateway posts one batch."""
    payload = truth.gateway_events(
        told,
        delivery.calls,
        source=SOURCE,
        order=task_order.public_id,
        model=procure.MODEL,
        unknown_model=procure.UNKNOWN_MODEL,
        boundary=procure.BOUNDARY,
    )
    receipt = ingest_usage(
        source_id=cast.source_id, payload=payload, by=cast.gateway, at=at
    )
    fold_all(by=SYSTEM, at=at, wait=True)
    return receipt.batch


def add_funds(cast: Cast, task_order: TaskOrder, at: datetime) -> Modification:
    """P00001: the certifier finds the money, the officer signs, within minutes."""
    drafted = draft_modification(
        order_id=task_order.pk,
        authority="B",
        citation="FAR 43.103(b); 52.232-22",
        description="Add the second increment of funds to line 0001.",
        effective_on=at.date(),
        scope="The same tokens for the same assistant, as competed and ordered.",
        effects=[EffectDraft(clin="0001", acrn="AA", add_dollars=FUNDS_ADDED)],
        by=cast["contract_specialist"],
        at=at,
    )
    certify_modification_funds(
        modification_id=drafted.pk,
        by=cast["funds_certifier"],
        at=at + timedelta(minutes=1),
        seen_version=drafted.version,
    )
    return issue_modification(
        modification_id=drafted.pk,
        by=cast["contracting_officer"],
        at=at + timedelta(minutes=2),
        seen_version=drafted.version,
    )


def clear_suspense(cast: Cast, calendar: Calendar) -> Assigned:
    """The unknown name is mapped to the snapshot that was served, then assigned."""
    agency_id = cast.organizations[AGENCY].pk
    map_model_alias(
        source_name=procure.UNKNOWN_MODEL,
        model_id=AiModel.objects.get(snapshot=procure.MODEL).pk,
        agency_id=agency_id,
        by=cast["cor"],
        at=calendar.at(times.USAGE + 1, 9),
    )
    done = assign_usage(
        agency_id=agency_id, by=cast["cor"], at=calendar.at(times.USAGE + 1, 10)
    )
    fold_all(by=SYSTEM, at=calendar.at(times.USAGE + 1, 10), wait=True)
    return done
