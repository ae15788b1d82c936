"""What an opener's browser has made or opened: the passphrase is never known here."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.evaluations.models import RevisedOffer
from contracting.submissions.models import GivenShare, OpenerKey
from contracting.submissions.operations.enrol import enrol_opener
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.operations.rehearse import rehearse_opening
from contracting.submissions.queries import rehearsal_of
from contracting.submissions.refusals import KeyUnfit, ShareAltered
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.openers import shares_of
from contracting.submissions.states import SubmissionState
from tests.builders import approved_solicitation
from tests.cast import AT, actor, client_for, nothing_happens, submit
from tests.evaluations.exchanges import cutoff_of, revised, revisions_due
from tests.offers import (
    PASSPHRASE,
    after,
    named_openers,
    submitted_offers,
    the_box,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.OPENER_KEY_ITERATIONS = 100


def locked(**more):
    return replace(keys.lock(keys.new_pair(), PASSPHRASE, iterations=100), **more)


def the_rehearsal(package):
    box = rehearsal_of(package)
    assert box is not None
    return box


def opened_share(box, part):
    """The share of one of the openers, as their browser opens it."""
    row = shares_of(box).get(user_id=actor(part).own_user_id)
    private = keys.unlock(row.opener_key.locked, PASSPHRASE)
    return keys.decrypt_from(
        bytes(row.sealed_share), private=private, binding=row.binding
    )


def test_a_key_that_a_browser_has_locked_is_enrolled(contracting_officer):
    own = locked()

    key = enrol_opener(locked=own, by=contracting_officer, at=AT)

    assert key.locked == own
    told = AuditEvent.objects.get(event="submissions.opener.enrolled")
    assert json.loads(told.payload)["data"]["mode"] == "CLIENT"


@pytest.mark.parametrize(
    "unfit",
    [
        {"public": b"\x04" + bytes(64)},
        {"public": b""},
        {"wrapped": bytes(32)},
        {"salt": b"short"},
        {"iterations": 99},
        {"iterations": 2_000_000_000},
    ],
)
def test_what_is_no_locked_key_is_refused(contracting_officer, unfit):
    with nothing_happens(), pytest.raises(KeyUnfit):
        enrol_opener(locked=locked(**unfit), by=contracting_officer, at=AT)


def test_nobody_enrols_the_key_of_somebody_else(contracting_officer):
    own = locked()
    enrol_opener(locked=own, by=actor("legal_reviewer"), at=AT)

    with nothing_happens(), pytest.raises(KeyUnfit):
        enrol_opener(locked=own, by=contracting_officer, at=AT)


def test_a_rehearsal_takes_shares_that_browsers_have_opened(contract_specialist):
    # Given a package whose openers are named
    package = named_openers(on=approved_solicitation())
    box = the_rehearsal(package)

    # When two of them give their shares alone
    for part in ("contract_specialist", "contracting_officer"):
        opening = rehearse_opening(
            solicitation_id=package.pk,
            share=opened_share(box, part),
            by=actor(part),
            at=AT,
        )

    # Then the rehearsal offer is read
    assert opening.completed_at == AT


@pytest.mark.rule("R-SUB-03", case="refused")
def test_a_share_of_somebody_else_or_an_altered_one_is_named(contract_specialist):
    package = named_openers(on=approved_solicitation())
    box = the_rehearsal(package)
    other = opened_share(box, "contracting_officer")
    own = opened_share(box, "contract_specialist")

    for share in (other, own[:-1], own[:-1] + bytes([own[-1] ^ 1])):
        with nothing_happens(), pytest.raises(ShareAltered) as refusal:
            rehearse_opening(
                solicitation_id=package.pk, share=share, by=contract_specialist, at=AT
            )
        assert refusal.value.rule == "R-SUB-03"


def test_offers_open_to_a_share_and_a_passphrase_together(contract_specialist):
    # Given two sealed offers, past their deadline
    offers = submitted_offers()
    solicitation = offers[0].solicitation
    at = after(solicitation)

    # When one opener's browser gives a share, and another types a passphrase
    open_submissions(
        solicitation_id=solicitation.pk,
        share=opened_share(the_box(solicitation), "contract_specialist"),
        by=contract_specialist,
        at=at,
    )
    open_submissions(
        solicitation_id=solicitation.pk,
        passphrase=PASSPHRASE,
        by=actor("contracting_officer"),
        at=at,
    )

    # Then they are open
    for offer in offers:
        offer.refresh_from_db()
        assert offer.state == SubmissionState.OPENED


def test_the_pages_take_what_a_browser_has_made(contract_specialist):
    # Given the page of enrolment, which tells how often to stretch
    browser = client_for(contract_specialist)
    url = reverse("submissions:enrol_opener")
    assert 'data-iterations="100"' in browser.get(url).content.decode()
    own = locked()
    told = {
        name: base64.b64encode(getattr(own, name)).decode()
        for name in ("public", "wrapped", "salt")
    }

    # When something else is sent, it is refused; and the key is taken
    with nothing_happens():
        reply = submit(browser, url, {"locked": '{"public": 1}', "understood": "on"})
    assert reply.status_code == 422
    sent = {"locked": json.dumps({**told, "iterations": 100}), "understood": "on"}
    assert submit(browser, url, sent).status_code == 303
    assert OpenerKey.objects.get().locked == own


def test_the_page_of_a_rehearsal_takes_a_share(contract_specialist):
    package = named_openers(on=approved_solicitation())
    url = reverse("submissions:rehearse_opening", args=[package.public_id])
    browser = client_for(contract_specialist)
    box = the_rehearsal(package)
    page = browser.get(url).content.decode()
    assert f'data-box="{box.public_id}"' in page

    reply = submit(browser, url, {"share": base64.b64encode(bytes(32)).decode()})
    assert reply.status_code == 409
    assert AuditEvent.objects.filter(event="submissions.opening.refused").count() == 1
    share = base64.b64encode(opened_share(box, "contract_specialist")).decode()
    assert submit(browser, url, {"share": share}).status_code == 303
    assert GivenShare.objects.filter(opening__box=box).count() == 1


def test_final_revisions_open_to_shares_alone(monkeypatch):
    # Given a final revision that came in, and two openers at their browsers
    solicitation = revisions_due()
    revised(solicitation)
    url = reverse("evaluations:open_revisions", args=[solicitation.public_id])
    box = the_box(solicitation)

    # When each gives the share that their browser has opened
    monkeypatch.setattr(
        "contracting.core.clock.now",
        lambda: cutoff_of(solicitation) + timedelta(hours=1),
    )
    for part in ("contract_specialist", "contracting_officer"):
        browser = client_for(actor(part))
        assert f'data-box="{box.public_id}"' in browser.get(url).content.decode()
        share = base64.b64encode(opened_share(box, part)).decode()
        sent = {"share": share, "understood": "on"}
        assert submit(browser, url, sent).status_code == 303

    # Then the revision is open
    assert RevisedOffer.objects.count() == 1
