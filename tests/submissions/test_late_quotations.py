"""A late quotation binds nobody to leave it aside, unless its request says so."""

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.submissions.operations.admit import admit_late_submission
from contracting.submissions.operations.open_late import open_late_submission
from contracting.submissions.queries import offers_of
from contracting.submissions.refusals import ExceptionUnfounded, LatenessBinds
from contracting.submissions.states import LateException, SubmissionState
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import (
    PASSPHRASE,
    after,
    latest_version,
    opened_offers,
    submitted_offer,
    submitted_offers,
)

pytestmark = pytest.mark.django_db


def late_on(**terms):
    """A late answer beside two that are open, to a request with these terms."""
    solicitation = released_solicitation(terms=terms)
    submitted_offers(on=solicitation)
    submission = submitted_offer(
        on=solicitation, by="other_vendor_signer", at=after(solicitation, minutes=1)
    )
    opened_offers(on=solicitation)
    submission.refresh_from_db()
    return submission


def admitted(submission, *, by="contracting_officer", **ground):
    return admit_late_submission(
        submission_id=submission.pk,
        **ground,
        by=actor(by),
        at=after(submission.solicitation, hours=3),
    )


@pytest.mark.rule("R-SUB-11", case="allowed")
def test_a_late_quotation_is_considered_without_an_exception():
    # Given a quotation that came a minute late, on a request that says nothing of it
    late = late_on(kind="RFQ")
    assert late.state == SubmissionState.LATE
    paper = latest_version(late)
    assert paper.is_late

    # When the contracting officer considers it, before any award
    admission = admitted(late)

    # Then the record says why, and a new quorum opens it beside the others
    assert admission.code == LateException.NOT_EXCLUDED
    assert admission.evidence == "The request does not exclude late quotations."
    for part in ("contract_specialist", "contracting_officer"):
        open_late_submission(
            submission_id=late.pk,
            passphrase=PASSPHRASE,
            by=actor(part),
            at=after(late.solicitation, hours=4),
        )
    late.refresh_from_db()
    assert late.state == SubmissionState.OPENED
    assert len(offers_of(late.solicitation)) == 3


@pytest.mark.rule("R-SUB-11", case="refused")
def test_a_late_quotation_stays_aside_where_its_request_says_so():
    # Given a request that says that late quotations are not considered
    late = late_on(kind="RFQ", late_rule=True)

    # Then one is not considered without an exception
    for ground in ({}, {"code": "NOT_EXCLUDED", "evidence": "It says nothing."}):
        with nothing_happens(), pytest.raises(LatenessBinds):
            admitted(late, **ground)

    # And under one that is shown it is, as an offer would be
    admission = admitted(
        late, code="GOVERNMENT_CONTROL", evidence="The log of the gateway."
    )
    assert admission.code == LateException.GOVERNMENT_CONTROL


def test_a_late_offer_needs_an_exception_as_ever():
    late = late_on()

    for ground in ({}, {"code": "NOT_EXCLUDED", "evidence": "It says nothing."}):
        with nothing_happens(), pytest.raises(ExceptionUnfounded):
            admitted(late, **ground)


@pytest.mark.parametrize(
    "part_name", ["contract_specialist", "other_agency_officer", "vendor_a_signer"]
)
def test_only_a_contracting_officer_of_the_agency_considers_it(part_name):
    late = late_on(kind="RFQ")

    with nothing_happens(), pytest.raises(NotAllowed):
        admitted(late, by=part_name)


def test_what_people_read_says_quotation_and_what_lateness_means(monkeypatch):
    # Given a late quotation beside two that are open
    late = late_on(kind="RFQ")
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: after(late.solicitation, hours=3)
    )

    # When its vendor reads its page and its receipt
    vendor = client_for(actor("other_vendor_signer"))
    own = vendor.get(reverse("submissions:submission", args=[late.public_id]))
    receipt = vendor.get(
        reverse("submissions:receipt", args=[latest_version(late).public_id])
    )

    # Then both say that it may still be considered
    for page in (own, receipt):
        words = page.content.decode()
        assert "may consider a late quotation" in words
        assert "not considered" not in words

    # And the officer considers it with one click, for no exception is asked
    officer = client_for(actor("contracting_officer"))
    opening = officer.get(
        reverse("submissions:opening", args=[late.solicitation.public_id])
    ).content.decode()
    assert "Consider this late quotation" in opening
    address = reverse("submissions:admit_late_submission", args=[late.public_id])
    answer = submit(officer, address, {})
    assert answer.status_code == 303
