"""Reads of notices of funds: at which shares, where an order stands, who took note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, QuerySet

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.ledger.queries import lines_with_totals, times_funds_were_added
from contracting.metering.models import FundsNotice, NoticeTerms
from contracting.metering.states import (
    NOTICE_PERCENTS,
    FundsClausePreset,
    FundsNoticeKind,
    forecast_codes,
)
from contracting.orders.models import HOLDER_OF_A_LINE, OrderLine, TaskOrder
from contracting.orders.queries import visible_to
from contracting.reference.queries import amounts_on


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a contract: its own rows, or what is usual.

    ``percents`` always holds the share that was signed in the contract itself.
    """

    percents: tuple[int, ...]
    forecast_percent: int
    forecast_days: int
    clause: str
    row: NoticeTerms | None


@dataclass(frozen=True, slots=True)
class FundsOf:
    """Obligated and used dollars of an order, or of one line of it."""

    line: OrderLine | None
    obligated: Decimal
    used: Decimal

    def reached(self, percent: int) -> bool:
        """Whether so much of the funds is used; without funds, any use is all."""
        if self.obligated <= 0:
            return self.used > 0 and percent == 100
        return self.used * 100 >= self.obligated * percent


def notice_terms_of(contract: Contract, at: datetime) -> Terms:
    """The shares and days that hold for a contract at an instant."""
    row = (
        NoticeTerms.objects.filter(contract=contract, set_at__lte=at)
        .order_by("-set_at", "-pk")
        .first()
    )
    on = accounting_day(at, contract.time_zone)
    clause = FundsClausePreset.COST if row is None else FundsClausePreset(row.clause)
    if row is None:
        percent, days = forecast_of_clause(clause, on)
        chosen = [int(value) for value in amounts_on(NOTICE_PERCENTS, on).values()]
    else:
        percent, days = row.forecast_percent, row.forecast_days
        chosen = row.percents
    return Terms(
        percents=tuple(sorted({*chosen, contract.notice_percent})),
        forecast_percent=percent,
        forecast_days=days,
        clause=clause,
        row=row,
    )


def forecast_of_clause(clause: str, on: date) -> tuple[int, int]:
    """The percent of the funds and the days ahead that a clause sets on a day."""
    codes = forecast_codes(clause)
    found = amounts_on(codes, on)
    return int(found[codes[0]]), int(found[codes[1]])


def funds_standing(order: TaskOrder) -> list[FundsOf]:
    """The order as a whole; of an order with several funded lines, each line too."""
    lines = {
        line.pk: line
        for line in OrderLine.objects.filter(order=order)
        .select_related("contract_line")
        .order_by("pk")
    }
    each = [
        FundsOf(
            line=lines[books.holder_id],
            obligated=_sum(books, "obligated"),
            used=_sum(books, "consumed") + _sum(books, "unfunded"),
        )
        for books in lines_with_totals(HOLDER_OF_A_LINE, lines).order_by("pk")
    ]
    whole = FundsOf(
        line=None,
        obligated=sum((one.obligated for one in each), Decimal(0)),
        used=sum((one.used for one in each), Decimal(0)),
    )
    return [whole, *(each if len(each) > 1 else [])]


def _sum(books: object, annotated: str) -> Decimal:
    return getattr(books, annotated) or Decimal(0)


def funding_epoch(order: TaskOrder) -> int:
    """How many acts have added funds to the order: its award or issue is the first."""
    lines = OrderLine.objects.filter(order=order)
    return times_funds_were_added([line.holder for line in lines])


def funds_notices_visible_to(actor: Actor) -> QuerySet[FundsNotice]:
    """Those of the orders that the actor sees, newest first."""
    return (
        FundsNotice.objects.filter(order__in=visible_to(actor))
        .select_related("order__contract", "line__contract_line")
        .order_by("-pk")
    )


def get_funds_notice_for(actor: Actor, public_id: str) -> FundsNotice:
    """One notice of funds.

    :raises NotVisible: if it is not there for this actor
    """
    found = funds_notices_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such notice."
        raise NotVisible(message)
    return found


def not_acknowledged(notices: QuerySet[FundsNotice]) -> QuerySet[FundsNotice]:
    """Those of which the agency or the vendor has not taken note yet."""
    return notices.annotate(sides=Count("acknowledgements")).filter(sides__lt=2)


def title_of(notice: FundsNotice) -> str:
    """The notice in a line."""
    share = f"{notice.percent} percent of the funds of {notice.of_what}"
    if notice.kind == FundsNoticeKind.EXPECTED:
        return f"{share} will be used within {notice.days_ahead} days"
    return f"{share} are used"


def body_of(notice: FundsNotice) -> str:
    """What is used of what, and what follows from it."""
    used = Dollars(notice.used_dollars).to_cents().amount
    funds = Dollars(notice.obligated_dollars).to_cents().amount
    said = f"${used:,.2f} of ${funds:,.2f} obligated are used."
    if notice.kind == FundsNoticeKind.EXPECTED:
        said += (
            f" At the present rate ${notice.expected_dollars:,.2f} will be used within "
            f"{notice.days_ahead} days. Where the limitation of funds clause is in the "
            "contract, the contractor notifies the contracting officer in writing "
            "(FAR 52.232-22(c)); funds are added by a modification, or use ends with "
            "them."
        )
    return (
        f"{said} Usage beyond the obligated funds is recorded, is not payable and is "
        "at the vendor's own risk. Acknowledge this notice on its page."
    )
