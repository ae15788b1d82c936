"""Opening the offers."""

import base64
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Membership
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.documents.models import Blob
from contracting.documents.queries import read_blob
from contracting.solicitations.states import SolicitationState
from contracting.submissions.calculations import OfferedFile
from contracting.submissions.models import ContentKeyWrap, HeldShare, OpenedOffer
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.operations.replace import replace_submission
from contracting.submissions.queries import (
    consents_of,
    offers_of,
    offers_were_opened,
)
from contracting.submissions.refusals import (
    AlreadyOpened,
    SealBroken,
    StillSealed,
    WrongPassphrase,
)
from contracting.submissions.states import SubmissionState
from tests.builders import released_solicitation
from tests.cast import OURS, actor, client_for, nothing_happens, submit
from tests.offers import (
    PASSPHRASE,
    after,
    before,
    deadline,
    offer_on,
    opened_offers,
    submitted_offer,
    submitted_offers,
    the_private_half,
)

pytestmark = pytest.mark.django_db


def opened(solicitation, *, by, at=None, passphrase=PASSPHRASE):
    return open_submissions(
        solicitation_id=solicitation.pk,
        passphrase=passphrase,
        by=by,
        at=at or after(solicitation),
    )


def rows_of_every_table():
    tables = [
        name
        for name in connection.introspection.table_names()
        if name.split("_")[0] in OURS
    ]
    rows = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row[0] for row in cursor.fetchall()]
    return "".join(rows)


@pytest.mark.rule("R-SUB-03", case="allowed")
def test_two_people_open_the_last_version_in_time(
    contract_specialist, contracting_officer, vendor_a_signer
):
    # Given an offer that was replaced, with a file, and a late one
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    file = OfferedFile("plan.pdf", "application/pdf", b"%PDF-1.7 second plan")
    replace_submission(
        submission_id=submission.pk,
        offer=offer_on(solicitation, technical="Second thoughts.", files=[file]),
        acknowledged=[],
        by=vendor_a_signer,
        at=before(solicitation),
    )
    late = submitted_offer(
        on=solicitation, by="vendor_b_signer", at=after(solicitation, seconds=1)
    )

    # When two people open, one after the other
    opened(solicitation, by=contract_specialist)
    assert not offers_were_opened(solicitation)
    opened(solicitation, by=contracting_officer)

    # Then the second version lies open with its prices and file, the late one does not
    offer = OpenedOffer.objects.get()
    assert offer.submission == submission
    assert offer.version.number == 2
    assert offer.technical == "Second thoughts."
    assert offer.rates.count() == solicitation.lines.filter(is_removed=False).count()
    blob = Blob.objects.get(sha256=offer.files[0]["blob_sha256"])
    assert read_blob(blob) == b"%PDF-1.7 second plan"
    solicitation.refresh_from_db()
    assert solicitation.state == SolicitationState.OPENED
    submission.refresh_from_db()
    late.refresh_from_db()
    assert submission.state == SubmissionState.OPENED
    assert late.state == SubmissionState.LATE


def test_one_opener_fewer_than_it_takes_opens_nothing(contract_specialist):
    solicitation = submitted_offers()[0].solicitation

    opened(solicitation, by=contract_specialist)

    assert consents_of(solicitation).get().position == 1
    assert HeldShare.objects.count() == 1
    assert OpenedOffer.objects.count() == 0
    assert list(offers_of(solicitation)) == []
    solicitation.refresh_from_db()
    assert solicitation.state == SolicitationState.RELEASED


def test_nothing_is_left_of_the_shares_and_of_the_key(
    contract_specialist, contracting_officer
):
    # Given an offer that was replaced once
    solicitation = submitted_offers()[0].solicitation
    key = the_private_half(solicitation)

    # When a quorum has opened, no share is kept, and the key is in no row
    opened_offers(on=solicitation)
    assert HeldShare.objects.count() == 0
    everything = rows_of_every_table().encode()
    for spelling in (key.hex().encode(), base64.b64encode(key)[:-1]):
        assert spelling not in everything


@pytest.mark.rule("R-SUB-03", case="refused")
def test_a_wrong_passphrase_opens_nothing(contract_specialist):
    solicitation = submitted_offers()[0].solicitation

    with nothing_happens(), pytest.raises(WrongPassphrase) as refusal:
        opened(solicitation, by=contract_specialist, passphrase="not that at all, no")

    assert refusal.value.rule == "R-SUB-03"


def test_every_refused_attempt_from_the_page_leaves_a_record(
    contract_specialist, monkeypatch
):
    # Given sealed offers, and an opener at the page at T and after it
    solicitation = submitted_offers()[0].solicitation
    browser = client_for(contract_specialist)
    url = reverse("submissions:open_submissions", args=[solicitation.public_id])
    clock = "contracting.core.clock.now"
    data = {"understood": "on", "passphrase": PASSPHRASE}

    # When it is too early, and when the passphrase is wrong
    monkeypatch.setattr(clock, lambda: deadline(solicitation))
    assert submit(browser, url, data).status_code == 423
    monkeypatch.setattr(clock, lambda: after(solicitation))
    wrong = {**data, "passphrase": "not that at all, no"}
    assert submit(browser, url, wrong).status_code == 403

    # Then both stand in the stream of the solicitation, and nothing is open
    told = AuditEvent.objects.filter(
        stream=solicitation.stream, event="submissions.opening.refused"
    ).order_by("seq")
    codes = [json.loads(each.payload)["data"]["code"] for each in told]
    assert codes == ["still_sealed", "wrong_passphrase"]
    assert OpenedOffer.objects.count() == 0
    assert submit(browser, url, data).status_code == 303


