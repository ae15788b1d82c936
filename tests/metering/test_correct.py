"""A correction is a signed row that names the original, which stays as it was."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, Tokens
from contracting.core.subjects import Subject
from contracting.ledger.invariants import INVARIANTS as LEDGER
from contracting.ledger.models import Transfer
from contracting.ledger.operations.accept import accept_usage
from contracting.ledger.queries import balances_of
from contracting.ledger.refusals import NotReversible
from contracting.metering.models import UsageEvent, UsageLine, UsageRating
from contracting.metering.operations.correct import correct_usage
from contracting.metering.refusals import NothingToCorrect
from contracting.notices.models import Notice
from contracting.orders.models import TaskOrder
from tests.builders_metering import (
    assert_the_books_balance,
    event,
    ingested,
    order_for,
    usage_source,
)
from tests.cast import actor, nothing_happens

CORRECTED_AT = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)


def corrected(changes, *, of="call-1", name="correction-1", by="cor", **more):
    return correct_usage(
        source_id=usage_source().pk,
        event_id=of,
        correction_id=name,
        changes=changes,
        reason=more.pop("reason", "The gateway counted a retry."),
        by=actor(by),
        at=more.pop("at", CORRECTED_AT),
    )


def used(order):
    rows = balances_of(order.lines.get().holder)
    return (
        sum(row.consumed_tokens for row in rows),
        sum(row.consumed_dollars for row in rows),
        sum(row.unfunded_tokens for row in rows),
        sum(row.unfunded_dollars for row in rows),
    )


def row_of(event_id):
    """Everything that is stored of an event."""
    return (
        UsageEvent.objects.filter(event_id=event_id).values(),
        list(UsageLine.objects.filter(event_id=event_id).values_list()),
        list(UsageRating.objects.filter(event_id=event_id).values_list()),
    )


@pytest.mark.rule("R-MET-05", case="allowed")
def test_a_correction_counts_today_at_the_price_of_then(order):
    # Given a call of 20 April
    ingested(event(1, order=order))
    original = [list(row_of("call-1")[0]), *row_of("call-1")[1:]]

    # When the representative takes back 400 tokens in and adds 10 out, on 4 May
    made = corrected({"IN_UNCACHED": -400, "OUT_TEXT": 10})

    # Then the original is as it was, and the correction names it, with reason and day
    assert [list(row_of("call-1")[0]), *row_of("call-1")[1:]] == original
    assert (made.corrects, made.occurred_at) == ("call-1", CORRECTED_AT)
    assert made.correction_reason == "The gateway counted a retry."
    signed = UsageRating.objects.filter(event_id="correction-1")
    assert {
        (r.token_class_code, r.tokens, r.dollars, r.accounting_day) for r in signed
    } == {
        ("IN_UNCACHED", -400, Decimal("-0.0008"), date(2026, 5, 4)),
        ("OUT_TEXT", 10, Decimal("0.00008"), date(2026, 5, 4)),
    }

    # And the ledger has reversed the posting and posted what is right
    assert used(order) == (710, Decimal("0.00208"), 0, 0)
    assert Transfer.objects.filter(kind="REVERSE").count() == 1
    subject = Subject("metering.source", usage_source().pk, "")
    last = events_of(subject).last()
    assert last is not None
    assert last.event in {"metering.usage.corrected", "ledger.usage.consumed"}
    assert_the_books_balance()


def test_a_call_is_taken_back_to_nothing_and_no_further(order):
    # Given a call, of which 900 of a thousand tokens were taken back
    ingested(event(1, order=order))
    corrected({"IN_UNCACHED": -900})

    # Then 101 more are refused, and a hundred more leave nothing
    with nothing_happens(), pytest.raises(NothingToCorrect) as refusal:
        corrected({"IN_UNCACHED": -101}, name="correction-2")
    assert refusal.value.data["left"] == 100
    corrected({"IN_UNCACHED": -100, "OUT_TEXT": -100}, name="correction-2")
    assert used(order) == (0, 0, 0, 0)
    assert_the_books_balance()


def test_what_was_not_funded_is_taken_back_first(contract):
    # Given a cent of funds and two calls of $0.008, so that 750 tokens are unfunded
    order = order_for("0.01", on=contract)
    ingested(event(1, order=order, tokens={"output": 1_000}))
    ingested(event(2, order=order, tokens={"output": 1_000}))
    assert used(order) == (1_250, Decimal("0.01"), 750, Decimal("0.006"))

    # When 800 tokens are taken back
    corrected({"OUT_TEXT": -800}, of="call-2")

    # Then nothing is unfunded any more, and 50 tokens of funds are free again
    assert used(order) == (1_200, Decimal("0.0096"), 0, 0)
    assert_the_books_balance()


def test_a_correction_reaches_over_several_batches(order):
    for number in range(1, 4):
        ingested(event(number, order=order))

    corrected({"IN_UNCACHED": -1_000}, of="call-1")

    assert used(order)[0] == 2 * 1_100 + 100
    assert_the_books_balance()


def test_added_tokens_may_pass_the_limit_and_give_notice(contract):
    # Given an order funded for $40, of which $29 are used
    order = order_for("40.00", on=contract)
    ingested(event(1, order=order, tokens={"output": 3_625_000}))
    told = Notice.objects.filter(title__contains="percent of the funds")

    # When a correction adds fifteen dollars
    corrected({"OUT_TEXT": 1_875_000})

    # Then it is recorded in full, four dollars of it unfunded, and everybody is told
    assert used(order) == (5_000_000, Decimal("40"), 500_000, Decimal("4"))
    officer = told.filter(recipient_user_id=actor("contracting_officer").user_id)
    shares = [n.title.split()[0] for n in officer.order_by("pk")]
    assert shares == ["50", "75", "85", "90", "100"]
    assert_the_books_balance()


@pytest.mark.rule("R-MET-05", case="refused")
@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"IN_UNCACHED": -1}, {"of": "call-unknown"}),
        ({"IN_UNCACHED": -1}, {"of": "call-held"}),
        ({"IN_UNCACHED": -1}, {"of": "correction-0"}),
        ({"IN_UNCACHED": -1}, {"name": "call-1"}),
        ({"IN_UNCACHED": -1}, {"name": "correction-0"}),
        ({"IN_UNCACHED": -1}, {"name": " "}),
        ({"IN_UNCACHED": -1}, {"reason": "  "}),
        ({}, {}),
        ({"IN_UNCACHED": 0}, {}),
        ({"IN_UNCACHED": 2**53}, {}),
        ({"IN_UNCACHED": -1_001}, {}),
        ({"OUT_REASONING": -1}, {}),
        ({"OUT_REASONING": 1}, {}),
    ],
)
def test_a_correction_that_cannot_stand_is_refused(order, changes, more):
    # Given a call, a correction of it, and a call that is held
    ingested(event(1, order=order), event("held", order="ord_unknown"))
    corrected({"OUT_TEXT": -1}, name="correction-0")

    with nothing_happens(), pytest.raises(NothingToCorrect) as refusal:
        corrected(changes, **more)

    assert refusal.value.rule == "R-MET-05"


@pytest.mark.rule("R-MET-05", case="refused", held_by="database")
def test_what_was_stored_is_never_rewritten(order):
    ingested(event(1, order=order))

    for model, change in (
        (UsageEvent, {"order_ref": "other"}),
        (UsageLine, {"tokens": 1}),
        (UsageRating, {"dollars": Decimal(0)}),
    ):
        with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(**change)
        with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


def test_accepted_usage_is_not_taken_back(order):
    # Given a call whose usage the Government has accepted
    ingested(event(1, order=order, tokens={"output": 10_000}))
    line = order.lines.get()
    accept_usage(
        holder=line.holder,
        acrn=None,
        exact=Dollars("0.08"),
        rounded=Dollars("0.08"),
        tokens=Tokens(10_000),
        because=order.subject,
        by=actor("cor"),
        at=CORRECTED_AT,
    )

    # Then it is disputed or credited, not corrected
    with nothing_happens(), pytest.raises(NotReversible):
        corrected({"OUT_TEXT": -1})


@pytest.mark.rule("R-MET-05", case="allowed")
def test_what_is_not_accepted_yet_is_taken_back_of_a_posting_that_mostly_is(order):
    # Given a posting of ten thousand tokens, of which 9,900 are accepted
    ingested(event(1, order=order, tokens={"output": 10_000}))
    accept_usage(
        holder=order.lines.get().holder,
        acrn=None,
        exact=Dollars("0.0792"),
        rounded=Dollars("0.08"),
        tokens=Tokens(9_900),
        because=order.subject,
        by=actor("cor"),
        at=CORRECTED_AT,
    )

    # When fifty are taken back, then fifty more
    corrected({"OUT_TEXT": -50})
    assert used(order) == (9_950, Decimal("0.0796"), 0, 0)
    corrected({"OUT_TEXT": -50}, name="correction-2")

    # Then what is accepted stands, and not a token of it is taken back
    assert used(order) == (9_900, Decimal("0.0792"), 0, 0)
    with nothing_happens(), pytest.raises(NotReversible) as refusal:
        corrected({"OUT_TEXT": -1}, name="correction-3")
    assert refusal.value.data["short_by"] == Tokens(1)
    assert [said for each in LEDGER for said in each.check()] == []


def test_usage_of_a_closed_order_is_not_corrected(order):
    ingested(event(1, order=order))
    for state in ("COMPLETED", "CLOSED"):
        TaskOrder.objects.filter(pk=order.pk).update(state=state)

    with nothing_happens(), pytest.raises(NothingToCorrect):
        corrected({"OUT_TEXT": -1})


@pytest.mark.parametrize(
    "part_name",
    ["contracting_officer", "program_manager", "vendor_a_signer"]
    + ["other_agency_officer"],
)
def test_only_a_representative_of_the_agency_corrects(order, part_name):
    ingested(event(1, order=order))

    with nothing_happens(), pytest.raises(NotAllowed):
        corrected({"OUT_TEXT": -1}, by=part_name)


def test_a_gateway_cannot_use_the_name_of_a_correction(order):
    ingested(event(1, order=order))
    corrected({"OUT_TEXT": -1}, name="call-2")

    receipt = ingested(event(2, order=order), at=CORRECTED_AT + timedelta(hours=1))

    assert receipt.batch.conflict == 1
    assert_the_books_balance()
