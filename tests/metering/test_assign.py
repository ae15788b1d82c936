"""Usage leaves suspense when its names are known, by the functions of ingest."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed
from contracting.core.subjects import Subject
from contracting.ledger.queries import balances_of
from contracting.metering.models import UsageEvent, UsageHold, UsageRating
from contracting.metering.operations.assign import assign_usage
from contracting.metering.queries import held_events, open_suspense_of, suspense
from contracting.metering.refusals import NothingHeld
from contracting.orders.models import TaskOrder
from contracting.orders.operations.issue import issue_task_order
from contracting.reference.models import AiModel
from contracting.reference.operations.map_model_alias import map_model_alias
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    MODEL,
    assert_the_books_balance,
    event,
    folded,
    ingested,
    order_for,
    statuses,
)
from tests.builders_orders import certified_order
from tests.cast import actor, nothing_happens

LATER = DELIVERED_AT + timedelta(days=1)
ALIAS = "assistant-latest"


def assigned(by="cor", agency=None):
    who = actor(by) if isinstance(by, str) else by
    done = assign_usage(
        agency_id=agency or actor("cor").own_organization_id, by=who, at=LATER
    )
    folded()
    return done


def mapped(name=ALIAS, model=MODEL):
    return map_model_alias(
        source_name=name,
        model_id=AiModel.objects.get(snapshot=model).pk,
        agency_id=actor("cor").own_organization_id,
        by=actor("cor"),
        at=LATER,
    )


def ours():
    return actor("cor").own_organization_id


@pytest.mark.rule("R-MET-09", case="allowed")
@pytest.mark.parametrize("part_name", ["cor", "contracting_officer"])
def test_a_mapped_name_lets_its_usage_out_of_suspense(order, part_name):
    # Given two calls under a name that nobody knows, and one of an unknown order
    ingested(
        event(1, order=order, model=ALIAS),
        event(2, order=order, model=ALIAS),
        event(3, order="ord_unknown"),
    )
    mapped()

    # When the representative, or the officer, assigns
    done = assigned(by=part_name)

    # Then the two are rated on the day of the call and drawn, and one stays
    assert (done.assigned, done.still_held) == (2, 1)
    days = set(UsageRating.objects.values_list("accounting_day", flat=True))
    assert days == {date(2026, 4, 20)}
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == 2_200
    assert balance.consumed_dollars == Decimal("0.0056")
    (group,) = suspense(ours())
    assert (group.reason, group.events) == ("UNKNOWN_ORDER", 1)

    # And nothing of the events has changed, it is recorded, and the books balance
    assert set(UsageEvent.objects.values_list("model_served", flat=True)) == {
        ALIAS,
        MODEL,
    }
    subject = Subject("metering.suspense", ours(), "")
    last = events_of(subject).filter(event="metering.usage.assigned").last()
    assert last is not None
    assert_the_books_balance()


@pytest.mark.rule("R-MET-08", case="allowed")
def test_an_order_that_is_signed_later_takes_its_usage(contract):
    # Given calls that name an order which is not signed yet
    ready = certified_order(on=contract)
    ingested(event(1, order=ready.public_id))
    assert [group.reason for group in suspense(ours())] == ["UNKNOWN_ORDER"]

    # When the order is signed
    issue_task_order(
        order_id=ready.pk,
        by=actor("contracting_officer"),
        at=CALLED_AT - timedelta(days=1),
        seen_version=ready.version,
    )

    # Then its usage is assigned
    assert assigned().assigned == 1
    assert suspense(ours()) == []
    assert_the_books_balance()


def test_nothing_is_assigned_twice(order):
    ingested(event(1, order=order, model=ALIAS))
    mapped()
    assigned()

    with nothing_happens(), pytest.raises(NothingHeld) as refusal:
        assigned()

    assert refusal.value.message == "Nothing is in suspense."
    assert statuses(ingested(event(1, order=order, model=ALIAS))) == ["duplicate"]


@pytest.mark.parametrize(
    ("changed", "rule", "words"),
    [
        pytest.param(
            {"order_id": "ord_unknown"},
            "R-MET-08",
            "2 × no such order",
            marks=pytest.mark.rule("R-MET-08", case="refused"),
        ),
        pytest.param(
            {"model": ALIAS},
            "R-MET-09",
            "2 × no such model on the order",
            marks=pytest.mark.rule("R-MET-09", case="refused"),
        ),
    ],
)
def test_what_is_still_unknown_stays(order, changed, rule, words):
    ingested(event(1, order=order, **changed), event(2, order=order, **changed))

    with nothing_happens(), pytest.raises(NothingHeld) as refusal:
        assigned()

    assert refusal.value.rule == rule
    assert words in refusal.value.message
    assert refusal.value.data["held"] == 2


def test_a_name_that_is_known_may_show_another_reason(order):
    # Given a call under an unknown name, of a class that the order does not price
    ingested(
        event(1, order=order, model=ALIAS, lines=[{"class": "EMBED", "tokens": 5}])
    )
    mapped()

    # When the name is mapped and usage assigned
    done = assigned()

    # Then it stays, and the reason that is shown is the one of now
    assert (done.assigned, done.still_held) == (0, 1)
    (group,) = suspense(ours())
    assert (group.reason, group.detail) == ("NO_RATE", f"{ALIAS} EMBED")
    assert UsageHold.objects.count() == 2
    with nothing_happens(), pytest.raises(NothingHeld) as refusal:
        assigned()
    assert refusal.value.rule == "R-MET-09"


def test_what_leaves_suspense_is_drawn_in_the_order_of_time(contract):
    # Given a cent of funds, and held calls that arrived the wrong way round
    order = order_for("0.01", on=contract)
    for number in (3, 2, 1, 4):
        ingested(
            event(
                number,
                order=order,
                model=ALIAS,
                at=CALLED_AT + timedelta(seconds=number),
            )
        )
    mapped()

    # When they are assigned
    assert assigned().assigned == 4

    # Then a cent is funded and the rest of them is recorded as unfunded
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_dollars == Decimal("0.01")
    assert balance.unfunded_dollars == Decimal("0.0012")
    assert balance.unfunded_tokens == 300
    assert_the_books_balance()


@pytest.mark.parametrize(
    "part_name",
    ["program_manager", "administrator", "vendor_a_signer", "other_agency_officer"],
)
def test_only_the_representative_or_the_officer_assigns(order, part_name):
    ingested(event(1, order=order, model=ALIAS))
    mapped()

    with nothing_happens(), pytest.raises(NotAllowed):
        assigned(by=part_name)


def test_an_outsider_assigns_nothing_of_ours(order, other_agency_officer):
    ingested(event(1, order=order, model=ALIAS))
    mapped()

    with nothing_happens(), pytest.raises(NothingHeld):
        assigned(
            by=other_agency_officer, agency=other_agency_officer.own_organization_id
        )


def test_an_order_knows_what_is_held_for_it(order):
    ingested(
        event(1, order=order, model=ALIAS),
        event(2, order=order.piid, model=ALIAS),
        event(3, order="ord_unknown"),
        event(4, order=order),
    )

    held = open_suspense_of(TaskOrder.objects.get(pk=order.pk))
    assert [each.event_id for each in held] == ["call-1", "call-2"]
    assert held_events(ours()).count() == 3
