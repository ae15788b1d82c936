"""An outage at the deadline moves it, on the contracting officer's word."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from contracting.approvals.models import Override
from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.solicitations.invariants import INVARIANTS as OF_SOLICITATIONS
from contracting.submissions.health.models import BegunUpload, LateRelief, OutageRuling
from contracting.submissions.invariants import INVARIANTS
from contracting.submissions.models import InclusionProof
from contracting.submissions.operations.close import close_receipts
from contracting.submissions.operations.log import log_health
from contracting.submissions.operations.resolve import resolve_outage
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.refusals import (
    NotOpenForOffers,
    OutageNotShown,
    OutageUnresolved,
)
from contracting.submissions.states import SubmissionState
from tests.builders import DEADLINE, released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import (
    after,
    amended_solicitation,
    deadline,
    latest_version,
    offer_on,
    opened_offers,
    submitted_offer,
)

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NOON = DEADLINE + timedelta(hours=1)
MONDAY = datetime(2026, 3, 23, 21, 0, tzinfo=UTC)
"""Five in the afternoon of the Monday after that Friday, in Washington."""
WHY = "The site answered nobody from 16:50 on; the log of the gateway agrees."


def silent(*, until=20, since=-10):
    """A log that is silent around the deadline, minutes from it."""
    for minute in (since - 1, since, *([] if until is None else [until, until + 1])):
        log_health(at=DEADLINE + minute * MINUTE)


def ruled(solicitation, *, is_confirmed=True, reason=WHY, by=None, at=NOON):
    return resolve_outage(
        solicitation_id=solicitation.pk,
        is_confirmed=is_confirmed,
        reason=reason,
        by=by or actor("contracting_officer"),
        at=at,
    )


def closed(solicitation, at):
    return close_receipts(solicitation_id=solicitation.pk, by=SYSTEM, at=at)


def broken():
    every = [*INVARIANTS, *OF_SOLICITATIONS]
    return [each.code for each in every if list(each.check())]


@pytest.mark.rule("R-SUB-08", case="allowed")
def test_a_confirmed_outage_moves_the_deadline_for_everybody():
    # Given one offer in time, and one that came ten minutes late during an outage
    solicitation = released_solicitation()
    submitted_offer(on=solicitation)
    silent()
    late = submitted_offer(
        on=solicitation, by="vendor_b_signer", at=DEADLINE + 30 * MINUTE
    )
    assert late.state == SubmissionState.LATE

    # When the officer confirms it
    ruling = ruled(solicitation)

    # Then it is due at the same time of the first working day, and both are in time
    solicitation.refresh_from_db()
    assert solicitation.deadline == ruling.new_deadline == MONDAY
    late.refresh_from_db()
    assert late.state == SubmissionState.SUBMITTED
    assert late.version_of_record == latest_version(late)
    third = submitted_offer(
        on=solicitation, by="other_vendor_signer", at=MONDAY - MINUTE
    )
    assert third.state == SubmissionState.SUBMITTED

    # And everybody was told, and it is on record with the interval of the log
    told = Notice.objects.filter(title__endswith="has moved")
    for part in ("vendor_a_signer", "vendor_b_member", "other_vendor_signer"):
        assert told.filter(recipient_user_id=actor(part).user_id).exists()
    assert AuditEvent.objects.filter(event="submissions.outage.resolved").count() == 1
    assert Override.objects.get(rule="R-SUB-08").words == ruling.reason
    public = Client().get(solicitation.public_path).text
    assert "has moved to" in public

    # And all are under the root that closes the receipts on Monday, and are opened
    for beat in (MONDAY - MINUTE, MONDAY + MINUTE):
        log_health(at=beat)
    closed(solicitation, MONDAY + MINUTE)
    assert InclusionProof.objects.count() == 3
    opened_offers(on=solicitation)
    assert {each.state for each in solicitation.submissions.all()} == {
        SubmissionState.OPENED
    }
    assert broken() == []
    with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
        OutageRuling.objects.update(reason="Another.")


@pytest.mark.rule("R-SUB-08", case="allowed")
def test_a_deadline_that_was_amended_moves_from_where_it_stands():
    # Given an amendment that moves the deadline to a Saturday, and an outage then
    solicitation = amended_solicitation()
    for minute in (-10, 20):
        log_health(at=deadline(solicitation) + minute * MINUTE)

    # When it is confirmed
    ruled(solicitation, at=deadline(solicitation) + timedelta(hours=1))

    # Then the next working day is the Monday all the same, and nothing is broken
    solicitation.refresh_from_db()
    assert solicitation.deadline == MONDAY
    assert broken() == []


@pytest.mark.rule("R-SUB-08", case="refused")
def test_before_the_ruling_receipts_are_not_closed():
    solicitation = released_solicitation()
    submitted_offer(on=solicitation)
    silent()

    with nothing_happens(), pytest.raises(OutageUnresolved) as refusal:
        closed(solicitation, NOON)

    assert refusal.value.rule == "R-SUB-08"


@pytest.mark.rule("R-SUB-08", case="allowed")
def test_a_dismissed_outage_leaves_the_deadline():
    # Given a late offer beside a silence of the log
    solicitation = released_solicitation()
    silent()
    late = submitted_offer(on=solicitation, at=DEADLINE + 30 * MINUTE)

    # When the officer dismisses it
    ruling = ruled(solicitation, is_confirmed=False, reason="It was the schedule.")

    # Then nothing moves and receipts are closed
    solicitation.refresh_from_db()
    assert solicitation.deadline == DEADLINE
    late.refresh_from_db()
    assert late.state == SubmissionState.LATE
    with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
        LateRelief.objects.create(version=latest_version(late), ruling=ruling)
    closed(solicitation, NOON)
    assert broken() == []


@pytest.mark.rule("R-SUB-08", case="refused")
@pytest.mark.parametrize(
    ("minutes", "change", "why"),
    [
        ({"since": -3, "until": 1}, {}, "shows no outage"),
        ({"until": None}, {}, "not over"),
        ({}, {"reason": " "}, "Say why"),
    ],
    ids=["no outage", "not over", "no reason"],
)
def test_without_an_outage_in_the_log_nothing_moves(minutes, change, why):
    solicitation = released_solicitation()
    silent(**minutes)

    with nothing_happens(), pytest.raises(OutageNotShown, match=why) as refusal:
        ruled(solicitation, **change)

    assert refusal.value.rule == "R-SUB-08"


@pytest.mark.rule("R-SUB-08", case="refused")
def test_only_the_agencys_officer_rules_and_once():
    solicitation = released_solicitation()
    silent()
    for part in ("contract_specialist", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed) as refusal:
            ruled(solicitation, by=actor(part))
        assert refusal.value.rule == "R-SUB-08"

    ruled(solicitation, is_confirmed=False)

    with nothing_happens(), pytest.raises(OutageNotShown, match="already"):
        ruled(solicitation)


def test_a_closed_deadline_stands():
    solicitation = released_solicitation()
    closed(solicitation, NOON)
    silent()

    with nothing_happens(), pytest.raises(NotOpenForOffers):
        ruled(solicitation, at=NOON + MINUTE)


def test_what_was_begun_in_time_is_listed_with_its_interval(monkeypatch):
    # Given an offer of which the first byte came in time, and the last one late
    solicitation = released_solicitation()
    submitted_offer(on=solicitation)
    late = submit_submission(
        solicitation_id=solicitation.pk,
        offer=offer_on(solicitation),
        acknowledged=[],
        by=actor("vendor_b_signer"),
        at=DEADLINE + MINUTE,
        begun_at=DEADLINE - MINUTE,
    )
    assert BegunUpload.objects.get().version == latest_version(late)

    # When the offers in time are opened
    opened_offers(on=solicitation)

    # Then the officer sees when it was begun and when it was complete
    monkeypatch.setattr("contracting.core.clock.now", lambda: after(solicitation))
    page = reverse("submissions:opening", args=[solicitation.public_id])
    assert "Begun in time on" in client_for(actor("contracting_officer")).get(page).text


def test_the_officer_rules_in_the_browser(monkeypatch):
    # Given an outage at the deadline
    solicitation = released_solicitation()
    silent()
    monkeypatch.setattr("contracting.core.clock.now", lambda: NOON)
    officer = client_for(actor("contracting_officer"))
    opening = reverse("submissions:opening", args=[solicitation.public_id])
    url = reverse("submissions:resolve_outage", args=[solicitation.public_id])
    assert "silent at the deadline" in officer.get(opening).text
    assert "Mon 23 Mar 2026" in officer.get(url).text

    # When it is confirmed there
    reply = submit(officer, url, {"is_confirmed": "yes", "reason": WHY})

    # Then the page of the opening says so; a vendor finds no such page
    assert reply.status_code == 303
    shown = officer.get(opening).text
    assert WHY in shown
    assert "silent at the deadline" not in shown
    assert "nothing to decide" in officer.get(url).text
    assert client_for(actor("vendor_a_signer")).get(url).status_code == 404
