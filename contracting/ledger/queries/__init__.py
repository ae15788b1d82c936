"""Reads of the ledger: balances, live limits, and the rows behind every amount."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, When

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.core.subjects import Subject
from contracting.ledger import calculations
from contracting.ledger.models import (
    Account,
    Balance,
    ContractBalance,
    ExpiredAdjustment,
    FundsBalance,
    HolderBalance,
    LineOfAccounting,
    ResidualTokens,
    Transfer,
)
from contracting.ledger.queries import added, pending, positions
from contracting.ledger.refusals import AccountCancelled, SeverableServiceTooLong
from contracting.ledger.states import COLUMNS, Holder, TransferKind

times_funds_were_added = added.times_funds_were_added
FundsPosition = positions.FundsPosition
funds_of = positions.funds_of
positions_of = positions.positions_of
imbalances_of = positions.imbalances_of
imbalanced_lines = positions.imbalanced_lines
roller_lag = pending.roller_lag
waiting_lines = pending.waiting_lines
waiting_of = pending.waiting_of
waiting_among = pending.waiting_among
pending_by_line = pending.pending_by_line
pending_of = pending.pending_of
parked_deltas = pending.parked_deltas
pending_cells = pending.pending_cells
lines_with_other_limits = pending.lines_with_other_limits

TOKENS = "tokens"
CEILING = "ceiling"
FUNDS = "funds"


def among(holders: Iterable[Holder]) -> Q:
    """The condition that a line is one of ``holders``."""
    by_kind: dict[str, list[int]] = {}
    for holder in holders:
        by_kind.setdefault(holder.kind, []).append(holder.id)
    condition = Q(pk__in=())
    for kind, ids in sorted(by_kind.items()):
        condition |= Q(holder_kind=kind, holder_id__in=sorted(ids))
    return condition


@dataclass(frozen=True, slots=True)
class LineBalance:
    """One line and ACRN, under the number that the line has on paper."""

    clin: str
    balance: Balance


def balances_of(holder: Holder) -> list[Balance]:
    """The balances of one line by ACRN, in their order of payment."""
    rows = Balance.objects.select_related("line", "line_of_accounting").filter(
        line__holder_kind=holder.kind, line__holder_id=holder.id
    )
    return list(rows.order_by("sequence", "pk"))


def lock_funds(
    *,
    holders: Iterable[Holder],
    lines_of_accounting: Iterable[int] = (),
    contract_id: int | None = None,
) -> None:
    """Lock what a verb will move in several steps, before its first step.

    Every step writes to the audit table, whose head is the last of all locks: funds
    that a later step locked would be waited for with the head in hand.

    :param holders: their funds, lines and balances, each in the order of their keys
    :param lines_of_accounting: funds that no balance of these lines names yet
    :param contract_id: the contract whose ceilings the verb will take from or give to
    """
    lines = list(HolderBalance.objects.filter(among(holders)).values_list("pk"))
    rows = Balance.objects.filter(line__in=[pk for (pk,) in lines])
    contracts = [] if contract_id is None else [contract_id]
    wanted = {*lines_of_accounting, *rows.values_list("line_of_accounting", flat=True)}
    for query in (
        FundsBalance.objects.filter(line_of_accounting__in=wanted),
        HolderBalance.objects.filter(pk__in=[pk for (pk,) in lines]),
        rows,
        ContractBalance.objects.filter(contract_id__in=contracts),
    ):
        list(query.select_for_update().order_by("pk").values_list("pk"))


def require_bona_fide_year(
    lines_of_accounting: Iterable[int], *, begins: date, ends: date
) -> None:
    """Insist that annual funds buy a severable service of their own year.

    :param begins: first day of the service that these funds buy
    :param ends: its last day
    :raises SeverableServiceTooLong: if it begins in another fiscal year than that of
        annual funds, or lasts longer than twelve months (R-FND-04, 41 U.S.C. 3902)
    """
    wanted = set(lines_of_accounting)
    for line in LineOfAccounting.objects.filter(pk__in=wanted).order_by("pk"):
        gap = calculations.severability_gap(line, begins, ends)
        if gap:
            raise SeverableServiceTooLong(gap, line_of_accounting=line.label)


def expired(
    lines_of_accounting: Iterable[int], *, on: date
) -> QuerySet[LineOfAccounting]:
    """Those whose funds can no longer be obligated anew on that day."""
    found = LineOfAccounting.objects.filter(pk__in=set(lines_of_accounting))
    return found.filter(funds_available_to__lt=on).order_by("pk")


def adjustments_of(because: Subject) -> QuerySet[ExpiredAdjustment]:
    """The expired funds that were permitted for one action, each with its citation."""
    return ExpiredAdjustment.objects.filter(
        because_kind=because.kind, because_id=because.id
    ).select_related("line_of_accounting")


def require_open_accounts(lines_of_accounting: Iterable[int], *, on: date) -> None:
    """Insist that nothing is paid from an account after it was closed.

    :param on: the day of payment
    :raises AccountCancelled: after 30 September of the fifth fiscal year after the end
        of availability (R-FND-05, 31 U.S.C. 1552(a)); it names the way to current funds
    """
    wanted = set(lines_of_accounting)
    for line in LineOfAccounting.objects.filter(pk__in=wanted).order_by("pk"):
        last = line.cancelled_after
        if last is not None and on > last:
            message = (
                f"The account of {line.label} was closed after {last}: nothing is paid "
                "from it any more. What is owed is charged to current funds that are "
                "available for the same purpose, up to one percent of their "
                "appropriation (31 U.S.C. 1553(b)). A funds certifier and the "
                "contracting officer put them on the order's line by a modification."
            )
            raise AccountCancelled(
                message, line_of_accounting=line.label, cancelled_after=last, paid_on=on
            )


def contract_balance(contract_id: int) -> ContractBalance | None:
    """What a contract allows and what its orders have taken; ``None`` before award."""
    return ContractBalance.objects.filter(contract_id=contract_id).first()


def room_of_contracts(
    contract_ids: Iterable[int] | QuerySet[Any], *, from_share: Decimal
) -> dict[int, Dollars]:
    """What can still be ordered, by contract, where this share of it is ordered.

    :param from_share: of the ceiling, for example ``Decimal("0.9")``
    """
    rows = ContractBalance.objects.filter(
        contract_id__in=contract_ids,
        ordered_dollars__gte=F("ceiling_dollars") * from_share,
    )
    return {
        row.contract_id: Dollars(row.ceiling_dollars - row.ordered_dollars)
        for row in rows
    }


def lines_with_totals(kind: str, ids: Iterable[int]) -> QuerySet[HolderBalance]:
    """Lines of one kind with ``obligated``, ``consumed`` and ``unfunded`` dollars.

    ``payable`` is what is consumed with what is accepted rounded to the cent, less what
    was given up. All are sums over the ACRNs; a line whose funds are not open is not
    there.
    """
    return HolderBalance.objects.filter(holder_kind=kind, holder_id__in=ids).annotate(
        obligated=Sum("balances__obligated_dollars"),
        consumed=Sum("balances__consumed_dollars"),
        unfunded=Sum("balances__unfunded_dollars"),
        payable=Sum(
            F("balances__consumed_dollars")
            + F("balances__rounding_dollars")
            + F("balances__tolerated_dollars")
            - F("balances__given_up_dollars")
        ),
    )


def drawn_by_line(kind: str) -> dict[int, tuple[int, Decimal]]:
    """Tokens and dollars used on each line of a kind whose funds are open.

    Funded or not, unrounded, corrections included.
    """
    drawn = {
        line: (0, Decimal(0))
        for line in HolderBalance.objects.filter(holder_kind=kind).values_list(
            "holder_id", flat=True
        )
    }
    for balance in Balance.objects.filter(line__holder_kind=kind):
        tokens, dollars = drawn[balance.holder_id]
        drawn[balance.holder_id] = (
            tokens + balance.consumed_tokens + balance.unfunded_tokens,
            dollars + balance.consumed_dollars + balance.unfunded_dollars,
        )
    return drawn


def lines_of_contract(contract_id: int) -> QuerySet[HolderBalance]:
    """The lines that carry funds of one contract, its orders' included."""
    return HolderBalance.objects.filter(contract_id=contract_id).order_by("pk")


