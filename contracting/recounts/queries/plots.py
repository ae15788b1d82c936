"""Drawings of what samples say of a count."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from contracting.core.plots import words
from contracting.core.plots.sequential import (
    Reached,
    Sequential,
    sequential,
    thinned,
)
from contracting.core.plots.tables import Column, Plot, Table, Value
from contracting.orders.models import TaskOrder
from contracting.recounts.calculations import (
    Standing,
    carry_on,
    confidence_sequence,
)
from contracting.recounts.models import RecountPlan
from contracting.recounts.queries import excesses_of, samples_in_order
from contracting.recounts.queries.drift import Counted
from contracting.recounts.states import Sampled


def plots_of(plan: RecountPlan, samples: Sequence[Sampled]) -> list[Plot]:
    """The wealth, where there is an allowance to bet against, and the estimate."""
    xs = excesses_of(samples)
    found = [] if plan.allowance is None else [_wealth_plot(plan, xs)]
    return [*found, _estimate_plot(plan, xs)]


def _wealth_plot(plan: RecountPlan, xs: Sequence[float]) -> Plot:
    share = 0.0 if plan.allowance is None else float(plan.allowance.share)
    wealth: list[float] = []
    standing = carry_on(Standing(), xs, share, plan.flag_at, wealth)
    places = [Reached(n, w, w, w) for n, w in enumerate(wealth, start=1)]
    limit = words.short(Decimal(f"{plan.flag_at:.0f}"))
    if not places:
        said = "No sample has been received yet."
    elif standing.first_over:
        said = (
            f"After {standing.first_over:,} samples the wealth of a bet against the "
            f"count reached {limit}: of honest counts at most {_percent(plan.risk)} "
            "ever get so far."
        )
    else:
        said = (
            f"After {standing.samples:,} samples the wealth of a bet against the count "
            f"is {standing.wealth:.3g}; it is flagged at {limit}, and was at most "
            f"{standing.peak:.3g} so far."
        )
    columns = (Column("Samples", "number"), Column("Wealth"))
    rows = tuple((each.samples, f"{each.middle:.6g}") for each in _listed(places))
    return sequential(
        Sequential(
            name="wealth",
            title="Wealth of a bet against the count",
            sentence=said,
            unit="wealth",
            places=places,
            table=Table("Wealth after so many samples", columns, rows),
            level=(f"flagged at {limit}", plan.flag_at),
            notes=_notes(places),
        )
    )


def _estimate_plot(plan: RecountPlan, xs: Sequence[float]) -> Plot:
    places = [
        Reached(each.samples, each.low, each.middle, each.high)
        for each in confidence_sequence(xs, float(plan.risk))
    ]
    sure = _percent(1 - plan.risk)
    said = "No sample has been received yet."
    if places:
        last = places[-1]
        said = (
            f"Reported lies {last.middle:+.2%} from recounted on the average, between "
            f"{last.low:+.2%} and {last.high:+.2%} at {sure}, each call cut to twice "
            "its recount."
        )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (each.samples, *(f"{end:+.4%}" for end in (each.low, each.middle, each.high)))
        for each in _listed(places)
    )
    columns = (
        Column("Samples", "number"),
        *(Column(name) for name in ("From", "Estimate", "To")),
    )
    allowance = plan.allowance
    return sequential(
        Sequential(
            name="estimate",
            title="Reported above recounted, in percent",
            sentence=said,
            unit="share",
            places=places,
            table=Table("Estimate after so many samples", columns, rows),
            level=(f"allowance {allowance.share:.2%}", float(allowance.share))
            if allowance
            else None,
            notes=_notes(places),
        )
    )


def question_of(plan: RecountPlan) -> str:
    """What a vendor is asked of a flagged count, with its figures."""
    samples = samples_in_order(plan)
    last = confidence_sequence(excesses_of(samples), float(plan.risk))[-1:]
    found = "".join(
        f" It lies between {each.low:+.2%} and {each.high:+.2%}." for each in last
    )
    return (
        f"Of {plan.model.snapshot}, {plan.token_class.label.lower()}, {len(samples):,} "
        f"calls were recounted with {plan.tokenizer_name} (SHA-256 "
        f"{plan.tokenizer_sha256}). More is reported than the agreed allowance "
        f"explains.{found} Please explain how these calls are counted."
    )


_LISTED: Final = 60


def _listed(places: Sequence[Reached]) -> list[Reached]:
    """The places of the table: some of many, the last always among them."""
    return thinned(places, _LISTED)


def _notes(places: Sequence[Reached]) -> tuple[str, ...]:
    if len(places) <= _LISTED:
        return ()
    return ("The table has some of the samples; the file of samples gives all.",)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}%"


def drift_plot(order: TaskOrder, model: str, counted: Counted) -> Plot:
    """Reported above metered, day by day, of one model and class."""
    drift = counted.drift
    if drift is None:
        said = "It is reported as it was, as far as its days tell."
    else:
        said = (
            f"Since {words.day(drift.since)} {drift.recent:.2%} of what is metered is "
            f"reported; in the four weeks before it was {drift.before:.2%}."
        )
    known = [each for each in counted.days if each.metered]
    places = [
        Reached(n, each.excess, each.excess, each.excess)
        for n, each in enumerate(known, start=1)
    ]
    columns = (
        Column("Day", "day"),
        Column("Metered", "tokens"),
        Column("Reported", "tokens"),
        Column("Reported above metered"),
    )
    rows = tuple(
        (
            each.day,
            each.metered,
            each.reported,
            f"{each.excess:+.4%}" if each.metered else None,
        )
        for each in counted.days
    )
    title = f"{counted.token_class} of {model}, order {order.piid}"
    name = f"drift-{order.public_id}-{counted.model_id}-{counted.token_class}"
    return sequential(
        Sequential(
            name=name.lower(),
            title=title,
            sentence=said,
            unit="share",
            places=places,
            table=Table(f"Metered and reported: {title}", columns, rows),
            along=f"days with usage, from {words.day(known[0].day)}" if known else "",
        )
    )
