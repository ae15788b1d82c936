"""Calls that are alike are decided once, and each as if it had been decided alone."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracting.core.periods import days_bounds
from contracting.core.quantities import UnitPrice
from contracting.metering.calculations import (
    Attributed,
    Held,
    KnownOrder,
    Rate,
    attribute,
)
from contracting.metering.calculations.combinations import Turns, combine, measured
from contracting.metering.calculations.terms import (
    Authorized,
    Cap,
    Charging,
    KnownKey,
    Record,
    Span,
    at_that_time,
)

ZONE = "America/New_York"
FIRST = datetime(2026, 4, 13, 4, tzinfo=UTC)
NEW_PRICE = FIRST + timedelta(days=2, hours=11, microseconds=7)
STOPPED = FIRST + timedelta(days=3, hours=5)
RESUMED = STOPPED + timedelta(hours=9)
RENAMED = date(2026, 4, 17)
RECORD_MOVES = FIRST + timedelta(days=1, hours=3)
CAPPED = FIRST + timedelta(days=2, hours=1)
LAPSED = FIRST + timedelta(days=4, hours=20)
KEY_MOVES = FIRST + timedelta(days=1, hours=17)
MODELS = {"model-a": 7, "model-b": 8}


@dataclass(frozen=True)
class Call:
    """A call as an adapter yields it."""

    event_id: str
    occurred_at: datetime
    order_ref: str
    model_served: str
    tier: str
    context_band: str
    boundary: str
    basis: str
    lines: tuple[tuple[str, int], ...]
    unknown_class: str = ""
    key_ref: str = ""
    model_requested: str = ""
    model_billed: str = ""
    provenance: str = "MEASURED"
    outcome: str = ""
    requests: int | None = None
    latency_ms: int | None = None


SOURCE, WITNESS = 3, 4


def rate(pk, code, price, **changed):
    made = Rate(
        order_line_id=1,
        rate_row_id=pk,
        model_id=7,
        token_class_code=code,
        tier="STANDARD",
        context_band="ALL",
        boundary="FEDRAMP_MOD",
        starts_at=FIRST,
        ends_at=None,
        price=UnitPrice(price),
    )
    return replace(made, **changed)


def known(ref, *rates, **more):
    period = days_bounds(date(2026, 4, 13), date(2026, 4, 18), ZONE)
    names = frozenset({ref})
    order = KnownOrder(len(ref), 1, ZONE, period, rates, "FEDRAMP_MOD", names=names)
    return replace(order, **more)


def until(instant):
    return Span(None, instant)


def since(instant):
    return Span(instant, None)


ORDERS = {
    "ord_many": known(
        "ord_many",
        rate(1, "IN_UNCACHED", "2.00", ends_at=NEW_PRICE),
        rate(2, "IN_UNCACHED", "0.123457", starts_at=NEW_PRICE),
        rate(3, "IN_UNCACHED", "4.00", context_band="GT_200K"),
        rate(4, "OUT_TEXT", "8.00", order_line_id=2),
        rate(5, "OUT_TEXT", "900000", tier="PRIORITY"),
        rate(6, "IN_UNCACHED", "1.00", model_id=8, boundary="IL5"),
        stops=((STOPPED, RESUMED),),
        records=(
            Record(until(RECORD_MOVES), "", frozenset({SOURCE})),
            Record(since(RECORD_MOVES), "", frozenset({WITNESS})),
        ),
        authorized=(Authorized(until(LAPSED), "FEDRAMP_MOD"),),
        caps=(
            Cap(
                since(CAPPED),
                7,
                max_output_tokens=500_000,
                context_tokens=10**6,
                latency_ms=900,
            ),
        ),
        charging=(
            Charging(until(LAPSED), "FAILED", True, False, "clause 4"),
            Charging(since(LAPSED), "FAILED", False, False, "P00002"),
            Charging(Span(None, None), "TIMED_OUT", True, False, "clause 5"),
        ),
    ),
    "ord_twice": known(
        "ord_twice",
        rate(7, "IN_UNCACHED", "2.00"),
        rate(8, "IN_UNCACHED", "3.00", order_line_id=2),
        rate(9, "OUT_TEXT", "8.00"),
    ),
    "ord_closed": known("ord_closed", rate(10, "OUT_TEXT", "8.00"), is_closed=True),
}
KEYS = {
    "key-1": [
        KnownKey(until(KEY_MOVES), "ord_many"),
        KnownKey(since(KEY_MOVES), "ord_twice", order_line_id=2),
    ]
}
TURNS = [
    *(FIRST, NEW_PRICE, STOPPED, RESUMED, ORDERS["ord_many"].period.end),
    *(RECORD_MOVES, CAPPED, LAPSED, KEY_MOVES),
]


def model_of(name, on):
    """One name means another model from a certain day on."""
    return MODELS.get("model-b" if name == "model-a" and on >= RENAMED else name)


def decide(event):
    def find_key(key_ref, at):
        return next(iter(at_that_time(KEYS.get(key_ref, []), at)), None)

    return attribute(
        event, find_order=ORDERS.get, find_model=model_of, find_key=find_key
    )


def turns(order_ref, key_ref):
    keys = KEYS.get(key_ref, [])
    named = {order_ref, *(key.order_ref for key in keys)}
    return Turns.of([ORDERS[ref] for ref in named if ref in ORDERS], keys)


instants = st.one_of(
    st.integers(-86_400, 7 * 86_400).map(lambda n: FIRST + timedelta(seconds=n)),
    st.tuples(st.sampled_from(TURNS), st.sampled_from([-1, 0, 1])).map(
        lambda near: near[0] + timedelta(microseconds=near[1])
    ),
    st.integers(0, 7).map(lambda n: FIRST + timedelta(days=n)),
)
counts = st.one_of(
    st.sampled_from([0, 1, 700, 500_000, 500_001, 10**12]), st.integers(0, 10**6)
)
lines = st.dictionaries(
    st.sampled_from(["IN_UNCACHED", "OUT_TEXT", "IN_IMAGE"]), counts, max_size=3
).map(lambda found: tuple(sorted(found.items())))
calls = st.lists(
    st.builds(
        Call,
        event_id=st.uuids().map(str),
        occurred_at=instants,
        order_ref=st.sampled_from(["ord_many", *ORDERS, "ord_unknown", ""]),
        model_served=st.sampled_from([*MODELS, "model-c"]),
        tier=st.sampled_from(["STANDARD", "STANDARD", "PRIORITY"]),
        context_band=st.sampled_from(["ALL", "GT_200K"]),
        boundary=st.sampled_from(["FEDRAMP_MOD", "", "IL5"]),
        basis=st.sampled_from(["measured", "measured", "estimated"]),
        lines=lines,
        unknown_class=st.sampled_from(["", "", "", "aura"]),
        key_ref=st.sampled_from(["", "", "key-1", "key-2"]),
        model_requested=st.sampled_from(["", "model-b"]),
        model_billed=st.sampled_from(["", "", "model-b"]),
        provenance=st.sampled_from(["MEASURED", "MEASURED", "ESTIMATED"]),
        outcome=st.sampled_from(["", "", "FAILED", "TIMED_OUT", "REFUSED"]),
        requests=st.sampled_from([None, None, 1, 2]),
        latency_ms=st.sampled_from([None, 0, 900, 901]),
    ),
    max_size=40,
)


@settings(max_examples=300)
@given(calls)
def test_each_call_is_decided_as_if_it_were_alone(found):
    # When a batch is decided by combinations
    combinations = combine(found, source_id=SOURCE, decide=decide, turns=turns)

    # Then every call lies in exactly one
    places = [place for each in combinations for place in each.members]
    assert sorted(places) == list(range(len(found)))

    # And what is said of it is what is said of it alone
    for each in combinations:
        for place in each.members:
            call = found[place]
            assert each.of(call) == decide(measured(call, SOURCE))
            assert each.codes == tuple(code for code, _ in call.lines)


def test_calls_alike_are_decided_once():
    # Given a thousand calls of two classes within a day, one with a count of a fault
    made = [
        Call(
            event_id=f"call-{n}",
            occurred_at=FIRST + timedelta(seconds=n),
            order_ref="ord_many",
            model_served="model-a",
            tier="STANDARD",
            context_band="ALL",
            boundary="FEDRAMP_MOD",
            basis="measured",
            lines=(("IN_UNCACHED", 10**12 if n == 500 else n + 1), ("OUT_TEXT", 1)),
        )
        for n in range(1_000)
    ]

    # When they are decided
    combinations = combine(made, source_id=SOURCE, decide=decide, turns=turns)

    # Then the fault is held by itself, and all others share a decision
    attributed, held = sorted(combinations, key=lambda each: -len(each.members))
    assert isinstance(attributed.outcome, Attributed)
    assert len(attributed.members) == 999
    assert isinstance(held.outcome, Held)
    assert held.members == (500,)