@dataclass(frozen=True, slots=True)
class LiveLimit:
    """What a line may still use, in three units; the tightest binds (R-TO-11).

    ``binding`` is ``"tokens"``, ``"ceiling"`` or ``"funds"``.
    """

    tokens_left: Tokens
    ceiling_dollars_left: Dollars
    funded_dollars_left: Dollars
    binding: str

    @property
    def dollars_left(self) -> Dollars:
        """The tighter of the two limits in dollars."""
        return min(self.ceiling_dollars_left, self.funded_dollars_left)

    def tokens_at(self, price: UnitPrice) -> Tokens:
        """How many tokens of this price the limit still lets through."""
        within = price.tokens_within(self.dollars_left)
        return self.tokens_left if within is None else min(self.tokens_left, within)


def live_limit(holder: Holder, unit_price: UnitPrice | None = None) -> LiveLimit:
    """What binds a line now, in tokens, ceiling and funds.

    :param unit_price: the price at which tokens and dollars are compared; without it,
        the average of what the line has used so far
    """
    return limit_of(balances_of(holder), unit_price)


def limit_of(rows: Sequence[Balance], unit_price: UnitPrice | None = None) -> LiveLimit:
    """The same for the balances of a line that are at hand."""
    tokens_left = rows[0].line.tokens_left if rows else Tokens(0)
    ceiling = total_dollars(Dollars(row.ceiling_dollars) for row in rows)
    used = total_dollars(Dollars(row.payable_dollars) for row in rows)
    ceiling_left = ceiling - used
    funded_left = total_dollars(row.funds_left for row in rows)
    tightest = min(ceiling_left, funded_left)
    if _tokens_bind(rows, tokens_left, tightest, unit_price):
        binding = TOKENS
    elif funded_left < ceiling_left:
        binding = FUNDS
    else:
        binding = CEILING
    return LiveLimit(tokens_left, ceiling_left, funded_left, binding)


