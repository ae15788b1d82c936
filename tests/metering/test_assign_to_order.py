"""Held usage is assigned to the order it belongs to, with a reason (R-MET-08)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from contracting.audit.queries import events_of
from contracting.closeout.queries import blockers_of_order
from contracting.core.errors import NotAllowed
from contracting.core.subjects import Subject
from contracting.ledger.queries import balances_of
from contracting.metering.models import UsageAssignment, UsageEvent, UsageRating
from contracting.metering.operations.assign_to_order import (
    Belonging,
    assign_usage_to_order,
)
from contracting.metering.operations.dispose import dispose_usage
from contracting.metering.queries import HeldCalls, suspense
from contracting.metering.refusals import NothingHeld, ReasonMissing, StillHeld
from contracting.reference.models import AiModel
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    MODEL,
    assert_the_books_balance,
    event,
    folded,
    ingested,
    statuses,
)
from tests.cast import actor, client_for, nothing_happens, submit

LATER = DELIVERED_AT + timedelta(days=1)
TYPO = "ord_mistyped"
WHY = "The gateway was set up with a mistyped order."


def ours():
    return actor("cor").own_organization_id


def held_group(event_id=""):
    (group,) = suspense(ours())
    return HeldCalls(group.reason, group.detail, group.order_ref, event_id)


def assigned(order, calls=None, by="cor", agency=None, reason=WHY, **said):
    done = assign_usage_to_order(
        agency_id=agency or ours(),
        calls=calls or held_group(),
        to=Belonging(order.pk, **said),
        reason=reason,
        by=actor(by),
        at=LATER,
    )
    folded()
    return done


@pytest.mark.rule("R-MET-08", case="allowed")
@pytest.mark.parametrize("part_name", ["cor", "contracting_officer"])
def test_calls_with_a_mistyped_order_are_assigned_to_it(order, part_name):
    # Given two calls that name no order that there is
    first = event(1, order=TYPO)
    ingested(first, event(2, order=TYPO))

    # When the representative, or the officer, says whose they are
    assert assigned(order, by=part_name) == 2

    # Then they are rated on their own day and drawn, and the events stay as they were
    assert suspense(ours()) == []
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == 2_200
    assert balance.consumed_dollars == Decimal("0.0056")
    assert set(UsageEvent.objects.values_list("order_ref", flat=True)) == {TYPO}
    assert UsageAssignment.objects.filter(reason=WHY, order=order).count() == 2

    # And it is recorded, a repeat is a duplicate, and the books balance
    subject = Subject("metering.suspense", ours(), "")
    last = events_of(subject).filter(event="metering.usage.assigned_to_order").last()
    assert last is not None
    assert statuses(ingested(first)) == ["duplicate"]
    assert_the_books_balance()


def test_one_call_of_a_group_is_assigned_alone(order):
    ingested(event(1, order=TYPO), event(2, order=TYPO))

    assert assigned(order, held_group("call-2")) == 1

    (group,) = suspense(ours())
    assert group.events == 1


def test_an_unknown_class_is_said_to_be_a_class(order):
    # Given a call with tokens of a class that nobody knows
    ingested(event(1, order=order, tokens={"input": 1_000, "visible": 100}))

    # When it is said what they are
    assigned(order, token_class_code="OUT_TEXT")

    # Then both classes are rated, once each
    rated = UsageRating.objects.order_by("token_class_code")
    assert list(rated.values_list("token_class_code", "tokens")) == [
        ("IN_UNCACHED", 1_000),
        ("OUT_TEXT", 100),
    ]
    assert_the_books_balance()


def test_a_class_that_the_call_has_already_is_not_counted_twice(order):
    ingested(event(1, order=order, tokens={"input": 1_000, "visible": 100}))

    with nothing_happens(), pytest.raises(StillHeld) as refusal:
        assigned(order, token_class_code="IN_UNCACHED")

    assert refusal.value.rule == "R-MET-02"


def test_a_model_is_said_for_calls_that_name_it_wrong(order):
    ingested(event(1, order=order, model="no-such-model"))

    assigned(order, model_id=AiModel.objects.get(snapshot=MODEL).pk)

    assert suspense(ours()) == []
    assert_the_books_balance()


@pytest.mark.rule("R-MET-08", case="refused")
def test_what_would_be_held_even_so_is_not_assigned(order):
    ingested(event(1, order=TYPO, at=CALLED_AT - timedelta(days=30)))

    with nothing_happens(), pytest.raises(StillHeld) as refusal:
        assigned(order)

    assert "outside the period of performance" in refusal.value.message


@pytest.mark.rule("R-MET-03", case="refused")
def test_an_estimate_is_not_assigned_either(order):
    ingested(event(1, order=TYPO, basis="estimated"))

    with nothing_happens(), pytest.raises(StillHeld) as refusal:
        assigned(order)

    assert "estimated, not measured" in refusal.value.message


def test_what_has_no_price_is_not_assigned_at_nothing(order):
    ingested(event(1, order=TYPO, boundary="IL5"))

    with nothing_happens(), pytest.raises(StillHeld) as refusal:
        assigned(order)

    assert "no price in force" in refusal.value.message
    assert refusal.value.rule == "R-MET-09"


def test_nothing_is_assigned_without_a_reason_or_twice(order):
    ingested(event(1, order=TYPO))
    group = held_group()

    with nothing_happens(), pytest.raises(ReasonMissing):
        assigned(order, reason=" ")
    assigned(order, group)
    with nothing_happens(), pytest.raises(NothingHeld):
        assigned(order, group)


def test_usage_of_an_order_that_is_closed_out_says_so_and_has_an_exit(order):
    # Given an order that is complete, which still takes late usage of its period
    order.move_to("COMPLETED")
    assert statuses(ingested(event(1, order=order))) == ["accepted"]

    # When it is closed out and another call comes
    order.move_to("CLOSED")
    receipt = ingested(event(2, order=order))

    # Then that is held for this very reason, and cannot be assigned to it
    assert [(each.status, each.code) for each in receipt.verdicts] == [
        ("held", "ORDER_CLOSED")
    ]
    with nothing_happens(), pytest.raises(StillHeld) as refusal:
        assigned(order)
    assert "the order is closed out" in refusal.value.message


@pytest.mark.parametrize(
    "part_name",
    ["program_manager", "administrator", "vendor_a_signer", "other_agency_officer"],
)
def test_only_the_representative_or_the_officer_assigns(order, part_name):
    ingested(event(1, order=TYPO))

    with nothing_happens(), pytest.raises(NotAllowed):
        assigned(order, by=part_name)


def test_an_outsider_assigns_nothing_to_our_order(order, other_agency_officer):
    ingested(event(1, order=TYPO))
    group = held_group()

    with nothing_happens(), pytest.raises(NothingHeld):
        assigned(
            order,
            group,
            by="other_agency_officer",
            agency=other_agency_officer.own_organization_id,
        )


def test_what_is_assigned_is_never_disposed_of(order):
    ingested(event(1, order=TYPO))
    group = held_group()
    assigned(order)

    with nothing_happens(), pytest.raises(NothingHeld):
        disposed_of(group)


def disposed_of(group):
    return dispose_usage(
        agency_id=ours(),
        calls=group,
        code="NOT_OURS",
        reason="Another agency's key.",
        by=actor("cor"),
        at=LATER,
    )


def test_the_database_itself_excludes_both(order):
    # Given a call that was disposed of
    ingested(event(1, order=TYPO))
    group = held_group()
    disposed_of(group)
    event_row = UsageEvent.objects.get()

    # Then no attribution of it can be stored, by whatever code
    from contracting.metering.models import UsageAttribution

    with pytest.raises(IntegrityError, match="never both"), transaction.atomic():
        UsageAttribution.objects.create(
            agency_id=event_row.agency_id,
            source_id=event_row.source_id,
            event_id=event_row.event_id,
            order_line=order.lines.get(),
            model=AiModel.objects.get(snapshot=MODEL),
            accounting_day=CALLED_AT.date(),
            attributed_at=LATER,
        )


def test_held_calls_are_assigned_in_the_browser(order, cor, now):
    ingested(event(1, order=TYPO))
    browser = client_for(cor)
    shown = browser.get("/usage/suspense").content.decode()
    (group,) = suspense(ours())
    address = f"/usage/assign_usage_to_order?group={group.key}"
    assert address in shown

    form = {"group": group.key, "order": order.public_id, "reason": WHY}
    assert browser.get(address).status_code == 200
    assert submit(browser, address, {**form, "order": ""}).status_code == 422
    assert submit(browser, address, form).status_code == 303

    assert suspense(ours()) == []
    assert not [each for each in blockers_of_order(order) if "suspense" in each.what]
