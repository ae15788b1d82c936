"""What must be justified or determined in writing before an award is signed."""

from datetime import date
from decimal import Decimal

import pytest

from contracting.contracts.models import Contract
from contracting.contracts.refusals import SingleAwardNotDetermined
from contracting.contracts.states import ContractState
from contracting.determinations.operations.post import post_determination
from contracting.determinations.states import Kind
from contracting.solicitations.queries import posting_due
from contracting.solicitations.refusals import JustificationMissing
from contracting.solicitations.states import ExtentCompeted
from tests.builders_orders import AWARDED_AT, certified_contract
from tests.cast import client_for, days, nothing_happens, submit
from tests.contracts.seats import also_as
from tests.contracts.test_award import awarded
from tests.solicitations.test_publish import approved_determination

pytestmark = pytest.mark.django_db


def limited(extent):
    """A certified award on a solicitation in which not all could compete."""
    contract = certified_contract()
    contract.solicitation.extent_competed = extent
    contract.solicitation.save(update_fields=["extent_competed"])
    return contract


@pytest.mark.rule("R-SOL-09", case="refused")
def test_without_its_justification_nothing_is_awarded():
    contract = limited(ExtentCompeted.ONE_SOURCE)

    with nothing_happens(), pytest.raises(JustificationMissing):
        awarded(contract)


@pytest.mark.rule("R-SOL-09", case="allowed")
def test_it_is_posted_within_fourteen_days_of_the_award(contracting_officer):
    contract = limited(ExtentCompeted.ONE_SOURCE)
    solicitation = contract.solicitation
    made = approved_determination(
        solicitation, Kind.OTHER_THAN_FULL, contracting_officer, AWARDED_AT - days(1)
    )

    solicitation = awarded(contract).solicitation
    solicitation.refresh_from_db()
    assert posting_due(solicitation) == AWARDED_AT.date() + days(14)

    post_determination(
        determination_id=made.pk,
        place="Notice 4711",
        posted_on=date(2026, 4, 1),
        by=contracting_officer,
        at=AWARDED_AT + days(14),
    )
    assert posting_due(solicitation) is None


@pytest.mark.rule("R-SOL-09", case="allowed")
def test_for_urgency_it_may_follow_within_thirty_days():
    solicitation = awarded(limited(ExtentCompeted.URGENCY)).solicitation
    solicitation.refresh_from_db()

    assert posting_due(solicitation) == AWARDED_AT.date() + days(30)


# One vendor, above the amount for it ------------------------------------------------


def of(ceiling):
    """A certified draft of that ceiling, and an officer whose warrant covers it."""
    contract = certified_contract()
    Contract.objects.filter(pk=contract.pk).update(ceiling_dollars=Decimal(ceiling))
    contract.refresh_from_db()
    officer = also_as("contracting_officer", "CONTRACTING_OFFICER", warrant="9E8")
    return contract, officer


@pytest.mark.rule("R-AWD-04", case="allowed")
def test_a_single_award_of_just_the_amount_needs_no_determination():
    contract, officer = of("150000000.00")

    assert awarded(contract, by=officer).piid


@pytest.mark.rule("R-AWD-04", case="refused")
def test_a_cent_more_is_not_signed_without_the_agencys_head():
    contract, officer = of("150000000.01")

    with nothing_happens(), pytest.raises(SingleAwardNotDetermined) as refusal:
        awarded(contract, by=officer)

    assert refusal.value.rule == "R-AWD-04"


@pytest.mark.rule("R-AWD-04", case="allowed")
def test_with_the_determination_on_record_it_is_signed(monkeypatch):
    # Given a draft whose page says that the determination is missing
    contract, officer = of("150000000.01")
    monkeypatch.setattr("contracting.core.clock.now", lambda: AWARDED_AT)
    browser = client_for(officer)
    page = browser.get(contract.path).content.decode()
    assert "determination of the agency" in page

    # When the officer records what the agency's head signed
    address = f"/determinations/{contract.public_id}/single-award/make"
    words = {"text": "Only one source is qualified.", "document_sha256": "0" * 64}
    missing = submit(browser, address, {"text": words["text"], "authority": "FAR"})
    assert missing.status_code == 422
    submit(browser, address, words | {"authority": "FAR 16.504(c)(1)(ii)(D)"})

    # Then the award is signed, and says on what
    contract.refresh_from_db()
    assert awarded(contract, by=officer).state == ContractState.AWARDED
    page = browser.get(contract.path).content.decode()
    assert "The head of the agency determined" in page
