"""An officer approves a re-rating, and ratings are added as its report says."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed, Stale
from contracting.ledger.queries import balances_of
from contracting.metering.models import DailyUsage, UsageRating, UsageRerating
from contracting.metering.operations.correct import correct_usage
from contracting.metering.operations.rebuild import rebuild_rollups
from contracting.metering.refusals import NothingToRerate
from contracting.metering.states import RatingRunState
from contracting.notices.models import Notice
from tests.builders_metering import (
    CALLED_AT,
    assert_the_books_balance,
    event,
    ingested,
    order_for,
    usage_source,
)
from tests.builders_reratings import APPROVED_AT, approved, prepared, price_fell
from tests.cast import actor, nothing_happens

AFTER = CALLED_AT + timedelta(days=3)


def used(order):
    rows = balances_of(order.lines.get().holder)
    return (
        sum(row.consumed_tokens for row in rows),
        sum(row.consumed_dollars for row in rows),
        sum(row.unfunded_tokens for row in rows),
        sum(row.unfunded_dollars for row in rows),
    )


@pytest.fixture
def fell(order, contract):
    """A call before the day and one after it; then it is known that a price fell."""
    ingested(event(1, order=order))
    ingested(event(2, order=order, at=AFTER), at=AFTER)
    price_fell(contract)
    return contract


@pytest.mark.rule("R-MET-05", case="allowed")
def test_12_a_price_that_fell_after_the_fact_is_rated_by_another_run(fell, order):
    # Given usage of both sides of the day from which the lower price holds
    ratings = list(UsageRating.objects.order_by("pk").values_list())
    assert used(order) == (2_200, Decimal("0.0056"), 0, 0)

    # When an officer approves what a specialist has prepared
    run = approved(prepared(fell))

    # Then the old ratings stay, and one is added for the tokens that it changes
    assert run.state == RatingRunState.POSTED
    assert list(UsageRating.objects.order_by("pk").values_list()) == ratings
    again = UsageRerating.objects.get()
    assert (again.event_id, again.token_class_code) == ("call-2", "IN_UNCACHED")
    assert (again.old_dollars, again.dollars) == (Decimal("0.002"), Decimal("0.0015"))
    assert (again.tokens, again.accounting_day) == (1_000, date(2026, 4, 23))

    # And balances and roll-ups say what both days cost now; the earlier is unchanged
    assert used(order) == (2_200, Decimal("0.0051"), 0, 0)
    by_day = DailyUsage.objects.filter(token_class_code="IN_UNCACHED").order_by("day")
    assert list(by_day.values_list("day", "tokens", "dollars", "events")) == [
        (date(2026, 4, 20), 1_000, Decimal("0.002"), 1),
        (date(2026, 4, 23), 1_000, Decimal("0.0015"), 1),
    ]
    assert rebuild_rollups(order_id=order.pk, by=SYSTEM, at=APPROVED_AT) == 0
    told = Notice.objects.filter(title__contains="was rated anew")
    assert actor("cor").user_id in {each.recipient_user_id for each in told}
    assert_the_books_balance()

    # And the same days have nothing left to rate anew
    with nothing_happens(), pytest.raises(NothingToRerate):
        prepared(fell)


def test_funds_that_a_lower_price_frees_pay_for_what_was_unfunded(contract):
    # Given an order whose cent is used up: half a call was not funded
    order = order_for("0.01", on=contract)
    ingested(event(1, order=order, tokens={"input": 4_000}, at=AFTER), at=AFTER)
    ingested(event(2, order=order, tokens={"input": 4_000}, at=AFTER), at=AFTER)
    assert used(order) == (5_000, Decimal("0.01"), 3_000, Decimal("0.006"))

    # When the price falls from $2.00 to $1.25
    price_fell(contract, "1.25")
    approved(prepared(contract))

    # Then all of it is funded
    assert used(order) == (8_000, Decimal("0.01"), 0, 0)
    assert_the_books_balance()


def test_a_correction_goes_with_its_call_before_and_after(fell, order):
    # Given a call of which a part was taken back before the run
    take_back("correction-1", -300)

    approved(prepared(fell))
    # Then what is left of it has the lower price
    assert used(order)[:2] == (1_900, Decimal("0.00465"))

    # And what is taken back later is taken back at that price
    take_back("correction-2", -200, APPROVED_AT)
    assert used(order)[:2] == (1_700, Decimal("0.00435"))
    assert_the_books_balance()


def take_back(name, tokens, at=datetime(2026, 5, 4, 13, 0, tzinfo=UTC)):
    correct_usage(
        source_id=usage_source().pk,
        event_id="call-2",
        correction_id=name,
        changes={"IN_UNCACHED": tokens},
        reason="The gateway counted a retry.",
        by=actor("cor"),
        at=at,
    )


def test_a_second_fall_goes_on_from_the_first(fell, order):
    approved(prepared(fell))
    price_fell(fell, "1.2", first_day=date(2026, 4, 23))
    run = approved(prepared(fell))

    row = run.differences.get()
    assert (row.old_dollars, row.dollars) == (Decimal("0.0015"), Decimal("0.0012"))
    assert used(order)[:2] == (2_200, Decimal("0.0048"))
    assert_the_books_balance()


def test_late_usage_after_the_run_has_the_price_that_is_known(fell, order):
    approved(prepared(fell))

    ingested(event(3, order=order, at=AFTER), at=APPROVED_AT)

    assert used(order)[:2] == (3_300, Decimal("0.0051") + Decimal("0.0023"))
    assert_the_books_balance()


def test_what_has_changed_since_it_was_prepared_is_not_posted(fell, order):
    # Given a run, and a price that fell once more before it is approved
    run = prepared(fell)
    price_fell(fell, "1.2", first_day=date(2026, 4, 23))

    with nothing_happens(), pytest.raises(Stale):
        approved(run)
    # Nor is what the officer has not read
    run.content_sha256 = "0" * 64
    with nothing_happens(), pytest.raises(Stale):
        approved(run)


@pytest.mark.rule("R-ROL-03", case="refused")
def test_who_prepared_it_does_not_approve_it(fell):
    run = prepared(fell, by="contracting_officer")

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        approved(run)
    assert refusal.value.rule == "R-ROL-03"

    for outsider in ("cor", "vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            approved(run, by=outsider)
    approved(run, by="second_contracting_officer")
    with nothing_happens(), pytest.raises(NotAllowed):
        approved(run, by="second_contracting_officer")


def test_no_rating_is_ever_changed(fell):
    run = approved(prepared(fell))

    for rows in (UsageRerating.objects.all(), run.differences.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(dollars=0)