@pytest.mark.rule("R-SUB-03", case="refused")
@pytest.mark.parametrize("early", [timedelta(0), timedelta(microseconds=1)])
def test_nobody_opens_before_the_deadline_has_passed(
    contract_specialist, contracting_officer, early
):
    solicitation = submitted_offers()[0].solicitation

    for by in (contract_specialist, contracting_officer):
        with nothing_happens(), pytest.raises(StillSealed) as refusal:
            opened(solicitation, by=by, at=deadline(solicitation) - early)

    assert refusal.value.rule == "R-SUB-03"
    assert refusal.value.status == 423


@pytest.mark.rule("R-SUB-03", case="refused")
def test_one_person_is_never_both(contract_specialist):
    solicitation = submitted_offers()[0].solicitation
    opened(solicitation, by=contract_specialist)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        opened(solicitation, by=contract_specialist)

    assert refusal.value.rule == "R-SUB-03"


def test_one_person_in_two_roles_is_still_one_person(contract_specialist):
    # Given a specialist who has consented and is a contracting officer too
    from accounts.queries import actor_of

    solicitation = submitted_offers()[0].solicitation
    opened(solicitation, by=contract_specialist)
    second_hat = Membership.objects.create(
        user_id=contract_specialist.user_id,
        organization_id=contract_specialist.organization_id,
        role="CONTRACTING_OFFICER",
    )

    # When they consent under the other hat, nothing opens
    with nothing_happens(), pytest.raises(NotAllowed):
        opened(solicitation, by=actor_of(second_hat))


def test_whoever_belongs_to_a_vendor_opens_nothing(contract_specialist, vendor_b):
    solicitation = submitted_offers()[0].solicitation
    Membership.objects.create(
        user_id=contract_specialist.user_id,
        organization=vendor_b,
        role="VENDOR_MEMBER",
    )

    with nothing_happens(), pytest.raises(NotAllowed):
        opened(solicitation, by=contract_specialist)


def test_nobody_else_opens(gateway):
    solicitation = submitted_offers()[0].solicitation

    for part in (
        "administrator",
        "program_manager",
        "auditor",
        "evaluator",
        "source_selection_authority",
        "vendor_a_signer",
        "other_agency_officer",
    ):
        with nothing_happens(), pytest.raises(NotAllowed):
            opened(solicitation, by=actor(part))
    with nothing_happens(), pytest.raises(NotAllowed):
        opened(solicitation, by=gateway)


def test_the_offers_are_opened_once(legal_reviewer):
    solicitation = opened_offers()

    with nothing_happens(), pytest.raises(AlreadyOpened):
        opened(solicitation, by=legal_reviewer)


def test_an_empty_box_is_opened_too(contract_specialist, contracting_officer):
    solicitation = released_solicitation()

    opened(solicitation, by=contract_specialist)
    opened(solicitation, by=contracting_officer)

    solicitation.refresh_from_db()
    assert solicitation.state == SolicitationState.OPENED
    assert list(offers_of(solicitation)) == []
    page = reverse("submissions:opening", args=[solicitation.public_id])
    told = client_for(contracting_officer).get(page).content.decode()
    assert "No offer was received in time." in told


def test_one_broken_seal_and_nothing_is_opened(
    contract_specialist, contracting_officer, settings
):
    # Given a share that is kept under another key than the one in the settings
    solicitation = submitted_offers()[0].solicitation
    opened(solicitation, by=contract_specialist)
    settings.SEALING_KEY = bytes(32)

    # When the second person consents, everything stays as it was
    with nothing_happens(), pytest.raises(SealBroken):
        opened(solicitation, by=contracting_officer)


def test_replaced_and_late_versions_stay_under_their_own_keys():
    # Given two versions and a late offer, of which one version was opened
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation)
    replace_submission(
        submission_id=submission.pk,
        offer=offer_on(solicitation, technical="Second thoughts."),
        acknowledged=[],
        by=actor("vendor_a_signer"),
        at=before(solicitation),
    )
    submitted_offer(
        on=solicitation, by="vendor_b_signer", at=after(solicitation, seconds=1)
    )
    opened_offers(on=solicitation)

    # Then each version has a key of its own, wrapped still, and one alone lies open
    wraps = ContentKeyWrap.objects.filter(
        version__submission__solicitation=solicitation
    )
    assert len({bytes(wrap.wrapped_key) for wrap in wraps}) == 3
    assert OpenedOffer.objects.get().version.number == 2


def test_the_opening_is_told_in_the_stream_of_the_solicitation(
    contract_specialist, contracting_officer
):
    submissions = submitted_offers()
    solicitation = opened_offers(on=submissions[0].solicitation)

    events = AuditEvent.objects.filter(
        stream=solicitation.stream, event__startswith="submissions.opening."
    ).order_by("seq")

    assert [event.event for event in events] == ["submissions.opening.opened"]
    assert submissions[0].public_id in events[0].payload
    submissions[0].refresh_from_db()
    assert submissions[0].vendor.name not in events[0].payload


def test_the_box_says_that_it_was_opened_even_when_its_openers_leave():
    solicitation = opened_offers()
    Membership.objects.filter(boxshare__box__solicitation=solicitation).exclude(
        pk=actor("contracting_officer").own_membership_id
    ).update(is_active=False)

    room = reverse("submissions:box", args=[solicitation.public_id])
    shown = client_for(actor("contracting_officer")).get(room).content.decode()

    assert "The offers in this box were opened by 2 of its 3 openers." in shown
    assert "cannot be read any more" not in shown
