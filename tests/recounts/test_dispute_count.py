"""A flagged count is put to the vendor; nothing is withheld for it."""

from datetime import timedelta

import pytest

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.core.periods import accounting_day
from contracting.disputes.models import DisputeCase, JointRecount
from contracting.disputes.operations.freeze import freeze_evidence
from contracting.disputes.operations.open import open_dispute
from contracting.disputes.refusals import CaseIncomplete
from contracting.notices.models import Notice
from contracting.reconciliation.models import Finding
from contracting.recounts import queries
from contracting.recounts.operations.dispute_all import dispute_all
from contracting.recounts.operations.dispute_count import dispute_count
from contracting.recounts.refusals import NotFlagged
from tests.builders_metering import CALLED_AT
from tests.cast import actor, client_for, nothing_happens, submit
from tests.recounts.conftest import CALLS, NOW, adopted, allowed, sample, sent

DAY = timedelta(days=1)


@pytest.fixture
def plan(order, recounter, monkeypatch):
    """Of each call half as much again is reported."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    by, _text = recounter
    allowed(order)
    plan = adopted(order)
    sent(plan, [sample(n, reported=150) for n in range(CALLS)], by)
    return plan


def disputed(plan, order, by="contracting_officer", question="How do you count?"):
    return dispute_count(
        plan_id=plan.pk, order_id=order.pk, question=question, by=actor(by), at=NOW
    )


def to_do(order):
    page = client_for(actor("cor")).get(f"{order.contract.path}/administration")
    return page.content.decode()


def test_the_vendor_is_asked_and_nothing_is_withheld(plan, order):
    # When it is put to the vendor on the page, with the words that are offered
    officer = client_for(actor("contracting_officer"))
    url = f"{plan.path}/dispute_count"
    form = officer.get(url).content.decode()
    assert "Put the flagged count" in to_do(order)
    assert "30 calls were recounted with gpt2" in form
    assert "Dispute the count" in officer.get(plan.path).content.decode()

    answer = submit(officer, url, {"order": order.pk, "question": "How do you count?"})

    assert "Put the flagged count" not in to_do(order)

    # Then there is a dispute without a difference, and both sides read it
    case = DisputeCase.objects.get()
    assert answer["Location"] == case.path
    assert queries.case_of(plan) == case
    assert not Finding.objects.exists()
    page = client_for(actor("vendor_a_signer")).get(case.path).content.decode()
    assert "nothing is withheld for it" in page
    told = Notice.objects.filter(title__contains="explain how calls are counted")
    assert told.exists()
    assert "It was put to the vendor" in officer.get(plan.path).content.decode()
    by = actor("contracting_officer")
    assert freeze_evidence(case_id=case.pk, by=by, at=NOW).sha256

    # And once is enough
    with nothing_happens(), pytest.raises(NotFlagged):
        disputed(plan, order)


def test_only_a_flagged_count_is_disputed_with_a_question(order, recounter):
    by, _text = recounter
    plan = adopted(order)
    sent(plan, [sample(n, reported=150) for n in range(CALLS)], by)
    with nothing_happens(), pytest.raises(NotFlagged):
        disputed(plan, order)


def test_nobody_else_disputes_it_and_not_without_a_question(plan, order):
    for who in ("program_manager", "vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            disputed(plan, order, by=who)
    with nothing_happens(), pytest.raises(CaseIncomplete):
        disputed(plan, order, question=" ")


def test_the_schedule_opens_no_dispute_of_a_difference(order):
    with nothing_happens(), pytest.raises(NotAllowed):
        open_dispute(order_id=order.pk, findings=(), question="Why?", by=SYSTEM, at=NOW)


def test_a_disputed_count_is_counted_anew_by_both_on_days_that_are_named(
    plan, order, monkeypatch
):
    # Given a dispute of the count, which has no difference, and the next morning
    dispute_all(at=NOW)
    case = DisputeCase.objects.get()
    later = NOW + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    day = accounting_day(CALLED_AT, order.contract.time_zone)
    officer = client_for(actor("contracting_officer"))
    url = f"{case.path}/start_recount"
    form = officer.get(url).content.decode()
    assert 'name="first_day"' in form
    assert 'name="finding"' not in form

    # When a day without calls, one that is not over, or too many are named: nothing
    for first, last in ((day, day + 2 * DAY), (day, day - DAY), (day - 40 * DAY, day)):
        with nothing_happens():
            answer = submit(
                officer,
                url,
                {"first_day": first, "last_day": last, "token_class": "OUT_TEXT"},
            )
        assert answer.status_code == 409

    # Then of the day of the calls all are drawn from, and the vendor joins
    answer = submit(
        officer, url, {"first_day": day, "last_day": day, "token_class": "OUT_TEXT"}
    )
    recount = JointRecount.objects.get()
    assert answer["Location"] == recount.path
    assert (recount.finding, recount.population) == (None, CALLS)
    vendor = client_for(actor("vendor_a_signer"))
    submit(vendor, f"{recount.path}/join_recount", {"seed": "sixteen characters"})
    assert recount.calls.count() == recount.sample_size
    assert f"{day:%Y}" in vendor.get(recount.path).content.decode()
