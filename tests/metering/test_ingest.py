"""Usage arrives: each row answered once, stored once, rated exactly, drawn on funds."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.documents.queries import read_blob
from contracting.ledger.queries import balances_of
from contracting.metering.models import (
    UsageAttribution,
    UsageBatch,
    UsageEvent,
    UsageHold,
    UsageLine,
    UsageRating,
    UsageRefusal,
)
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.queries import suspense
from contracting.metering.refusals import UnreadableBatch
from contracting.orders.states import FundsDraft
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    MODEL,
    assert_the_books_balance,
    codes,
    event,
    ingested,
    ndjson,
    order_for,
    statuses,
    usage_source,
)
from tests.builders_orders import issued_order, line, line_of_accounting
from tests.cast import actor, machine, nothing_happens

NOT_ORDERED = "gpt-4o-mini-2024-07-18"
USAGE = (UsageEvent, UsageLine, UsageAttribution, UsageRating, UsageHold)


def counted():
    """How many rows of usage there are, whatever batches were received."""
    return {model.__name__: model.objects.count() for model in USAGE}


def used(order):
    """Tokens and dollars of the order's line on the ledger: funded, and unfunded."""
    rows = balances_of(order.lines.get().holder)
    return (
        sum(row.consumed_tokens for row in rows),
        sum(row.consumed_dollars for row in rows),
        sum(row.unfunded_tokens for row in rows),
        sum(row.unfunded_dollars for row in rows),
    )


@pytest.mark.rule("R-MET-01", case="allowed")
@pytest.mark.rule("R-FND-08", case="allowed")
def test_a_call_is_stored_attributed_rated_and_drawn_on_the_funds(order):
    # When the gateway reports a call of a thousand tokens in and a hundred out
    receipt = ingested(event(1, order=order))

    # Then it is accepted and stored once, with its lines
    assert statuses(receipt) == ["accepted"]
    stored = UsageEvent.objects.get()
    assert (stored.event_id, stored.attempt) == ("call-1", 1)
    assert (stored.occurred_at, stored.received_at) == (CALLED_AT, DELIVERED_AT)
    assert not stored.is_late
    counts = UsageLine.objects.values_list("token_class_code", "tokens")
    assert dict(counts) == {"IN_UNCACHED": 1_000, "OUT_TEXT": 100}

    # And it is the usage of the order's line on the day in Washington
    attribution = UsageAttribution.objects.get()
    assert attribution.order_line == order.lines.get()
    assert attribution.model.snapshot == MODEL
    assert attribution.accounting_day.isoformat() == "2026-04-20"

    # And each class costs exactly its price
    rated = UsageRating.objects.values_list("token_class_code", "dollars")
    assert dict(rated) == {
        "IN_UNCACHED": Decimal("0.002"),
        "OUT_TEXT": Decimal("0.0008"),
    }

    # And the ledger has it to the token and the last digit, all of it funded
    assert used(order) == (1_100, Decimal("0.0028"), 0, 0)
    event_of_batch = events_of(receipt.batch.subject).last()
    assert event_of_batch is not None
    assert event_of_batch.event == "metering.usage.ingested"
    assert_the_books_balance()


def test_each_row_has_one_verdict_and_they_add_up(order):
    # Given a call that was received before
    ingested(event("old", order=order))

    # When a batch brings one of each kind
    receipt = ingested(
        event("new", order=order),
        event("lost", order="ord_unknown"),
        event("old", order=order),
        event("old", order=order, tokens={"input": 7}),
        event("bad", order=order, tokens={"input": -1}),
    )

    # Then every row has its verdict in its place, with a code where it needs one
    assert statuses(receipt) == [
        "accepted",
        "held",
        "duplicate",
        "conflict",
        "rejected",
    ]
    assert codes(receipt) == ["", "UNKNOWN_ORDER", "", "other_content", "negative"]
    assert [verdict.id for verdict in receipt.verdicts] == [
        "call-new",
        "call-lost",
        "call-old",
        "call-old",
        "call-bad",
    ]
    batch = receipt.batch
    assert (batch.received, batch.accepted, batch.held) == (5, 1, 1)
    assert (batch.duplicate, batch.conflict, batch.rejected) == (1, 1, 1)

    # And the same verdicts are kept with the batch
    kept = json.loads(read_blob(batch.verdicts))
    assert kept == [verdict.as_row() for verdict in receipt.verdicts]
    refused = UsageRefusal.objects.order_by("row_index")
    assert [(row.row_index, row.verdict, row.code) for row in refused] == [
        (3, "conflict", "other_content"),
        (4, "rejected", "negative"),
    ]
    assert UsageEvent.objects.count() == 3
    assert_the_books_balance()