def _tokens_bind(
    rows: Sequence[Balance],
    tokens_left: Tokens,
    dollars_left: Dollars,
    unit_price: UnitPrice | None,
) -> bool:
    """Whether the tokens left cost less than the dollars left."""
    if rows and not rows[0].line.ceiling_tokens:
        return False  # nothing of this line is counted in tokens
    if not tokens_left:
        return True
    if unit_price is not None:
        return unit_price.of(tokens_left) < dollars_left
    used_tokens: int = sum(row.consumed_tokens for row in rows)
    used_dollars: Decimal = sum((row.consumed_dollars for row in rows), Decimal(0))
    if not used_tokens:
        return False
    return tokens_left.count * used_dollars < dollars_left.amount * used_tokens


@dataclass(frozen=True, slots=True)
class Statement:
    """A line with its balances and its live limit."""

    line: HolderBalance
    rows: list[Balance]
    limit: LiveLimit

    def total(self, column: str) -> Dollars | Tokens:
        """The sum of one figure over the ACRNs, for example ``"paid_dollars"``."""
        if column.endswith("_tokens"):
            return Tokens(sum(getattr(row, column) for row in self.rows))
        return total_dollars(Dollars(getattr(row, column)) for row in self.rows)


def statement(holder: Holder) -> Statement | None:
    """Everything the ledger knows of a line; ``None`` before its funds are opened."""
    rows = balances_of(holder)
    return Statement(rows[0].line, rows, limit_of(rows)) if rows else None


def lines_of_accounting_of(agency_id: int | None) -> QuerySet[LineOfAccounting]:
    """The lines of accounting of an agency, by label: what a form may offer."""
    return LineOfAccounting.objects.filter(agency_id=agency_id).order_by("label", "pk")


def get_line_of_accounting_for(actor: Actor, public_id: str) -> LineOfAccounting:
    """A line of accounting of the actor's own agency.

    :raises NotVisible: if it does not exist or is another agency's
    """
    found: LineOfAccounting | None = LineOfAccounting.objects.filter(
        public_id=public_id, agency_id=actor.organization_id
    ).first()
    if found is None:
        message = "There is no such line of accounting."
        raise NotVisible(message)
    return found


def get_statement_for(actor: Actor, public_id: str) -> Statement:
    """The statement of a line that the actor's own agency pays for.

    :raises NotVisible: if it does not exist or another agency pays for it
    """
    line = HolderBalance.objects.filter(public_id=public_id).first()
    rows = balances_of(line.holder) if line else []
    if line and any(
        row.line_of_accounting.agency_id == actor.organization_id for row in rows
    ):
        return Statement(line, rows, limit_of(rows))
    message = "There is no such statement."
    raise NotVisible(message)


