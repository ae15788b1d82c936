"""Samples come in any order; the test goes on in the order of drawing."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracting.billing.models import Invoice
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.operate.queries import broken_invariants
from contracting.recounts import queries
from contracting.recounts.models import CountFlag, RecountSample, RecountStanding
from contracting.recounts.operations.end_plan import end_recount_plan
from contracting.recounts.refusals import (
    BadSample,
    PlanEnded,
    SampleDiffers,
    UnknownCall,
)
from contracting.recounts.states import Verdict
from tests.builders_metering import CALLED_AT
from tests.cast import actor, machine, nothing_happens
from tests.recounts.conftest import CALLS, NOW, adopted, allowed, sample, sent


@pytest.fixture
def plan(order):
    allowed(order)
    return adopted(order)


def padded():
    """Each call is reported with half as many tokens again."""
    return [sample(n, reported=150) for n in range(CALLS)]


def test_a_padded_count_is_flagged_once_and_changes_no_payment(plan, recounter):
    by, _text = recounter
    invoices = list(Invoice.objects.values())

    following = sent(plan, padded(), by)

    # Then it is flagged, people of the agency know, and nobody pays otherwise
    assert following == CALLS + 1
    flag = CountFlag.objects.get()
    assert flag.samples == queries.standing_of(plan).first_over
    assert queries.verdict_of(plan) == Verdict.FLAGGED
    told = Notice.objects.filter(title__contains="flagged")
    assert told.exists()
    assert list(Invoice.objects.values()) == invoices
    assert broken_invariants() == {}

    # And what is sent again changes nothing
    with nothing_happens():
        assert sent(plan, padded()[:7], by) == CALLS + 1


def test_whatever_order_they_arrive_in_the_test_is_the_same(order, recounter):
    by, _text = recounter
    allowed(order)
    of = random.Random(7)
    samples = [sample(n, reported=of.randrange(90, 112)) for n in range(CALLS)]

    # Given one plan whose samples arrive in their order
    plan = adopted(order)
    sent(plan, samples, by)
    straight = queries.standing_of(plan)

    # When the same arrive shuffled in parts, in a world of their own
    with transaction.atomic():
        other = shuffled_again(order, samples, by)
        transaction.set_rollback(True)

    assert other == straight
    assert straight.samples == CALLS


def shuffled_again(order, samples, by):
    ended = order.contract.recount_plans.get()
    end_recount_plan(
        plan_id=ended.pk, reason="Anew.", by=actor("contracting_officer"), at=NOW
    )
    again = adopted(order, key_commitment="b" * 64)
    mixed = random.Random(3).sample(samples, len(samples))
    ends = [sent(again, mixed[n : n + 7], by) for n in range(0, CALLS, 7)]
    assert ends == sorted(ends)
    assert ends[0] < CALLS + 1
    return queries.standing_of(again)


def test_a_gap_holds_the_test_until_it_is_filled_and_a_lost_text_counts_as_exact(
    plan, recounter
):
    by, _text = recounter

    assert sent(plan, [sample(0), sample(2)], by) == 2
    assert sent(plan, [sample(1, recounted=None)], by) == 4

    assert list(RecountStanding.objects.values_list("samples", flat=True)) == [1, 3]
    lost = RecountSample.objects.get(position=2)
    assert (lost.recounted, lost.metered) == (None, 100)


def test_without_an_allowance_there_is_an_estimate_and_no_verdict(order, recounter):
    by, _text = recounter
    plan = adopted(order)

    sent(plan, padded(), by)

    assert queries.verdict_of(plan) == Verdict.NO_VERDICT
    assert not CountFlag.objects.exists()
    assert broken_invariants() == {}


def test_what_is_not_drawn_not_counted_or_not_ours_is_refused(order, recounter):
    by, _text = recounter
    plan = adopted(order, rate=Decimal("0.1"))
    drawn = [n for n in range(CALLS) if int(sample(n).proof[:2], 16) < 25]
    others = [n for n in range(CALLS) if int(sample(n).proof[:2], 16) > 26]
    good = sample(drawn[0], position=1)

    for samples, tokenizer in (
        ([sample(others[0], position=1)], "a" * 64),
        ([good], "b" * 64),
        ([sample(drawn[0], position=0)], "a" * 64),
        ([sample(drawn[0], reported=-1, position=1)], "a" * 64),
        ([good, good], "a" * 64),
        ([], "a" * 64),
    ):
        with nothing_happens(), pytest.raises(BadSample):
            sent(plan, samples, by, tokenizer=tokenizer)
    stranger = next(n for n in range(100, 999) if int(sample(n).proof[:2], 16) < 25)
    with nothing_happens(), pytest.raises(UnknownCall):
        sent(plan, [sample(stranger, position=1)], by)

    sent(plan, [good], by)
    with nothing_happens(), pytest.raises(SampleDiffers):
        sent(plan, [sample(drawn[0], recounted=99, position=1)], by)
    with nothing_happens(), pytest.raises(SampleDiffers):
        sent(plan, [sample(drawn[0], position=2)], by)


def test_a_call_older_than_the_plan_was_drawn_by_nobody(order, recounter):
    by, _text = recounter
    plan = adopted(order, at=CALLED_AT + timedelta(minutes=1))

    with nothing_happens(), pytest.raises(UnknownCall):
        sent(plan, [sample(0)], by)


def test_only_the_key_of_the_client_sends_and_not_after_the_end(plan, recounter):
    by, _text = recounter
    for stranger in (
        machine("gateway"),
        machine("other_agency_gateway"),
        machine("vendor_a_machine"),
        actor("contracting_officer"),
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            sent(plan, [sample(0)], stranger)
    sent(plan, [sample(0)], by)
    with transaction.atomic(), pytest.raises(DatabaseError):
        RecountSample.objects.update(recounted=1)

    end_recount_plan(
        plan_id=plan.pk, reason="Done.", by=actor("contracting_officer"), at=NOW
    )
    with nothing_happens(), pytest.raises(PlanEnded):
        sent(plan, [sample(1)], by)
