"""The contract as one text on a day, each term with what made it read so."""

from datetime import date

import pytest

from contracting.core.errors import NotAllowed
from contracting.documents.operations.render import render_document
from contracting.documents.queries import read_blob
from contracting.modifications.operations.conform import conform_contract
from contracting.modifications.queries import conformed
from contracting.modifications.refusals import DayBeforeAward
from tests.builders_modifications import issued_contract_modification
from tests.builders_orders import MODIFIED_AT, awarded_contract, certified_contract
from tests.builders_service import level
from tests.cast import actor, client_for, days, nothing_happens, submit
from tests.documents.papers import texts_of

pytestmark = pytest.mark.django_db

LATER = date(2026, 6, 1)


def copied(contract, *, on=LATER, by="contracting_officer"):
    return conform_contract(
        contract_id=contract.pk, on=on, by=actor(by), at=MODIFIED_AT + days(60)
    )


def table(document, caption):
    (found,) = (
        each for each in document.context["tables"] if caption in each["caption"]
    )
    return found["rows"]


def test_each_term_names_what_made_it_read_so():
    # Given a contract that was extended, and promises a service level
    contract = awarded_contract()
    level(contract)
    issued_contract_modification(on=contract)
    contract.refresh_from_db()

    # When its text is printed as of a later day
    document = copied(contract)

    # Then the term that was changed names the modification, the others the award
    by = {row["term"]: row["by"] for row in table(document, "Terms as of")}
    assert by["Last day of the ordering period"] == "P00001, effective 15 Apr 2026"
    assert by["Contract ceiling in dollars"] == "the award"
    (modification,) = table(document, "Modifications in this text")
    assert modification["number"] == "P00001"
    assert {row["by"] for row in table(document, "Rate card")} == {"the award"}
    assert table(document, "Service levels")[0]["target"] == "at least 99.9%"

    # And it is the text that the page shows, by its hash, for both sides
    assert document.content_sha256 == conformed(contract, LATER).content_sha256
    assert document.vendor == contract.vendor
    for part in ("contracting_officer", "vendor_a_signer"):
        address = f"/documents/{document.public_id}"
        assert client_for(actor(part)).get(address).status_code == 200
    outsider = client_for(actor("other_vendor_signer"))
    assert outsider.get(f"/documents/{document.public_id}").status_code == 404

    # And every page of it says as of when
    render_document(document_id=document.pk)
    for page in texts_of(read_blob(document.rendering.blob)):
        assert "as of 1 Jun 2026" in " ".join(page.split())


def test_before_a_modification_the_award_alone_counts():
    contract = awarded_contract()
    issued_contract_modification(on=contract)

    document = copied(contract, on=date(2026, 4, 1))

    assert {row["by"] for row in table(document, "Terms as of")} == {"the award"}
    assert document.version == 1


def test_a_contract_has_no_text_before_its_award():
    contract = awarded_contract()
    with nothing_happens(), pytest.raises(DayBeforeAward):
        copied(contract, on=date(2026, 3, 1))


def test_a_draft_is_not_conformed():
    contract = certified_contract()
    with nothing_happens(), pytest.raises(NotAllowed):
        copied(contract)


@pytest.mark.parametrize("part", ["cor", "vendor_a_signer", "other_agency_officer"])
def test_only_the_contracting_office_prints_it(part):
    contract = awarded_contract()
    with nothing_happens(), pytest.raises(NotAllowed):
        copied(contract, by=part)


def test_an_officer_prints_it_in_the_browser(monkeypatch):
    contract = awarded_contract()
    at = MODIFIED_AT + days(60)
    monkeypatch.setattr("contracting.core.clock.now", lambda: at)
    browser = client_for(actor("contracting_officer"))
    address = f"/contracts/{contract.public_id}/conform_contract"
    page = f"/contracts/{contract.public_id}/conformed"
    assert "Print it as of this day" in browser.get(page).content.decode()

    assert submit(browser, address, {"on": "2026-06-01"}).url == page

    assert "as of 1 Jun 2026" in browser.get(page).content.decode()
    stranger = client_for(actor("other_agency_officer"))
    assert stranger.get(address).status_code == 404


def test_without_a_day_the_form_comes_back(monkeypatch):
    contract = awarded_contract()
    at = MODIFIED_AT + days(60)
    monkeypatch.setattr("contracting.core.clock.now", lambda: at)
    page = f"{contract.path}/conform_contract"

    with nothing_happens():
        answer = submit(client_for(actor("contracting_officer")), page, {"on": ""})

    assert answer.status_code == 422
