"""Held usage that nobody is charged for is disposed of, and stays listed."""

from datetime import timedelta

import pytest
from django.utils.html import strip_tags

from contracting.audit.queries import events_of
from contracting.closeout.queries import blockers_of_completion
from contracting.core.errors import NotAllowed
from contracting.core.subjects import Subject
from contracting.metering.models import UsageDisposal, UsageEvent
from contracting.metering.operations.assign import assign_usage
from contracting.metering.operations.dispose import dispose_usage
from contracting.metering.queries import HeldCalls, disposed, suspense
from contracting.metering.refusals import NothingHeld, ReasonMissing
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    assert_the_books_balance,
    event,
    ingested,
    statuses,
)
from tests.cast import actor, client_for, nothing_happens, submit

LATER = DELIVERED_AT + timedelta(days=1)
WHY = "The stream broke off and the gateway guessed."


def ours():
    return actor("cor").own_organization_id


def held_group(event_id=""):
    (group,) = suspense(ours())
    return HeldCalls(group.reason, group.detail, group.order_ref, event_id)


def disposed_of(calls=None, by="cor", agency=None, code="ESTIMATED", reason=WHY):
    return dispose_usage(
        agency_id=agency or ours(),
        calls=calls or held_group(),
        code=code,
        reason=reason,
        by=actor(by),
        at=LATER,
    )


@pytest.mark.rule("R-MET-08", case="allowed")
@pytest.mark.parametrize("part_name", ["cor", "contracting_officer"])
@pytest.mark.parametrize(
    "changed",
    [
        {"basis": "estimated"},
        {"at": CALLED_AT - timedelta(days=30)},
        {"boundary": "IL5"},
        {"tokens": {"aura": 5}},
    ],
    ids=["estimated", "out of period", "no price", "unknown class"],
)
def test_held_calls_no_longer_keep_an_order_open(order, part_name, changed):
    # Given a held call that keeps the order from being completed
    one = event(1, order=order, **changed)
    ingested(one)
    late = DELIVERED_AT + timedelta(days=400)
    assert any("suspense" in each.what for each in blockers_of_completion(order, late))

    # When it is disposed of
    assert disposed_of(by=part_name) == 1

    # Then it blocks nothing, and stays stored, listed and counted
    assert blockers_of_completion(order, late) == []
    assert suspense(ours()) == []
    (group,) = disposed(ours())
    assert (group.code, group.events) == ("ESTIMATED", 1)
    assert group.tokens == sum(each["tokens"] for each in one["data"]["lines"])
    assert UsageEvent.objects.count() == 1

    # And it is recorded, sent again a duplicate, never assigned, and the books balance
    subject = Subject("metering.suspense", ours(), "")
    last = events_of(subject).filter(event="metering.usage.disposed").last()
    assert last is not None
    assert statuses(ingested(one)) == ["duplicate"]
    with nothing_happens(), pytest.raises(NothingHeld):
        assign_usage(agency_id=ours(), by=actor("cor"), at=LATER)
    assert_the_books_balance()


@pytest.mark.rule("R-MET-08", case="refused")
@pytest.mark.parametrize("missing", [{"reason": "  "}, {"code": ""}, {"code": "X"}])
def test_nothing_is_disposed_of_without_code_and_reason(order, missing):
    ingested(event(1, order=order, basis="estimated"))

    with nothing_happens(), pytest.raises(ReasonMissing):
        disposed_of(**missing)


def test_nothing_is_disposed_of_twice(order):
    ingested(event(1, order=order, basis="estimated"))
    group = held_group()
    disposed_of(group)

    with nothing_happens(), pytest.raises(NothingHeld):
        disposed_of(group)


@pytest.mark.parametrize(
    "part_name",
    ["program_manager", "administrator", "vendor_a_signer", "other_agency_officer"],
)
def test_only_the_representative_or_the_officer_disposes(order, part_name):
    ingested(event(1, order=order, basis="estimated"))

    with nothing_happens(), pytest.raises(NotAllowed):
        disposed_of(by=part_name)


def test_an_outsider_disposes_of_nothing_of_ours(order, other_agency_officer):
    ingested(event(1, order=order, basis="estimated"))
    group = held_group()

    with nothing_happens(), pytest.raises(NothingHeld):
        disposed_of(
            group,
            by="other_agency_officer",
            agency=other_agency_officer.own_organization_id,
        )


def test_held_calls_are_disposed_of_in_the_browser(order, cor, now):
    ingested(event(1, order=order, basis="estimated"))
    browser = client_for(cor)
    (group,) = suspense(ours())
    address = f"/usage/dispose_usage?group={group.key}"
    form = {"group": group.key, "code": "ESTIMATED", "reason": WHY}

    assert address in browser.get("/usage/suspense").content.decode()
    assert browser.get(address).status_code == 200
    assert submit(browser, address, {**form, "code": ""}).status_code == 422
    assert submit(browser, address, form).status_code == 303

    assert UsageDisposal.objects.count() == 1
    shown = strip_tags(browser.get("/usage/suspense").content.decode())
    assert "Nothing is held; what was disposed of is listed below." in shown
    assert WHY in shown


@pytest.mark.parametrize("verb", ["assign_usage_to_order", "dispose_usage"])
def test_who_may_not_is_told_why(order, verb):
    browser = client_for(actor("administrator"))

    with nothing_happens():
        assert browser.get(f"/usage/{verb}").status_code == 403
        assert browser.post(f"/usage/{verb}").status_code == 403