def balances_paid_from(line: LineOfAccounting) -> QuerySet[Balance]:
    """The line × ACRN balances that one line of accounting pays for, newest first."""
    rows = Balance.objects.filter(line_of_accounting=line)
    return rows.select_related("line").order_by("-pk")


def transfers_behind(
    column: str,
    *,
    line: HolderBalance | None = None,
    acrn: str = "",
    line_of_accounting: LineOfAccounting | None = None,
    contract_id: int | None = None,
) -> QuerySet[Transfer]:
    """The transfers that one figure is the sum of, newest first.

    Each carries ``change_dollars`` and ``change_tokens``: what it added to the figure.
    Summed over the rows they are the figure, to the last digit.

    :param column: a name in :data:`contracting.ledger.states.COLUMNS`
    :param line: the figure of this line, of one ``acrn`` or of all
    :param line_of_accounting: the figure of this line of accounting
    :param contract_id: the figure over all lines of this contract and its orders
    """
    figure = COLUMNS[column]
    accounts = _accounts(line, acrn, line_of_accounting).filter(
        kind__in=sorted(figure.accounts)
    )
    if contract_id is not None:
        accounts = accounts.filter(balance__line__contract_id=contract_id)
    ids = list(accounts.values_list("pk", flat=True))
    inside, outside = Q(credit__in=ids), Q(debit__in=ids)
    rows = Transfer.objects.filter(inside & ~outside | outside & ~inside)
    return _with_accounts(rows).annotate(
        change_dollars=Case(
            When(inside, then=figure.sign * F("dollars")),
            default=-figure.sign * F("dollars"),
        ),
        change_tokens=Case(
            When(inside, then=figure.sign * F("tokens")),
            default=-figure.sign * F("tokens"),
        ),
    )


def transfers_of(
    *,
    line: HolderBalance | None = None,
    acrn: str = "",
    line_of_accounting: LineOfAccounting | None = None,
) -> QuerySet[Transfer]:
    """Every transfer of a line, or of a line of accounting, newest first."""
    accounts = _accounts(line, acrn, line_of_accounting)
    ids = list(accounts.values_list("pk", flat=True))
    return _with_accounts(Transfer.objects.filter(Q(credit__in=ids) | Q(debit__in=ids)))


def usage_that_stands(holder: Holder, key: str) -> QuerySet[Transfer]:
    """The usage of a line under one key that is not reversed.

    What was not funded comes first, then what was; the newest first in each.
    """
    return all_usage_that_stands(holder).filter(note=key).order_by("-kind", "-pk")


def all_usage_that_stands(holder: Holder) -> QuerySet[Transfer]:
    """The usage of a line under any key that is not reversed, oldest first."""
    return Transfer.objects.filter(
        kind__in=[TransferKind.CONSUME, TransferKind.UNFUNDED],
        reversal__isnull=True,
        credit__balance__line__holder_kind=holder.kind,
        credit__balance__line__holder_id=holder.id,
    ).order_by("pk")


def transfers_because(kind: str, subject_id: int) -> QuerySet[Transfer]:
    """The transfers that one business object caused, newest first."""
    rows = Transfer.objects.filter(because_kind=kind, because_id=subject_id)
    return _with_accounts(rows)


def _accounts(
    line: HolderBalance | None,
    acrn: str,
    line_of_accounting: LineOfAccounting | None,
) -> QuerySet[Account]:
    accounts = Account.objects.all()
    if line is not None:
        accounts = accounts.filter(balance__line=line)
    if acrn:
        accounts = accounts.filter(balance__acrn=acrn)
    if line_of_accounting is not None:
        accounts = accounts.filter(
            Q(line_of_accounting=line_of_accounting)
            | Q(balance__line_of_accounting=line_of_accounting)
        )
    return accounts


def _with_accounts(rows: QuerySet[Transfer]) -> QuerySet[Transfer]:
    return rows.select_related(
        "debit__balance__line", "credit__balance__line", "reverses", "reversal"
    ).order_by("-pk")


def residuals_of(holders: Iterable[Holder]) -> list[ResidualTokens]:
    """What became of the unused tokens of these lines, in the order of their keys."""
    wanted = set(holders)
    rows = ResidualTokens.objects.filter(among(wanted) if wanted else Q(pk__in=()))
    return list(rows.order_by("holder_id"))
