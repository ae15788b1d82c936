"""Admitting a late offer under a coded exception, and opening it by a new quorum."""

import pytest
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.submissions.models import HeldShare, OpenedOffer
from contracting.submissions.operations.admit import admit_late_submission
from contracting.submissions.operations.open_late import open_late_submission
from contracting.submissions.queries import offers_of
from contracting.submissions.refusals import (
    AlreadyOpened,
    ExceptionUnfounded,
    WrongPassphrase,
)
from contracting.submissions.states import SubmissionState
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import (
    OPENERS,
    PASSPHRASE,
    after,
    opened_offers,
    submitted_offer,
    submitted_offers,
)

pytestmark = pytest.mark.django_db

EVIDENCE = "The log of the gateway shows it complete at 15:58 on the day before."


@pytest.fixture
def late():
    """A late offer beside two that are open."""
    solicitation = submitted_offers()[0].solicitation
    submission = submitted_offer(
        on=solicitation, by="other_vendor_signer", at=after(solicitation, minutes=1)
    )
    opened_offers(on=solicitation)
    submission.refresh_from_db()
    return submission


def admitted(submission, *, code="ENTRY_POINT", evidence=EVIDENCE, by=None):
    return admit_late_submission(
        submission_id=submission.pk,
        code=code,
        evidence=evidence,
        by=by or actor("contracting_officer"),
        at=after(submission.solicitation, hours=3),
    )


def opened(submission, part, *, passphrase=PASSPHRASE):
    return open_late_submission(
        submission_id=submission.pk,
        passphrase=passphrase,
        by=actor(part),
        at=after(submission.solicitation, hours=4),
    )


@pytest.mark.rule("R-SUB-02", case="allowed")
def test_a_late_offer_is_admitted_on_evidence_and_opened_by_a_new_quorum(late):
    # Given an exception with its evidence
    admission = admitted(late)
    assert admission.evidence == EVIDENCE

    # When one opener gives a share, nothing opens
    opened(late, OPENERS[0])
    assert not OpenedOffer.objects.filter(submission=late).exists()

    # When the second one does, this offer lies open beside the others
    done = opened(late, OPENERS[2])
    assert done.state == SubmissionState.OPENED
    assert HeldShare.objects.count() == 0
    assert late.pk in [offer.submission_id for offer in offers_of(late.solicitation)]
    told = AuditEvent.objects.get(event="submissions.late.admitted")
    assert EVIDENCE in told.payload
    assert AuditEvent.objects.filter(event="submissions.late.opened").count() == 1


@pytest.mark.rule("R-SUB-02", case="refused")
def test_without_an_exception_no_quorum_opens_a_late_offer(late):
    with nothing_happens(), pytest.raises(NotAllowed, match="not admitted") as refusal:
        opened(late, OPENERS[0])

    assert refusal.value.rule == "R-SUB-02"


@pytest.mark.rule("R-SUB-02", case="refused")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"code": "ONLY_PROPOSAL"}, "not the only one"),
        ({"code": "BECAUSE"}, "Name the exception"),
        ({"evidence": "  "}, "evidence"),
    ],
)
def test_an_exception_that_does_not_apply_is_refused(late, change, why):
    with nothing_happens(), pytest.raises(ExceptionUnfounded, match=why) as refusal:
        admitted(late, **change)

    assert refusal.value.rule == "R-SUB-02"


def test_the_only_proposal_may_be_admitted():
    # Given a box in which nothing was in time
    solicitation = released_solicitation()
    late = submitted_offer(on=solicitation, at=after(solicitation, minutes=1))
    opened_offers(on=solicitation)

    assert admitted(late, code="ONLY_PROPOSAL").code == "ONLY_PROPOSAL"


@pytest.mark.rule("R-SUB-02", case="refused")
def test_before_the_opening_nobody_knows_of_a_late_offer():
    solicitation = released_solicitation()
    late = submitted_offer(on=solicitation, at=after(solicitation, minutes=1))

    with nothing_happens(), pytest.raises(NotAllowed):
        admitted(late)
    url = reverse("submissions:admit_late_submission", args=[late.public_id])
    assert client_for(actor("contracting_officer")).get(url).status_code == 404


def test_nobody_but_a_contracting_officer_admits(late):
    for part in ("contract_specialist", "administrator", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            admitted(late, by=actor(part))


def test_it_is_admitted_and_opened_once(late):
    admitted(late)
    with nothing_happens(), pytest.raises(ExceptionUnfounded, match="already"):
        admitted(late)
    with nothing_happens(), pytest.raises(WrongPassphrase):
        opened(late, OPENERS[0], passphrase="seven grey herons at one")
    opened(late, OPENERS[0])
    with nothing_happens(), pytest.raises(NotAllowed, match="somebody else"):
        opened(late, OPENERS[0])
    opened(late, OPENERS[1])

    with nothing_happens(), pytest.raises(AlreadyOpened):
        opened(late, OPENERS[2])


def test_the_officer_admits_and_openers_open_from_the_pages(late, monkeypatch):
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: after(late.solicitation, hours=5)
    )
    officer = client_for(actor("contracting_officer"))
    room = reverse("submissions:opening", args=[late.solicitation.public_id])
    assert "Admit it under an exception" in officer.get(room).content.decode()
    url = reverse("submissions:admit_late_submission", args=[late.public_id])

    reply = submit(officer, url, {"code": "GOVERNMENT_CONTROL", "evidence": EVIDENCE})

    assert reply.status_code == 303
    assert "Open this late offer" in officer.get(room).content.decode()
    late_url = reverse("submissions:open_late_submission", args=[late.public_id])
    consent = {"understood": "on", "passphrase": PASSPHRASE}
    for part in OPENERS[:2]:
        browser = client_for(actor(part))
        assert submit(browser, late_url, consent).status_code == 303
    assert EVIDENCE in officer.get(room).content.decode()
    late.refresh_from_db()
    assert late.state == SubmissionState.OPENED
