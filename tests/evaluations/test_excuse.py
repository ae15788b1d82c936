"""Excusing a vendor from registration under an exception of the regulation."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.evaluations.models import RegistrationExcuse
from contracting.evaluations.operations.excuse import excuse_registration
from contracting.evaluations.refusals import ExcuseUnfounded, NotOpened
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import after, opened_offers, submitted_offers

pytestmark = pytest.mark.django_db
WHY = "The need is compelling: claims stand still, see the memo."


def excused(submission, *, code="4.1102(a)(5)", reason=WHY, by="contracting_officer"):
    return excuse_registration(
        submission_id=submission.pk,
        code=code,
        reason=reason,
        by=actor(by),
        at=after(submission.solicitation, hours=3),
    )


@pytest.fixture
def offer():
    """Meridian's opened offer; no extract is on record."""
    return opened_offers().submissions.order_by("pk")[0]


def test_an_exception_is_recorded_with_its_code_and_reason_once(offer):
    excused(offer)

    event = AuditEvent.objects.get(event="evaluations.registration.excused")
    assert "4.1102(a)(5)" in event.payload
    assert WHY in event.payload
    with nothing_happens(), pytest.raises(ExcuseUnfounded):
        excused(offer)
    with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
        RegistrationExcuse.objects.update(reason="Another.")


@pytest.mark.rule("R-SUB-06", case="refused")
@pytest.mark.parametrize(
    "part_name", ["contract_specialist", "other_agency_officer", "vendor_a_signer"]
)
def test_only_the_agencys_officer_excuses(offer, part_name):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        excused(offer, by=part_name)

    assert refusal.value.rule == "R-SUB-06"


@pytest.mark.rule("R-SUB-06", case="refused")
@pytest.mark.parametrize(
    "change",
    [{"code": "4.1102(a)(9)"}, {"reason": " ... "}, {"code": "4.1102(a)(1)"}],
    ids=["no such exception", "no reason", "no micro-purchase"],
)
def test_an_exception_that_does_not_apply_excuses_nobody(offer, change):
    with nothing_happens(), pytest.raises(ExcuseUnfounded) as refusal:
        excused(offer, **change)

    assert refusal.value.rule == "R-SUB-06"


def test_a_sealed_offer_is_not_excused():
    sealed = submitted_offers()[0]

    with nothing_happens(), pytest.raises(NotOpened):
        excused(sealed)


def test_the_officer_excuses_on_the_page_of_the_offer(offer, monkeypatch):
    # Given an offer whose vendor stands in no extract
    now = after(offer.solicitation, hours=3)
    monkeypatch.setattr("contracting.core.clock.now", lambda: now)
    browser = client_for(actor("contracting_officer"))
    page = reverse("evaluations:offer", args=[offer.public_id])
    url = reverse("evaluations:excuse_registration", args=[offer.public_id])
    assert "No extract is on record" in browser.get(page).text

    # When the exception is recorded there
    reply = submit(browser, url, {"code": "4.1102(a)(5)", "reason": WHY})

    # Then the page of the offer says so; an outsider finds nothing
    assert reply.status_code == 303
    shown = browser.get(page).text
    assert WHY in shown
    assert "No extract is on record" not in shown
    assert "excused already" in browser.get(url).text
    assert client_for(actor("other_agency_officer")).get(url).status_code == 404
