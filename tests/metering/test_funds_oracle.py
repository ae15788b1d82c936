"""Grants, settlements, releases and sweeps in any order, beside a plain ledger."""

from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from contracting.core.errors import Refusal
from contracting.metering.models import GateCounter
from contracting.metering.operations.release_reservation import release_reservation
from contracting.metering.queries.control import control_of
from tests.builders_funds import answers, asking, settled, spent, swept
from tests.builders_metering import CALLED_AT, usage_source
from tests.builders_volume import books
from tests.cast import machine

FUNDS = 40 * 10**6
"""Micro-dollars: a token of output costs eight of them."""

LEASE = 600

STEP = some.one_of(
    some.tuples(some.just("ask"), some.integers(0, 2_000_000), some.integers(1, 3)),
    some.tuples(some.just("settle"), some.integers(0, 9), some.integers(0, 2_500_000)),
    some.tuples(some.just("release"), some.integers(0, 9), some.just(0)),
    some.tuples(some.just("wait"), some.integers(1, 700), some.just(0)),
)


class Plain:
    """What every call may take, in micro-dollars, as anybody would write it down."""

    def __init__(self):
        self.now, self.used, self.open, self.asked = 0, 0, {}, []

    def reserved(self):
        return sum(cost for cost, _until in self.open.values())

    def ask(self, tokens, calls):
        name, cost = len(self.asked), 8 * tokens
        fits = calls * cost <= FUNDS - min(self.used, FUNDS) - self.reserved()
        self.asked.append(calls if fits else 0)
        for call in range(1, calls + 1) if fits else ():
            self.open[name, call] = (cost, self.now + LEASE)
        return fits

    def sweep(self):
        self.open = {k: v for k, v in self.open.items() if v[1] > self.now}


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(steps=some.lists(STEP, min_size=1, max_size=12))
def test_the_gate_keeps_the_plain_ledger(order, steps):
    with transaction.atomic():
        _play(order, steps)
        transaction.set_rollback(True)


def _play(order, steps):
    plain, settled_calls = Plain(), set()
    for what, number, amount in steps:
        at = CALLED_AT + timedelta(seconds=plain.now)
        if what == "ask":
            name = f"{len(plain.asked):04}"
            (answer,) = answers(
                asking(name, order=order, output_tokens_max=number, calls=amount), at=at
            )
            assert isinstance(answer, Refusal) != plain.ask(number, amount)
        elif what == "wait":
            plain.now += number
            if GateCounter.objects.filter(gate__order=order).exists():
                swept(order, CALLED_AT + timedelta(seconds=plain.now))
            plain.sweep()
        elif number < len(plain.asked) and plain.asked[number]:
            if what == "release":
                _release(number, at)
                for call in range(1, plain.asked[number] + 1):
                    plain.open.pop((number, call), None)
            elif number not in settled_calls:
                settled_calls.add(number)
                _settle(order, number, plain.asked[number], amount, at)
                plain.used += 8 * amount
                plain.open.pop((number, 1), None)
        _compare(order, plain)


def _settle(order, number, calls, tokens, at):
    name = f"{number:04}" if calls == 1 else f"{number:04}.1"
    (answer,) = settled(spent(name, order=order, tokens={"output": tokens}), at=at)
    assert answer.state == "settled"


def _release(number, at):
    release_reservation(
        source_id=usage_source().pk,
        reservation_ids=[f"call-{number:04}"],
        by=machine("gateway"),
        at=at,
    )


def _compare(order, plain):
    funded, unfunded = books(order)[1], books(order)[3]
    assert (funded + unfunded) * 10**6 == plain.used
    assert control_of(order).reserved_dollars * 10**6 == plain.reserved()
