"""From what is asked for to what our meter counts, step by step, to the last digit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, Literal

from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.reconciliation.matching.between import between_counts
from contracting.reconciliation.matching.calls import not_reported_yet
from contracting.reconciliation.matching.charges import differing_charges
from contracting.reconciliation.matching.late import differing_late
from contracting.reconciliation.matching.lines import differing_lines
from contracting.reconciliation.matching.listed import differing_credits
from contracting.reconciliation.matching.rows import Cover
from contracting.reconciliation.states import (
    LISTED,
    Difference,
    Late,
    Match,
    Metered,
    Step,
)

CENTS: Final = "CENTS"
"""Half-up to the cent on each line: what is asked for in cents less what is exact."""
ELSEWHERE: Final = "ELSEWHERE"
"""Metered in the period of this invoice, and billed on another one."""
WAITING: Final = "WAITING"
"""Metered, and in no report so far."""
LATE: Final = "LATE"
"""Reported and not metered, of periods for which an adjustment asks."""
UNEXPLAINED: Final = "UNEXPLAINED"


@dataclass(frozen=True, slots=True)
class Waterfall:
    """What was asked for, the steps down from it, and what our meter counts.

    ``start`` less all ``steps`` is ``end``; the last step is what nothing explains.
    The end is what is metered, less the ``credits`` that are due.
    """

    start: Dollars
    steps: tuple[Step, ...]
    end: Dollars
    credits: Dollars = field(default_factory=Dollars)

    @property
    def unexplained(self) -> Dollars:
        """What no finding accounts for: zero, unless the match is wrong."""
        return self.steps[-1].amount

    def plain(self) -> dict[str, Any]:
        """As it is kept with the comparison."""
        return {
            "start": self.start.plain(),
            "steps": [
                [step.code, step.count, step.amount.plain()] for step in self.steps
            ],
            "end": self.end.plain(),
            "credits": self.credits.plain(),
        }

    @classmethod
    def read(cls, kept: dict[str, Any]) -> Waterfall:
        """What ``plain`` gave."""
        return cls(
            start=Dollars(Decimal(kept["start"])),
            steps=tuple(
                Step(code, int(count), Dollars(Decimal(amount)))
                for code, count, amount in kept["steps"]
            ),
            end=Dollars(Decimal(kept["end"])),
            credits=Dollars(Decimal(kept["credits"])),
        )


def waterfall(
    match: Match,
    *,
    asked: Dollars | None,
    between: Sequence[Difference] | None = None,
) -> Waterfall:
    """Explain the way from the invoice, or from the report, to our meter.

    The two ends are counted apart from the findings, so that what the findings leave
    over is a proof and no definition. Of days that an invoice covers in part only the
    calls of its period count.

    :param asked: the total of the invoice in cents; none where a whole order is
        compared, which begins at what the vendor reports
    :param between: what differs between meter and report of the whole match, where it
        is known already
    """
    inside = _inside(match)
    if between is None or inside is not match:
        between = between_counts(inside)
    metered = _sum(inside.metered) + total_dollars(
        each.posted for each in match.charged
    )
    waiting = (WAITING, -_sum(not_reported_yet(inside)))
    if asked is None:
        start = _sum(inside.reported)
        return _steps(start, between, [waiting], metered)
    lines = (*match.invoiced, *match.late)
    exact = total_dollars(line.price.of(Tokens(line.tokens)) for line in lines)
    exact += total_dollars(line.amount for line in match.charged)
    posted = total_dollars(
        line.posted.to_cents() - line.posted for line in match.charged
    )
    of_lines = list(differing_lines(match))
    wrong = total_dollars(d.amount for d in of_lines if "stated_usd" in d.evidence)
    found = [
        *between,
        *of_lines,
        *differing_late(match),
        *differing_credits(match),
        *(each for each in differing_charges(match) if each.invoice_id is not None),
    ]
    own, before = _late(match)
    taken = total_dollars(each.stated for each in match.credits)
    due = total_dollars(each.due for each in match.credits)
    others = [
        waiting,
        (CENTS, asked + taken - exact + posted - wrong),
        (ELSEWHERE, _at_rate(own, "b_tokens") - _elsewhere(inside)),
        (LATE, _at_rate(before, "b_tokens") - _at_rate(before, "a_tokens")),
    ]
    end = metered + _at_rate(before, "a_tokens") - due
    return replace(_steps(asked, found, others, end), credits=due)


def _late(match: Match) -> tuple[list[Late], list[Late]]:
    """Adjustments of the invoice's own period, and those of a period before it.

    What an adjustment asks for of the own period lies in what is metered there; of an
    earlier one it comes on top.
    """
    period = match.invoice_period
    own = [
        line
        for line in match.late
        if period is not None and period[0] <= line.start < period[1]
    ]
    return own, [line for line in match.late if line not in own]


def _at_rate(lines: Iterable[Late], side: Literal["a_tokens", "b_tokens"]) -> Dollars:
    return total_dollars(line.rate.of(Tokens(getattr(line, side))) for line in lines)


def _inside(match: Match) -> Match:
    """Only the calls within the period of the invoice."""
    if match.invoice_period is None:
        return match
    start, end = match.invoice_period
    metered = tuple(r for r in match.metered if start <= r.occurred_at < end)
    reported = tuple(r for r in match.reported if start <= r.occurred_at < end)
    is_whole = len(metered) == len(match.metered)
    if is_whole and len(reported) == len(match.reported) and not match.bucketed:
        return match
    return replace(
        match,
        metered=metered,
        reported=reported,
        window=None,
        beside_metered=(),
        beside_reported=(),
    )


def _sum(rows: Iterable[Metered]) -> Dollars:
    return total_dollars(row.price.of(Tokens(row.tokens)) for row in rows)


def _elsewhere(match: Match) -> Dollars:
    """What is reported in the period and stands on a line of another invoice."""
    others = Cover(match.invoiced_elsewhere)
    return _sum(
        row for row in match.reported if others.at(row.key, row.occurred_at) is not None
    )


def _steps(
    start: Dollars,
    found: Sequence[Difference],
    others: Sequence[tuple[str, Dollars]],
    end: Dollars,
) -> Waterfall:
    by_code: dict[str, list[Dollars]] = defaultdict(list)
    for each in found:
        if each.code not in LISTED:
            by_code[str(each.code)].append(each.amount)
    steps = [
        Step(code, len(amounts), total_dollars(amounts))
        for code, amounts in by_code.items()
    ]
    steps.sort(key=lambda step: (-abs(step.amount.amount), step.code))
    steps += [Step(code, 0, amount) for code, amount in others if amount]
    left = start - end - total_dollars(step.amount for step in steps)
    return Waterfall(start, (*steps, Step(UNEXPLAINED, 0, left)), end)
