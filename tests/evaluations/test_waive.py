"""Waiving the acknowledgement of an immaterial amendment."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.core.invariants import Invariant
from contracting.core.quantities import Tokens
from contracting.documents.models import Document
from contracting.evaluations.calculations import unmet_amendments
from contracting.evaluations.invariants import INVARIANTS
from contracting.evaluations.models import AmendmentWaiver
from contracting.evaluations.operations.waive import waive_acknowledgement
from contracting.evaluations.refusals import (
    AlreadyAcknowledged,
    AlreadyDecided,
    NarrativeMissing,
    NotOpened,
    PriceNotComparable,
)
from contracting.solicitations.calculations import LineDraft
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.queries import lines_of
from contracting.submissions.models import OfferedRate, OpenedOffer
from contracting.submissions.refusals import AmendmentNotAcknowledged
from tests.builders import released_solicitation
from tests.cast import client_for, nothing_happens, submit
from tests.offers import (
    after,
    agreed_offers,
    analysed_prices,
    before,
    decided_solicitation,
    declared_panel,
    opened_offers,
    overtaken_offers,
    rated_offers,
    submitted_offers,
)

pytestmark = pytest.mark.django_db
MEMO = "It gives a day more and changes no term of the work."


def judged(solicitation):
    opened_offers(on=solicitation)
    declared_panel(on=solicitation)
    rated_offers(on=solicitation)
    return agreed_offers(on=solicitation)


def waived(submission, *, by, memo=MEMO, number="0001"):
    return waive_acknowledgement(
        submission_id=submission.pk,
        amendment_id=submission.solicitation.amendments.get(number=number).pk,
        memo=memo,
        by=by,
        at=after(submission.solicitation, hours=5),
    )


@pytest.mark.rule("R-SUB-05", case="refused")
def test_an_offer_on_other_terms_is_neither_reasonable_nor_selected():
    solicitation = judged(overtaken_offers())

    with nothing_happens(), pytest.raises(AmendmentNotAcknowledged) as refusal:
        analysed_prices(on=solicitation)

    assert refusal.value.rule == "R-SUB-05"
    assert refusal.value.data["missing"] == ["0001"]


@pytest.mark.rule("R-EVL-05", case="refused")
def test_an_input_price_never_becomes_an_output_price(contracting_officer):
    # Given sealed prices, and an amendment that asks for another class on line 0001AA
    solicitation = submitted_offers()[0].solicitation
    lines = [
        LineDraft(
            clin=line.clin,
            slin=line.slin,
            description=line.description,
            token_class="FT_TRAIN" if line.slin == "0001AA" else line.class_code,
            workload=Tokens(line.workload_tokens),
        )
        for line in lines_of(solicitation)
    ]
    amend_solicitation(
        solicitation_id=solicitation.pk,
        summary="Line 0001AA asks for another class.",
        lines=lines,
        by=contracting_officer,
        at=before(solicitation, minutes=30),
        seen_version=solicitation.version,
    )
    solicitation.refresh_from_db()
    judged(solicitation)

    # When the officer waives even that amendment
    for submission in solicitation.submissions.all():
        waived(submission, by=contracting_officer)

    # Then the price stands on the class that it was offered for, and is not compared
    rates = OfferedRate.objects.filter(line__slin="0001AA")
    assert rates.count() == 2
    for rate in rates:
        assert rate.line.class_code == "IN_UNCACHED"
    with nothing_happens(), pytest.raises(PriceNotComparable):
        analysed_prices(on=solicitation)


@pytest.mark.rule("R-SUB-05", case="allowed")
def test_an_immaterial_amendment_is_waived_with_a_memo(contracting_officer):
    solicitation = judged(overtaken_offers())

    # When the officer waives it for both offers
    for submission in solicitation.submissions.all():
        waived(submission, by=contracting_officer)

    # Then one can be selected, and the memo stands in the record and on the decision
    decided_solicitation(on=solicitation)
    assert [unmet_amendments(offer) for offer in OpenedOffer.objects.all()] == [[], []]
    event = AuditEvent.objects.filter(event="evaluations.acknowledgement.waived")
    assert all(MEMO in each.payload for each in event)
    assert event.count() == 2
    paper = Document.objects.get(kind="decision")
    assert any(MEMO in section.get("text", "") for section in paper.context["sections"])
    assert list(rule("EVL-6").check()) == []


def rule(code) -> Invariant:
    return next(each for each in INVARIANTS if each.code == code)


def test_a_waiver_is_written_once_by_the_officer_with_words(
    contracting_officer, contract_specialist, other_agency_officer, vendor_a_signer
):
    solicitation = overtaken_offers()
    submission = solicitation.submissions.first()
    with nothing_happens(), pytest.raises(NotOpened):
        waived(submission, by=contracting_officer)
    opened_offers(on=solicitation)

    for outsider in (contract_specialist, other_agency_officer, vendor_a_signer):
        with nothing_happens(), pytest.raises(NotAllowed):
            waived(submission, by=outsider)
    for memo in ("", " ", "..."):
        with nothing_happens(), pytest.raises(NarrativeMissing):
            waived(submission, by=contracting_officer, memo=memo)

    waived(submission, by=contracting_officer)
    with nothing_happens(), pytest.raises(AlreadyAcknowledged):
        waived(submission, by=contracting_officer)
    with nothing_happens(), pytest.raises(DatabaseError), transaction.atomic():
        AmendmentWaiver.objects.update(memo="Another.")


def test_after_the_decision_nothing_is_waived(contracting_officer):
    solicitation = judged(overtaken_offers())
    for submission in solicitation.submissions.all():
        waived(submission, by=contracting_officer)
    decided_solicitation(on=solicitation)

    with nothing_happens(), pytest.raises(AlreadyDecided):
        waived(submission, by=contracting_officer)


def test_the_officer_waives_on_the_page_of_the_offer(
    contracting_officer, other_agency_officer, monkeypatch
):
    # Given an opened offer that acknowledges nothing
    solicitation = overtaken_offers()
    opened_offers(on=solicitation)
    submission = solicitation.submissions.all()[0]
    now = after(solicitation, hours=5)
    monkeypatch.setattr("contracting.core.clock.now", lambda: now)
    browser = client_for(contracting_officer)
    page = reverse("evaluations:offer", args=[submission.public_id])
    url = reverse("evaluations:waive_acknowledgement", args=[submission.public_id])
    assert "Does not acknowledge 0001" in browser.get(page).content.decode()

    # When it is waived there
    amendment = solicitation.amendments.get()
    reply = submit(browser, url, {"amendment": amendment.public_id, "memo": MEMO})

    # Then the page of the offer says by whom and why; an outsider finds nothing
    assert reply.status_code == 303
    read = browser.get(page).content.decode()
    assert MEMO in read
    assert "Does not acknowledge" not in read
    assert client_for(other_agency_officer).get(url).status_code == 404


def test_without_amendments_there_is_nothing_to_waive(contracting_officer):
    solicitation = opened_offers(
        on=submitted_offers(on=released_solicitation())[0].solicitation
    )

    assert all(unmet_amendments(offer) == [] for offer in OpenedOffer.objects.all())
    assert solicitation.amendments.count() == 0
