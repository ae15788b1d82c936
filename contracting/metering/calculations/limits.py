"""The limits of an order on values: what each has left, and how it is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Final

from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.queries.live import LiveLimit
from contracting.metering.calculations.admission import (
    DOLLARS,
    MICRO_ACU,
    TOKENS,
    Demand,
    Key,
    Limit,
)
from contracting.metering.calculations.worst import (
    Ask,
    Share,
    in_dollars,
    in_picodollars,
)
from contracting.metering.states import LimitScope

TOKEN_CEILING: Final = "token_ceiling"  # noqa: S105 (no password)
DOLLAR_CEILING: Final = "dollar_ceiling"
FUNDED_DOLLARS: Final = "funded_dollars"
POOL: Final = "pool"
SET_TOKENS: Final = "limit_in_tokens"
SET_DOLLARS: Final = "limit_in_dollars"

Counted = tuple[Sequence[int], Sequence[int]]
"""What is reserved and what is used under a key."""


@dataclass(frozen=True, slots=True)
class InSuspense:
    """What events in suspense may still be charged to an order, on whichever line.

    :param micro_acu: by line, for those on a pool
    """

    tokens: int = 0
    picodollars: int = 0
    micro_acu: Mapping[int, int] = field(default_factory=dict)

    def of_line(self, line: int) -> tuple[int, int, int]:
        """What one line may have to bear: all of it."""
        return self.tokens, self.picodollars, self.micro_acu.get(line, 0)


NOTHING_HELD: Final = InSuspense()


@dataclass(frozen=True, slots=True)
class SetLimit:
    """What a contracting officer has set; neither, where the limit was lifted."""

    tokens: int | None
    dollars: Decimal | None


def limits_of(
    clins: Mapping[int, str],
    live: Mapping[int, LiveLimit],
    counted: Mapping[Key, Counted],
    said: Mapping[Key, SetLimit],
    suspense: InSuspense = NOTHING_HELD,
) -> list[Limit]:
    """Every limit of an order, those of the ledger first, in one order always.

    :param clins: the number of the contract line by order line
    :param live: what the ledger says of each order line
    :param counted: what is reserved on each line, and of each project and key
    :param said: the limits that were set and are in force
    :param suspense: what is held and may still be charged: each line may have to bear
        it, and a limit of the order or of a CLIN bears it once
    """
    found = []
    for line, clin in sorted(clins.items()):
        if line in live:
            reserved = counted.get((str(LimitScope.LINE), str(line)), _NOTHING)[0]
            held = suspense.of_line(line)
            taken = [one + more for one, more in zip(reserved, held, strict=True)]
            found += _of_the_ledger(line, clin, live[line], taken)
    for key, limit in sorted(said.items()):
        used, spent = _used(key, clins, live, counted)
        if key[0] in (LimitScope.ORDER, LimitScope.CLIN):
            used, spent = used + suspense.tokens, spent + suspense.picodollars
        says = _name(key)
        if limit.tokens is not None:
            left = limit.tokens - used
            found.append(Limit(key, TOKENS, left, SET_TOKENS, f"the limit of {says}"))
        if limit.dollars is not None:
            left = in_picodollars(limit.dollars) - spent
            found.append(Limit(key, DOLLARS, left, SET_DOLLARS, f"the limit of {says}"))
    return found


_NOTHING: Final[Counted] = ((0, 0, 0), (0, 0))


def _of_the_ledger(
    line: int, clin: str, live: LiveLimit, taken: Sequence[int]
) -> list[Limit]:
    key = (str(LimitScope.LINE), str(line))
    acrns = ", ".join(live.funds_left) or "none"
    found = [
        Limit(
            key,
            DOLLARS,
            in_picodollars(live.funded_dollars_left) - taken[DOLLARS],
            FUNDED_DOLLARS,
            f"the funds of line {clin} (ACRN {acrns})",
        ),
        Limit(
            key,
            DOLLARS,
            in_picodollars(live.ceiling_dollars_left) - taken[DOLLARS],
            DOLLAR_CEILING,
            f"the dollar ceiling of line {clin}",
        ),
        Limit(
            key,
            TOKENS,
            live.tokens_left - taken[TOKENS],
            TOKEN_CEILING,
            f"the token ceiling of line {clin}",
        ),
    ]
    if live.micro_acu_left is not None:
        left = live.micro_acu_left - taken[MICRO_ACU]
        found.append(Limit(key, MICRO_ACU, left, POOL, f"the pool of line {clin}"))
    return found


def _used(
    key: Key,
    clins: Mapping[int, str],
    live: Mapping[int, LiveLimit],
    counted: Mapping[Key, Counted],
) -> tuple[int, int]:
    """Tokens and picodollars used and reserved under a limit that was set.

    Of an order and a CLIN all usage counts, however it was reported; of a project and a
    key what was reserved under their name.
    """
    if key[0] in (LimitScope.PROJECT, LimitScope.KEY):
        reserved, used = counted.get(key, _NOTHING)
        return reserved[TOKENS] + used[0], reserved[DOLLARS] + used[1]
    tokens = dollars = 0
    for line, clin in clins.items():
        if key[0] == LimitScope.CLIN and clin != key[1]:
            continue
        reserved = counted.get((str(LimitScope.LINE), str(line)), _NOTHING)[0]
        tokens += reserved[TOKENS]
        dollars += reserved[DOLLARS]
        if line in live:
            tokens += live[line].used_tokens
            dollars += in_picodollars(live[line].used_dollars)
    return tokens, dollars


def _name(key: Key) -> str:
    scope, name = key
    return f"{LimitScope(scope).label} {name}".strip()


def in_suspense(
    tokens: int, dollars: Decimal, burns: Mapping[int, Decimal]
) -> InSuspense:
    """What is held comes to at the most, in the units of pools too.

    :param burns: the highest units a million tokens by line, for those on a pool
    """
    units = {
        line: int((tokens * burn).to_integral_value(ROUND_CEILING))
        for line, burn in burns.items()
        if tokens
    }
    return InSuspense(tokens, in_picodollars(dollars, up=True), units)


def demand_of(ask: Ask, clins: Mapping[int, str], shares: Iterable[Share]) -> Demand:
    """What all calls of an ask take of everything that may be limited."""
    demand = Demand()
    for share in shares:
        line, calls = share.order_line_id, ask.calls
        amounts = (
            share.tokens * calls,
            share.picodollars * calls,
            share.micro_acu * calls,
        )
        demand.add((_LINE, str(line)), *amounts)
        demand.add((_CLIN, clins.get(line, "")), *amounts)
        demand.add(_WHOLE_ORDER, *amounts)
        if ask.project:
            demand.add((_PROJECT, ask.project), *amounts)
        if ask.key_ref:
            demand.add((_KEY, ask.key_ref), *amounts)
    return demand


# Plain text: an enumeration's member is slow to hash and to write.
_LINE: Final = str(LimitScope.LINE)
_CLIN: Final = str(LimitScope.CLIN)
_PROJECT: Final = str(LimitScope.PROJECT)
_KEY: Final = str(LimitScope.KEY)
_WHOLE_ORDER: Final = (str(LimitScope.ORDER), "")


def amount_in_words(unit: int, amount: int) -> str:
    """An amount as a person reads it, in its own unit."""
    if unit == DOLLARS:
        return str(Dollars(in_dollars(amount)))
    return str(Tokens(amount)) if unit == TOKENS else f"{amount:,} micro-ACU"