@pytest.mark.rule("R-MET-01", case="refused", held_by="verdict")
@pytest.mark.parametrize("later", [timedelta(seconds=1), timedelta(days=3_000)])
def test_a_repeat_counts_nothing_and_another_content_replaces_nothing_ever(
    order, later
):
    # Given a call that was counted
    ingested(event(1, order=order))
    before, drawn = counted(), used(order)

    # When it comes again, the same or not, however much later
    again = ingested(event(1, order=order), at=DELIVERED_AT + later)
    other = ingested(
        event(1, order=order, tokens={"input": 9_999}), at=DELIVERED_AT + later
    )

    # Then it is a duplicate, or a conflict, and the first stands as it was
    assert statuses(again) == ["duplicate"]
    assert statuses(other) == ["conflict"]
    assert counted() == before
    assert used(order) == drawn
    assert UsageBatch.objects.count() == 3
    assert_the_books_balance()


def test_a_repeat_inside_one_batch_counts_once(order):
    same = event(1, order=order)
    receipt = ingested(same, same, event(1, order=order, tokens={"input": 1}), same)

    assert statuses(receipt) == ["accepted", "duplicate", "conflict", "duplicate"]
    assert used(order)[0] == 1_100


def test_a_held_call_is_not_held_twice(order):
    lost = event("lost", order="ord_unknown")
    ingested(lost)

    assert statuses(ingested(lost)) == ["duplicate"]
    assert UsageHold.objects.count() == 1


def test_a_rejected_call_may_be_sent_again_when_it_is_right(order):
    assert statuses(ingested(event(1, order=order, total=7))) == ["rejected"]

    assert statuses(ingested(event(1, order=order, total=1_100))) == ["accepted"]


def test_a_day_makes_it_late_and_it_counts_all_the_same(order):
    day = timedelta(hours=24)
    ingested(
        event("timely", order=order, at=DELIVERED_AT - day),
        event("late", order=order, at=DELIVERED_AT - day - timedelta(microseconds=1)),
    )

    late = dict(UsageEvent.objects.values_list("event_id", "is_late"))
    assert late == {"call-timely": False, "call-late": True}
    assert used(order)[0] == 2_200


def test_a_clock_five_minutes_ahead_is_borne_and_no_more(order):
    limit = DELIVERED_AT + timedelta(minutes=5)
    receipt = ingested(
        event(1, order=order, at=limit),
        event(2, order=order, at=limit + timedelta(microseconds=1)),
    )

    assert statuses(receipt) == ["accepted", "rejected"]
    assert codes(receipt) == ["", "clock_ahead"]


def test_a_row_of_another_source_is_rejected(order):
    receipt = ingested(event(1, order=order), event(2, order=order, source="elsewhere"))

    assert statuses(receipt) == ["accepted", "rejected"]
    assert codes(receipt) == ["", "other_source"]


