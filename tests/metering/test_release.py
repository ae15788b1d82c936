"""Held calls pass by the word of whoever answers for what held them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed
from contracting.core.subjects import Subject
from contracting.incidents.operations.authorize import authorize_boundary
from contracting.ledger.queries import balances_of
from contracting.metering.models import UsageRating, UsageRelease
from contracting.metering.operations.release import Released, release_usage
from contracting.metering.operations.set_limit import set_usage_limit
from contracting.metering.queries import HeldCalls, suspense
from contracting.metering.refusals import NothingHeld, ReasonMissing
from contracting.metering.states import Limits
from contracting.reference.models import AiModel
from tests.builders_metering import (
    BOUNDARY,
    CALLED_AT,
    DELIVERED_AT,
    MODEL,
    assert_the_books_balance,
    codes,
    event,
    folded,
    ingested,
    statuses,
)
from tests.cast import actor, nothing_happens

LATER = DELIVERED_AT + timedelta(days=1)
WHY = "The vendor's report has the same count."


def ours():
    return actor("cor").own_organization_id


def held_group():
    (group,) = suspense(ours())
    return HeldCalls(group.reason, group.detail, group.order_ref)


def released(by, calls=None, **more):
    done = release_usage(
        agency_id=ours(),
        calls=calls or held_group(),
        by=actor(by),
        at=LATER,
        **{"reason": WHY, **more},
    )
    folded()
    return done


@pytest.mark.rule("R-MET-06", case="allowed")
@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ({"input": 10, "output": 16_385}, "output 16,385 of 16,384"),
        ({"input": 128_001, "output": 1}, "input 128,001 of 128,000"),
        ({"input": 1, "output": 16_000, "reasoning": 385}, "output 16,385 of 16,384"),
        ({"input": 1, "cached_input": 128_000}, "input 128,001 of 128,000"),
    ],
)
def test_a_call_beyond_its_model_waits_for_the_representative(order, tokens, words):
    # Given a call with more than its model can have
    receipt = ingested(event(1, order=order, tokens=tokens, requests=1))

    # Then it is held, says what is too much, and has drawn on nothing
    assert codes(receipt) == ["BEYOND_LIMITS"]
    (group,) = suspense(ours())
    assert group.detail == words
    assert UsageRating.objects.count() == 0

    # When the representative lets it pass, then it is charged as it was reported
    assert released("cor") == Released(charged=1, still_held=0)
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == sum(tokens.values())
    assert suspense(ours()) == []
    assert UsageRelease.objects.get().reason == WHY
    subject = Subject("metering.suspense", ours(), "")
    assert events_of(subject).filter(event="metering.usage.released").exists()
    assert_the_books_balance()


def test_at_the_limit_nothing_is_held(order):
    receipt = ingested(
        event(1, order=order, tokens={"input": 128_000, "output": 16_384}, requests=1)
    )

    assert statuses(receipt) == ["accepted"]


def test_a_row_that_stands_for_several_calls_may_have_several_times_as_much(order):
    several = {"input": 200_000, "output": 30_000}

    assert statuses(
        ingested(
            event(1, order=order, tokens=several, requests=2),
            event(2, order=order, tokens=several, requests=1),
        )
    ) == ["accepted", "held"]


@pytest.mark.rule("R-MET-06", case="refused")
@pytest.mark.parametrize("part_name", ["administrator", "program_manager"])
def test_nobody_else_lets_it_pass(order, part_name):
    ingested(event(1, order=order, tokens={"output": 16_385}, requests=1))

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        released(part_name)

    assert refusal.value.rule == "R-MET-06"


def limited(order, **limits):
    return set_usage_limit(
        contract_id=order.contract_id,
        model_id=AiModel.objects.get(snapshot=MODEL).pk,
        limits=Limits(**limits),
        first_day=date(2026, 4, 1),
        says_so="Clause TOK-12",
        by=actor("contracting_officer"),
        at=CALLED_AT - timedelta(days=1),
    )


def test_calls_that_come_faster_than_the_contract_allows_wait(order):
    # Given a contract that allows two calls in a minute
    limited(order, calls_per_minute=2)

    # When four come, the last one in the next minute
    seconds = (0, 20, 40, 60)
    calls = [
        event(n, order=order, at=CALLED_AT + timedelta(seconds=n))
        for n in reversed(seconds)
    ]
    receipt = ingested(*calls)

    # Then the third of the minute waits, in whichever order they were delivered
    assert codes(receipt) == ["", "BEYOND_LIMITS", "", ""]
    (group,) = suspense(ours())
    assert group.detail == "more than 2 calls in a minute"

    # And one that comes later in the same minute waits as well, until it is released
    late = event(5, order=order, at=CALLED_AT + timedelta(seconds=1))
    assert codes(ingested(late)) == ["BEYOND_LIMITS"]
    assert released("cor") == Released(charged=2, still_held=0)
    assert_the_books_balance()


def test_tokens_that_come_faster_than_the_contract_allows_wait(order):
    limited(order, tokens_per_minute=2_200)

    receipt = ingested(*(event(n, order=order) for n in (1, 2, 3)))

    assert codes(receipt) == ["", "", "BEYOND_LIMITS"]


@pytest.mark.rule("R-MET-03", case="allowed")
def test_a_dispute_lets_an_estimate_be_charged(order):
    # Given an estimate, and a count that the provider has reported
    ingested(
        event(1, order=order, basis="estimated"),
        event(2, order=order, provenance="REPORTED"),
    )
    assert UsageRating.objects.values("event_id").distinct().get() == {
        "event_id": "call-2"
    }

    # When the contracting officer has decided the dispute about it
    made = released("contracting_officer", dispute="DIS-2026-004")

    # Then it is charged, and says by which dispute
    assert made == Released(charged=1, still_held=0)
    assert UsageRelease.objects.get().dispute == "DIS-2026-004"
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_tokens == 2_200
    assert_the_books_balance()


@pytest.mark.rule("R-MET-03", case="refused")
def test_the_representative_never_bills_an_estimate(order):
    ingested(event(1, order=order, basis="estimated"))

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        released("cor", dispute="DIS-2026-004")

    assert refusal.value.rule == "R-MET-03"


@pytest.mark.rule("R-MET-03", case="refused")
def test_an_estimate_is_never_billed_without_a_dispute(order):
    ingested(event(1, order=order, basis="estimated"))

    with nothing_happens(), pytest.raises(ReasonMissing):
        released("contracting_officer", dispute="  ")


def authorized(order, first_day, last_day, boundary=BOUNDARY):
    return authorize_boundary(
        contract_id=order.contract_id,
        boundary=boundary,
        number="FedRAMP package FR2600000001",
        first_day=first_day,
        last_day=last_day,
        by=actor("security_reviewer"),
        at=CALLED_AT - timedelta(days=3),
    )


@pytest.mark.rule("R-AI-02", case="allowed")
def test_usage_of_an_authorized_boundary_is_charged_until_the_last_day(order):
    # Given an authorization of the boundary until the day of the call
    authorized(order, date(2026, 1, 1), CALLED_AT.date())
    assert statuses(ingested(event(1, order=order))) == ["accepted"]

    # When a call is completed on the day after
    late = CALLED_AT + timedelta(days=1)
    receipt = ingested(event(2, order=order, at=late), at=late + timedelta(hours=1))

    # Then it is held, and the authorizing official may let it pass
    assert codes(receipt) == ["AUTHORIZATION_LAPSED"]
    assert released("security_reviewer") == Released(charged=1, still_held=0)
    assert_the_books_balance()


@pytest.mark.rule("R-AI-02", case="refused")
@pytest.mark.parametrize("part_name", ["cor", "contracting_officer", "legal_reviewer"])
def test_nobody_else_lets_usage_of_a_lapsed_boundary_pass(order, part_name):
    authorized(order, date(2026, 1, 1), date(2026, 4, 19))
    ingested(event(1, order=order))

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        released(part_name)

    assert refusal.value.rule == "R-AI-02"


def test_another_boundary_or_one_that_was_never_recorded_lapses_nothing(order):
    authorized(order, date(2026, 1, 1), date(2026, 4, 1), boundary="IL5")

    assert statuses(ingested(event(1, order=order))) == ["accepted"]


def test_what_is_released_and_wrong_otherwise_is_held_for_that(order):
    # Given a call that is too large and names no order that there is
    ingested(event(1, order=order, tokens={"output": 16_385}, requests=1, model="new"))
    (first,) = suspense(ours())
    assert first.reason == "UNKNOWN_MODEL"

    # Then it cannot be released: it is to be assigned
    with nothing_happens(), pytest.raises(NotAllowed, match="assigned or disposed"):
        released("cor")


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_released_without_a_reason_or_twice(order, reason):
    ingested(event(1, order=order, tokens={"output": 16_385}, requests=1))
    group = held_group()

    with nothing_happens(), pytest.raises(ReasonMissing):
        released("cor", reason=reason)
    released("cor", group)
    with nothing_happens(), pytest.raises(NothingHeld):
        released("cor", group)


def test_an_outsider_releases_nothing_of_ours(order, other_agency_officer):
    ingested(event(1, order=order, tokens={"output": 16_385}, requests=1))

    with nothing_happens(), pytest.raises(NotAllowed):
        released("other_agency_officer")
    with nothing_happens(), pytest.raises(NothingHeld):
        release_usage(
            agency_id=other_agency_officer.own_organization_id,
            calls=held_group(),
            reason=WHY,
            by=other_agency_officer,
            at=LATER,
        )


def test_what_is_held_is_reserved_at_the_highest_price_that_can_apply(order):
    # Given calls held for different reasons; input costs $2.00, output $8.00
    ingested(
        event(1, order=order, basis="estimated"),
        event(2, order=order, tokens={"input": 1_000, "visible": 100}),
        event(3, order="ord_mistyped"),
        event(4, order=order, basis="absent", lines=None, requests=None),
    )

    # Then each is worth the most that it may come to, and none of them nothing
    found = {each.reason: each for each in suspense(ours())}
    assert found["UNKNOWN_CLASS"].dollars == Decimal("0.0028")
    assert found["UNKNOWN_ORDER"].dollars == Decimal("0.0028")
    # The stream that broke off: all that the model can take in and answer
    absent = Decimal(128_000 * 2 + 16_384 * 8) / 1_000_000
    held = {(each.reason, each.detail): each.dollars for each in suspense(ours())}
    assert held["NOT_MEASURED", "estimated"] == Decimal("0.0028")
    assert held["NOT_MEASURED", "absent"] == absent
