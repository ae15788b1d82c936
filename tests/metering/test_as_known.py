"""What an order has cost is read as it was known at any instant, and never changes."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.ledger.queries import balances_of
from contracting.metering.operations.close_usage import Kind, close_usage
from contracting.metering.operations.correct import correct_usage
from contracting.metering.queries.as_known import known_usage
from contracting.metering.refusals import NothingToRerate
from contracting.reference.models import AiModel
from tests.builders_metering import (
    CALLED_AT,
    MODEL,
    assert_the_books_balance,
    event,
    ingested,
    usage_source,
)
from tests.builders_reratings import (
    APPROVED_AT,
    KNOWN_AT,
    PREPARED_AT,
    approved,
    prepared,
    price_fell,
)
from tests.cast import actor

AFTER = CALLED_AT + timedelta(days=3)
SECOND = timedelta(seconds=1)


def cost(order, at):
    """Tokens and dollars as known at an instant."""
    known = known_usage(order, at)
    return known.tokens, known.dollars


def take(event_id, name, tokens, at):
    correct_usage(
        source_id=usage_source().pk,
        event_id=event_id,
        correction_id=name,
        changes={"IN_UNCACHED": tokens},
        reason="The source has counted again.",
        by=actor("cor"),
        at=at,
    )


def test_11_what_was_counted_anew_two_days_later_was_not_known_before(order):
    # Given a thousand tokens, of which the source says two days later that it was 1,040
    ingested(event(1, order=order, tokens={"input": 1_000}), at=CALLED_AT)
    later = CALLED_AT + timedelta(days=2)
    take("call-1", "again", 40, later)

    # Then the balance has forty more, and the day before still a thousand
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == 1_040
    assert cost(order, later) == (1_040, Dollars("0.00208"))
    assert cost(order, later - SECOND) == (1_000, Dollars("0.002"))
    assert cost(order, CALLED_AT - SECOND) == (0, Dollars())


def test_12_as_invoiced_and_as_corrected_are_both_reproduced(order, contract):
    # Given usage on both sides of a day, and a price that fell from that day on
    ingested(event(1, order=order, tokens={"input": 1_000}))
    ingested(event(2, order=order, tokens={"input": 1_000}, at=AFTER), at=AFTER)
    price_fell(contract)

    # When it is rated anew
    run = approved(prepared(contract))

    # Then until the approval it is known as it was invoiced, and after it as corrected
    for at in (AFTER, KNOWN_AT, PREPARED_AT, APPROVED_AT - SECOND):
        assert cost(order, at) == (2_000, Dollars("0.004"))
    assert cost(order, APPROVED_AT) == (2_000, Dollars("0.0035"))
    assert run.decided_at == APPROVED_AT
    before, after = (
        [(row.day, row.usd_per_million_tokens) for row in known_usage(order, at).usage]
        for at in (APPROVED_AT - SECOND, APPROVED_AT)
    )
    two, less = Decimal(2), Decimal("1.5")
    assert before == [(date(2026, 4, 20), two), (date(2026, 4, 23), two)]
    assert after == [(date(2026, 4, 20), two), (date(2026, 4, 23), less)]


@dataclass
class PlainCall:
    """A call of the plain books: its count, and what it stood at since when."""

    at: datetime
    tokens: int
    known: list[tuple[datetime, int, Decimal]] = field(default_factory=list)
    """From which instant so many tokens at which price; adjustments as they add."""
    is_closed: bool = False


class PlainBooks:
    """What an order costs, in plain Python: no table, no roller, no run."""

    def __init__(self) -> None:
        self.calls: dict[str, PlainCall] = {}
        self.falls: list[tuple[datetime, date, Decimal]] = []

    def price(self, call_at: datetime, known: datetime) -> Decimal:
        day = accounting_day(call_at, "America/New_York")
        below = [
            usd for since, first, usd in self.falls if since <= known and first <= day
        ]
        return min([Decimal(2), *below])

    def use(self, name: str, at: datetime, tokens: int, rated: datetime) -> None:
        call = PlainCall(at, tokens)
        call.known.append((rated, tokens, self.price(at, rated)))
        self.calls[name] = call

    def correct(self, name: str, tokens: int, at: datetime) -> None:
        call = self.calls[name]
        call.tokens += tokens
        drawn = [row for row in call.known if row[1]]
        call.known.append((at, call.tokens, drawn[-1][2]))

    def rerate(self, at: datetime) -> None:
        for call in self.calls.values():
            call.known.append((at, call.tokens, self.price(call.at, at)))

    def cost(self, at: datetime) -> tuple[int, Dollars]:
        tokens, dollars = 0, Decimal(0)
        for call in self.calls.values():
            rows = [row for row in call.known if row[0] <= at]
            if rows:
                tokens += rows[-1][1]
                dollars += rows[-1][1] * rows[-1][2] / 1_000_000
        return tokens, Dollars(dollars)


@pytest.mark.parametrize("seed", range(2))
def test_any_history_costs_what_plain_books_say_at_every_instant(order, contract, seed):
    # Given usage, corrections, acceptances, falls of the price and runs in any order
    draw, books, now = random.Random(seed), PlainBooks(), KNOWN_AT
    line, model = order.lines.get(), AiModel.objects.get(snapshot=MODEL)
    steps = draw.choices(("use", "use", "correct", "close", "fall", "rerate"), k=11)
    instants, usd = [now], Decimal(2)
    for number, step in enumerate(["use", "use", *steps, "fall", "rerate"]):
        now += timedelta(hours=1)
        if step == "use":
            day, tokens = draw.randrange(10), draw.randrange(1, 10**6)
            at = CALLED_AT + timedelta(days=day)
            ingested(
                event(number, order=order, at=at, tokens={"input": tokens}), at=now
            )
            books.use(f"call-{number}", at, tokens, now)
        elif step == "correct":
            name = draw.choice([n for n, c in books.calls.items() if not c.is_closed])
            take(name, f"correction-{number}", 7, now)
            books.correct(name, 7, now)
        elif step == "fall":
            usd -= Decimal(draw.randrange(1, 400_000)).scaleb(-6)
            first = date(2026, 4, 20 + draw.randrange(10))
            price_fell(contract, str(usd), first_day=first, at=now)
            books.falls.append((now, first, usd))
        elif step == "close":
            hour = CALLED_AT + timedelta(days=draw.randrange(10))
            span = hour, hour + timedelta(hours=1)
            close_usage(
                kinds=[Kind(line.pk, model.pk, "IN_UNCACHED", "STANDARD", *span)],
                because=Subject("reconciliation.acceptance", number, contract.stream),
                by=actor("cor"),
                at=now,
            )
            for each in books.calls.values():
                each.is_closed |= each.at == hour
        else:
            try:
                approved(prepared(contract, at=now), at=now)
            except NothingToRerate:
                continue
            books.rerate(now)
        instants.append(now)

    # Then at every instant the order costs what they say, to the last digit
    for at in instants:
        assert cost(order, at) == books.cost(at)
    assert_the_books_balance()

    # And the funds were drawn on for all of it but the adjustments
    known = known_usage(order, now)
    (balance,) = balances_of(line.holder)
    assert Dollars(balance.consumed_dollars) == known.rated
    assert known.rated + known.adjusted == books.cost(now)[1]


def test_the_clock_of_a_later_day_changes_nothing_known_before(order):
    ingested(event(1, order=order))

    assert cost(order, datetime(2030, 1, 1, tzinfo=UTC)) == cost(order, APPROVED_AT)