@pytest.mark.rule("R-MET-08", case="refused", held_by="verdict")
@pytest.mark.rule("R-MET-09", case="refused", held_by="verdict")
@pytest.mark.parametrize(
    ("changed", "reason", "detail"),
    [
        ({"order_id": "ord_nobody"}, "UNKNOWN_ORDER", "ord_nobody"),
        ({"model": "model-of-tomorrow"}, "UNKNOWN_MODEL", "model-of-tomorrow"),
        ({"model": NOT_ORDERED}, "UNKNOWN_MODEL", NOT_ORDERED),
        (
            {"lines": [{"class": "telepathy", "tokens": 5}]},
            "UNKNOWN_CLASS",
            "telepathy",
        ),
        (
            {"lines": [{"class": "image_input", "tokens": 5}]},
            "NO_RATE",
            f"{MODEL} IN_IMAGE",
        ),
        ({"boundary": "IL5"}, "NO_RATE", f"{MODEL} IN_UNCACHED"),
        ({"tier": "PRIORITY"}, "NO_RATE", f"{MODEL} IN_UNCACHED"),
        ({"basis": "estimated"}, "NOT_MEASURED", "estimated"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_nobody_knows_is_held_counted_and_not_priced(
    order, changed, reason, detail
):
    # When a call comes with a name that the order does not have
    receipt = ingested(event(1, order=order, **changed))

    # Then it is stored and counted, in suspense with its reason, and costs nothing yet
    assert (statuses(receipt), codes(receipt)) == (["held"], [reason])
    assert UsageEvent.objects.count() == 1
    assert UsageLine.objects.exists()
    (group,) = suspense(receipt.batch.agency_id)
    assert (group.reason, group.detail, group.events) == (reason, detail, 1)
    assert not UsageRating.objects.exists()
    assert used(order) == (0, 0, 0, 0)
    assert_the_books_balance()


FIRST = datetime(2026, 4, 13, 4, tzinfo=UTC)
END = datetime(2026, 10, 1, 4, tzinfo=UTC)


@pytest.mark.rule("R-MET-04", case="refused", held_by="verdict")
@pytest.mark.parametrize(
    ("at", "status", "code"),
    [
        (FIRST - timedelta(microseconds=1), "held", "OUT_OF_PERIOD"),
        (FIRST, "accepted", ""),
        (END - timedelta(microseconds=1), "accepted", ""),
        (END, "held", "OUT_OF_PERIOD"),
    ],
)
def test_the_period_of_performance_is_half_open_in_washington(order, at, status, code):
    # Given an order from 13 April to 30 September, the last day of the fiscal year
    receipt = ingested(event(1, order=order, at=at), at=at + timedelta(hours=1))

    assert (statuses(receipt), codes(receipt)) == ([status], [code])


def test_an_order_is_named_by_its_number_too(order):
    receipt = ingested(event(1, order=order.piid), event(2, order=order.public_id))

    assert statuses(receipt) == ["accepted", "accepted"]


def test_a_million_requests_cost_a_hundred_and_five_dollars(contract):
    # Given an order at fifteen cents a million, with room for all of it
    funds = [FundsDraft("AA", line_of_accounting().pk, Dollars("200.00"))]
    order = issued_order(
        on=contract,
        lines=[
            line(
                tokens=Tokens(10**9),
                dollars=Dollars("200.00"),
                funds=funds,
                prices={"0001AA": UnitPrice("0.15")},
            )
        ],
    )

    # When a million requests of 700 tokens are metered, a thousand one by one
    ingested(*(event(n, order=order, tokens={"input": 700}) for n in range(1_000)))
    ingested(event("rest", order=order, tokens={"input": 999_000 * 700}))

    # Then each costs $0.000105, and all of them $105.00 to the last digit
    assert UsageRating.objects.filter(dollars=Decimal("0.000105")).count() == 1_000
    assert used(order) == (700_000_000, Decimal("105"), 0, 0)
    assert_the_books_balance()


@pytest.mark.rule("R-FND-08", case="refused", held_by="verdict")
def test_use_beyond_the_funds_is_recorded_in_full_and_is_not_funded(contract):
    # Given an order with one cent funded
    order = order_for("0.01", on=contract)

    # When four calls of $0.0028 arrive in one batch
    receipt = ingested(*(event(n, order=order) for n in range(1, 5)))

    # Then all are accepted; the fourth is split at the cent: 800 tokens of its input
    # are funded, the other 200 and its output are not
    assert statuses(receipt) == ["accepted"] * 4
    assert used(order) == (
        3 * 1_100 + 800,
        Decimal("0.01"),
        200 + 100,
        Decimal("0.0012"),
    )
    total = sum(rating.dollars for rating in UsageRating.objects.all())
    assert total == Decimal("0.0112")
    assert_the_books_balance()


def test_the_token_ceiling_splits_a_call_too(contract):
    order = order_for("40.00", tokens=1_500, on=contract)

    ingested(event(1, order=order), event(2, order=order))

    assert used(order)[0] == 1_500
    assert used(order)[2] == 700
    assert_the_books_balance()


def test_what_is_funded_is_told_by_time_and_not_by_the_order_of_rows(contract):
    # Given two orders alike, and calls of many sizes
    sizes = [37 * n % 1_000 + 1 for n in range(60)]
    shuffled = list(range(60))
    Random(8_819).shuffle(shuffled)
    drawn = []
    for number, places in enumerate((range(60), shuffled)):
        order = order_for("0.05", on=contract)
        calls = [
            event(
                f"{number}-{place:02}",
                order=order,
                tokens={"input": sizes[place], "output": sizes[-place]},
                at=CALLED_AT + timedelta(seconds=place),
            )
            for place in places
        ]

        # When they arrive in order, and in any order
        ingested(*calls)
        drawn.append(used(order))

    # Then the same tokens are funded
    assert drawn[0] == drawn[1]
    assert drawn[0][2] > 0
    assert_the_books_balance()


def test_a_batch_may_touch_several_orders(order, contract):
    other = order_for(on=contract)

    ingested(event(1, order=order), event(2, order=other), event(3, order=other))

    assert (used(order)[0], used(other)[0]) == (1_100, 2_200)
    assert_the_books_balance()


def test_usage_of_an_order_of_another_agency_is_nobodys(order, other_agency_officer):
    # Given a source of another agency, whose gateway names our order
    foreign = usage_source("elsewhere")
    type(foreign).objects.filter(pk=foreign.pk).update(
        agency_id=other_agency_officer.organization_id
    )

    # When it reports
    receipt = ingest_usage(
        source_id=foreign.pk,
        payload=ndjson(event(1, order=order, source="elsewhere")),
        by=machine("other_agency_gateway"),
        at=DELIVERED_AT,
    )

    # Then it is held with the other agency and touches nothing of ours
    assert codes(receipt) == ["UNKNOWN_ORDER"]
    assert used(order) == (0, 0, 0, 0)
    assert suspense(actor("cor").own_organization_id) == []


@pytest.mark.parametrize("part_name", ["cor", "contracting_officer", "administrator"])
def test_people_of_the_agency_may_import(order, part_name):
    receipt = ingested(event(1, order=order), by=actor(part_name))

    assert statuses(receipt) == ["accepted"]


@pytest.mark.parametrize(
    "part_name",
    ["program_manager", "auditor", "vendor_a_signer", "other_agency_officer"],
)
def test_nobody_else_may(order, source, part_name):
    with nothing_happens(), pytest.raises(NotAllowed):
        ingested(event(1, order=order), by=actor(part_name))


def test_a_key_writes_for_its_own_sources_only(
    order, source, gateway, other_agency_gateway, vendor_a_machine
):
    # Given a second source of the agency
    second = usage_source("second")

    # Then its own key is refused there, and foreign and vendors' keys everywhere
    for by, where in (
        (gateway, second),
        (other_agency_gateway, source),
        (vendor_a_machine, source),
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            ingest_usage(
                source_id=where.pk,
                payload=ndjson(event(1, order=order, source=where.code)),
                by=by,
                at=DELIVERED_AT,
            )


@pytest.mark.rule("R-MET-02", case="refused")
@pytest.mark.parametrize("payload", [b"", b"[", b"\xff", b"{}\n" * 10_001])
def test_what_is_no_batch_leaves_nothing(order, source, gateway, payload):
    with nothing_happens(), pytest.raises(UnreadableBatch) as refusal:
        ingest_usage(source_id=source.pk, payload=payload, by=gateway, at=DELIVERED_AT)

    assert refusal.value.rule == "R-MET-02"
