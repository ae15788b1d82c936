"""A vendor keeps its offer open, and an expired one is not awarded."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.contracts.models import Contract
from contracting.core.errors import NotAllowed
from contracting.evaluations.models import OfferExtension
from contracting.evaluations.operations.extend import extend_offer
from contracting.evaluations.refusals import ExtensionUnfit, NotOpened, OfferExpired
from contracting.evaluations.standing.validity import valid_until
from contracting.notices.models import Notice
from contracting.solicitations.calculations import checked_terms
from contracting.solicitations.refusals import TermInvalid
from tests.builders import released_solicitation
from tests.builders_orders import certified_contract, registrations
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.contracts.test_award import awarded
from tests.offers import opened_offers, submitted_offer, submitted_offers

pytestmark = pytest.mark.django_db

LAST_DAY = date(2026, 4, 19)
"""Thirty days after Friday, 20 March 2026."""

LATE_THAT_DAY = datetime(2026, 4, 20, 3, 0, tzinfo=UTC)
"""Eleven in the evening of the last day in Washington, the next day in UTC."""

A_MONTH_LATER = LAST_DAY + timedelta(days=30)

WORDS = "We keep our offer open, prices and terms unchanged."


def on_file(at):
    """A draft award whose vendor was checked three hours before ``at``."""
    contract = certified_contract()
    registrations(at=at)
    return contract


def extended(submission, *, until=A_MONTH_LATER, words=WORDS, by=None, at=None):
    return extend_offer(
        submission_id=submission.pk,
        until=until,
        words=words,
        by=by or actor("vendor_a_signer"),
        at=at or LATE_THAT_DAY,
    )


@pytest.mark.rule("R-SUB-09", case="allowed")
def test_on_its_last_day_an_offer_is_awarded():
    assert awarded(on_file(LATE_THAT_DAY), at=LATE_THAT_DAY).piid


@pytest.mark.rule("R-SUB-09", case="refused")
def test_the_day_after_it_has_expired():
    too_late = LATE_THAT_DAY + timedelta(hours=1)
    contract = on_file(too_late)

    with nothing_happens(), pytest.raises(OfferExpired, match="2026-04-19") as refusal:
        awarded(contract, at=too_late)

    assert refusal.value.rule == "R-SUB-09"


@pytest.mark.rule("R-SUB-09", case="allowed")
def test_the_vendor_extends_in_writing_and_the_offer_is_awarded():
    # Given an offer that has expired
    a_week_later = LATE_THAT_DAY + days(7)
    contract = on_file(a_week_later)
    offer = contract.offer

    # When the vendor's signer extends it
    extension = extended(offer, at=a_week_later)

    # Then it is awarded, the words are on record and the office was told
    assert valid_until(offer) == extension.valid_until
    assert awarded(contract, at=a_week_later).piid
    event = AuditEvent.objects.get(event="evaluations.offer.extended")
    assert WORDS in event.payload
    told = Notice.objects.filter(title__contains="extends its offer")
    assert told.filter(recipient_user_id=actor("contracting_officer").user_id).exists()
    with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
        OfferExtension.objects.update(words="Otherwise.")


@pytest.mark.rule("R-SUB-09", case="refused")
@pytest.mark.parametrize(
    "part_name", ["vendor_a_member", "vendor_b_signer", "contracting_officer"]
)
def test_only_the_vendors_own_signer_extends(part_name):
    offer = certified_contract().offer

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        extended(offer, by=actor(part_name))

    assert refusal.value.rule == "R-SUB-09"


@pytest.mark.rule("R-SUB-09", case="refused")
@pytest.mark.parametrize(
    "change",
    [
        {"words": " "},
        {"until": LAST_DAY},
        {"until": LAST_DAY + days(1), "at": LATE_THAT_DAY + days(7)},
        {"until": LAST_DAY + days(5000)},
    ],
    ids=["no words", "no later day", "a day that has passed", "far too long"],
)
def test_an_extension_has_words_and_a_later_day(change):
    offer = certified_contract().offer

    with nothing_happens(), pytest.raises(ExtensionUnfit) as refusal:
        extended(offer, **change)

    assert refusal.value.rule == "R-SUB-09"


def test_a_sealed_offer_is_not_extended():
    sealed = submitted_offers()[0]

    with nothing_happens(), pytest.raises(NotOpened):
        extended(sealed)


def test_the_solicitation_may_state_another_number_of_days():
    # Given a solicitation that asks for sixty days
    solicitation = released_solicitation(terms={"offer_valid_days": 60})
    offer = submitted_offer(on=solicitation)
    opened_offers(on=solicitation)

    # Then that counts, and everybody reads it
    assert valid_until(offer) == date(2026, 5, 19)
    page = client_for(actor("vendor_b_signer")).get(solicitation.public_path)
    assert "60 days after the deadline" in page.content.decode()
    for unfit in (0, 5000):
        with nothing_happens(), pytest.raises(TermInvalid):
            checked_terms({"offer_valid_days": unfit})


def test_an_offer_is_extended_in_the_browser(
    vendor_a_signer, vendor_b_signer, contracting_officer, monkeypatch
):
    # Given an expired offer under a draft award
    at = LATE_THAT_DAY + days(7)
    contract = Contract.objects.get(pk=on_file(at).pk)
    offer = contract.offer
    monkeypatch.setattr("contracting.core.clock.now", lambda: at)
    officer, signer = client_for(contracting_officer), client_for(vendor_a_signer)
    signing = f"{contract.path}/award_contract"
    assert "has expired" in officer.get(signing).content.decode()
    status = reverse("contracts:status", args=[offer.public_id])
    assert "has expired" in signer.get(status).content.decode()

    # When its signer extends it
    url = reverse("evaluations:extend_offer", args=[offer.public_id])
    reply = submit(signer, url, {"until": "2026-06-30", "words": WORDS})

    # Then each page says so; a rival finds nothing
    assert reply.status_code == 303
    of_the_office = reverse("evaluations:offer", args=[offer.public_id])
    for browser, page in ((officer, signing), (signer, status), (signer, url)):
        read = browser.get(page).content.decode()
        assert "has expired" not in read
        assert WORDS in read
    assert WORDS in officer.get(of_the_office).content.decode()
    assert client_for(vendor_b_signer).get(url).status_code == 404
