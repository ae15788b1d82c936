"""A month is closed on two words; what comes for it afterwards is an adjustment."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracting.billing.operations.cancel_credit import cancel_credit
from contracting.billing.states import CreditKind
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.documents.queries import documents_of
from contracting.metering.queries.late import late_usage
from contracting.metering.queries.reratings import adjustments_of
from contracting.periods.models import Entry
from contracting.periods.operations.close import close_period
from contracting.periods.queries.checks import checks_of, in_the_way
from contracting.periods.queries.totals import content_of
from contracting.periods.refusals import NotSignedOff, PeriodClosed, PeriodNotReady
from contracting.periods.states import Condition
from tests.builders_billing import COUNTS, Call, compared, used
from tests.builders_credits import credited
from tests.builders_metering import assert_the_books_balance
from tests.builders_periods import (
    APRIL,
    APRIL_ENDED_AT,
    CLOSED_AT,
    COMPARED_AT,
    LATE_AT,
    MAY,
    closed_month,
    signed_off,
)
from tests.builders_reratings import approved, prepared, price_fell
from tests.cast import actor, client_for, nothing_happens
from tests.documents.papers import readers_of, squeezed, words_on


def closing(order, by="contracting_officer", month=APRIL, at=CLOSED_AT):
    return close_period(order_id=order.pk, month=month, by=actor(by), at=at)


def open_conditions(order, month=APRIL, at=CLOSED_AT):
    return {each.condition for each in in_the_way(checks_of(order, month, at))}


@pytest.mark.rule("R-MET-05", case="allowed")
@pytest.mark.rule("R-REC-01", case="allowed")
def test_a_month_is_closed_with_every_total_and_its_hash(order):
    entry = closed_month(order)

    # Then the link holds what the month came to, by line, class and price
    usage = {row["token_class"]: row["tokens"] for row in entry.content["usage"]}
    assert usage == COUNTS
    assert entry.content["sums"] == {
        "tokens": sum(COUNTS.values()),
        "dollars": "2.088794",
        "charged": "0",
        "accepted_tokens": sum(COUNTS.values()),
        "accepted_exact": "2.088794",
        "accepted_cents": "2.09",
        "adjusted": "0",
        "credits": "0",
        "carried": "0",
    }
    assert entry.content_sha256 == content_sha256(entry.content)
    assert (entry.number, entry.previous_sha256) == (1, "")
    assert_the_books_balance()

    # And nobody changes it, or closes it twice
    with nothing_happens(), pytest.raises(PeriodClosed):
        closing(order)
    with (
        pytest.raises(DatabaseError, match="permission denied|only ever added"),
        transaction.atomic(),
    ):
        Entry.objects.update(content={})


@pytest.mark.rule("R-MET-05", case="allowed")
def test_what_comes_after_the_closing_changes_nothing_of_it(order):
    # Given a closed month, late usage of it, and a lower price from before it
    entry = closed_month(order)
    before = dict(entry.content["sums"])
    used(order, [Call("r-late", {"OUT_TEXT": 1_000}, minute=30)], at=LATE_AT)
    price_fell(order.contract, first_day=date(2026, 4, 20))
    approved(prepared(order.contract))

    # Then the month still adds up to what was signed off, as the invariants see
    entry.refresh_from_db()
    assert entry.content["sums"] == before
    assert_the_books_balance()

    # And both are listed for the open month: tokens, and a difference in dollars
    (late,) = late_usage(order)
    assert (late.tokens, late.dollars) == (1_000, Dollars("0.008"))
    (adjustment,) = adjustments_of(order)
    assert adjustment.first_day.replace(day=1) == APRIL
    assert adjustment.change < Dollars()


@pytest.mark.rule("R-REC-01", case="refused")
def test_a_month_that_is_not_compared_is_not_closed(accepted):
    assert open_conditions(accepted) == {Condition.WATERMARK, Condition.COMPARED}

    with nothing_happens(), pytest.raises(PeriodNotReady) as refused:
        closing(accepted)

    # Then everything that is missing is named, with what lifts it
    missing = {each["condition"]: each for each in refused.value.data["missing"]}
    assert set(missing) == {"WATERMARK", "COMPARED"}
    assert all(each["facts"] and each["lifts"] for each in missing.values())


def test_what_came_after_the_comparison_is_compared_first(order):
    assert open_conditions(order) == set()
    used(order, [Call("r-later", {"OUT_TEXT": 1_000}, minute=31)], at=COMPARED_AT)
    assert open_conditions(order) == {Condition.COMPARED}

    # When it is compared, what is found has an owner, who carries it on
    compared(order, at=COMPARED_AT + timedelta(hours=1))

    assert open_conditions(order) == set()
    entry = closed_month(order)
    assert [row["code"] for row in entry.content["carried"]] == ["MISSING_B"]
    assert entry.content["carried"][0]["owner"] == "Lee Representative"


def test_a_month_that_runs_is_not_closed(order):
    running = APRIL_ENDED_AT - timedelta(days=1)

    assert Condition.OVER in open_conditions(order, at=running)
    with nothing_happens(), pytest.raises(PeriodNotReady):
        closing(order, at=running)


def test_months_are_closed_in_their_order(order):
    june = MAY.replace(month=6)
    at = CLOSED_AT + timedelta(days=60)

    assert Condition.EARLIER in open_conditions(order, june, at)
    closed_month(order)
    assert Condition.EARLIER not in open_conditions(order, june, at)


@pytest.mark.rule("R-ROL-04", case="refused")
def test_one_word_is_not_enough(order):
    signed_off(order, "cor")

    with nothing_happens(), pytest.raises(NotSignedOff, match="finance"):
        closing(order)


def test_a_figure_that_changes_takes_the_words_back(order):
    # Given both words, and a discrepancy that is found after them
    signed_off(order, "cor")
    signed_off(order, "payment_certifier")
    used(order, [Call("r-x", {"OUT_TEXT": 10}, minute=30)], at=COMPARED_AT)
    compared(order, at=COMPARED_AT + timedelta(hours=1))

    with nothing_happens(), pytest.raises(NotSignedOff):
        closing(order)


def test_only_some_may_close_a_month(order, other_agency_officer):
    signed_off(order, "cor")
    signed_off(order, "payment_certifier")

    for by in ("contract_specialist", "auditor", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            closing(order, by=by)
    with nothing_happens(), pytest.raises(NotAllowed):
        close_period(
            order_id=order.pk, month=APRIL, by=other_agency_officer, at=CLOSED_AT
        )
    assert closing(order, by="cor").number == 1


def test_the_exact_dollars_are_those_of_the_meter(order):
    entry = closed_month(order)

    exact = sum(Decimal(row["dollars"]) for row in entry.content["usage"])
    assert exact == Decimal("2.088794")


def test_a_closed_month_is_a_paper_of_the_agency_alone(order, told_the_time):
    entry = closed_month(order)

    # Then it has every figure of the link, both words, and the hash of the chain
    paper = documents_of(entry.subject).get()
    sums = entry.content["sums"]
    assert paper.kind == "period_statement"
    assert paper.content_sha256 == entry.content_sha256
    used = paper.context["used"]
    assert sum(row["tokens"] for row in used) == sums["tokens"]
    assert sum(Decimal(row["amount"]) for row in used) == Decimal(sums["dollars"])
    words = words_on(paper)
    for said in (
        entry.sha256,
        "Usage, exact $2.088794",
        "Accepted, to the cent $2.09",
        f"Signed off: representative {actor('cor').name}",
        f"Signed off: finance {actor('payment_certifier').name}",
    ):
        assert squeezed(said) in words, said

    # And the vendor, who sees no books of the agency, finds none
    parts = ("cor", "auditor", "vendor_a_signer", "other_agency_officer")
    assert readers_of(paper, *parts) == {"cor", "auditor"}
    page = client_for(actor("cor")).get(entry.path).content.decode()
    assert paper.public_id in page


def test_a_month_that_is_not_signed_off_is_no_paper(order):
    with nothing_happens(), pytest.raises(NotSignedOff):
        closing(order)


def test_the_credits_of_a_month_are_those_that_became_due_in_it(order):
    # Given a credit of a service level, and one of two that was recorded wrongly
    in_april = APRIL_ENDED_AT - timedelta(days=1)
    credited(order, "0.50", at=in_april)
    wrong = credited(order, "0.30", kind=CreditKind.OVERPAYMENT, at=in_april)
    cancel_credit(
        credit_id=wrong.pk,
        reason="It was recorded twice.",
        by=actor("contracting_officer"),
        at=APRIL_ENDED_AT - timedelta(hours=1),
    )
    credited(order, "0.20", at=CLOSED_AT)

    content = content_of(order, APRIL, CLOSED_AT)

    assert content["credits"] == [
        {"kind": "OVERPAYMENT", "credits": 1, "dollars": "0.3"},
        {"kind": "SLA", "credits": 1, "dollars": "0.5"},
        {"kind": "CANCEL", "credits": 1, "dollars": "-0.3"},
    ]
    assert content["sums"]["credits"] == "0.5"
