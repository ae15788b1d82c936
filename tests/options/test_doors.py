"""Pages of options: the clock, the notice, the findings, the exercise."""

import pytest

from contracting.core import clock
from contracting.documents.models import Document
from contracting.documents.rendering import Sheet, render
from contracting.modifications.models import ContractModification
from tests.builders_options import (
    FOUND_AT,
    TOLD_AT,
    determined_option,
    exercised_option,
    funds_of_the_day,
    told_option,
)
from tests.builders_orders import registrations
from tests.cast import client_for, submit


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def now(monkeypatch):
    """The doors read the clock at the instant that a test sets."""

    def at(instant):
        monkeypatch.setattr(clock, "now", lambda: instant)

    return at


def test_an_option_goes_from_notice_to_exercise_in_the_browser(
    option, now, contracting_officer, contract_specialist, vendor_a_signer
):
    # Given an option whose notice is due tomorrow
    now(TOLD_AT)
    officer, path = client_for(contracting_officer), option.path
    listed = words(officer.get(f"{option.contract.path}/options"))
    assert "notice of intent is due" in listed
    assert "Give the notice of intent by 2027-01-30" in listed

    # When the officer gives it, and the vendor confirms that it arrived
    told = submit(officer, f"{path}/give_option_intent", {"confirm": "on"})
    assert told.status_code == 303, words(told)
    vendor = client_for(vendor_a_signer)
    page = words(vendor.get(path))
    assert "Confirm its receipt" in page
    assert "Determination" not in page
    assert submit(vendor, f"{path}/receive_option_intent", {}).status_code == 303

    # And determines, with the market check before their eyes
    now(FOUND_AT)
    funds = funds_of_the_day()
    registrations(until="2027-12-31", at=FOUND_AT)
    asked = words(officer.get(f"{path}/determine_option"))
    assert "80.0 percent of list" in asked
    made = submit(
        officer,
        f"{path}/determine_option",
        {
            "line_of_accounting": funds.public_id,
            "need": "Claims are summarised every day.",
            "basis": "MARKET",
            "advantage": "Below list, and nobody changes a gateway.",
            "synopsis": "With the solicitation.",
            "past_performance": "Very good elsewhere.",
            "rating": "SATISFACTORY",
            "performance": "Usage agreed with the meter.",
            "confirm": "on",
        },
    )
    assert made.status_code == 303, words(made)

    # Then a specialist drafts the exercise, and the officer signs it
    office = client_for(contract_specialist)
    shown = words(office.get(f"{path}/draft_option_exercise"))
    assert "Line 1001" in shown
    assert submit(office, f"{path}/draft_option_exercise", {}).status_code == 303
    modification = ContractModification.objects.get(option=option)
    signed = submit(
        officer,
        f"{modification.path}/issue_contract_modification",
        {"confirm": "on", "seen_version": modification.version},
    )
    assert signed.status_code == 303, words(signed)
    assert "Exercised; nothing is left to do." in words(officer.get(path))
    contract = words(officer.get(option.contract.path))
    assert "1001" in contract
    conformed = words(officer.get(f"{option.contract.path}/conformed?on=2027-04-01"))
    assert "2028" in conformed
    assert "Exercised: 2027-04-01 to 2028-03-31" in conformed


def test_the_pages_say_what_is_missing_and_why_an_exercise_is_refused(
    option, today, contracting_officer, contract_specialist
):
    page = words(client_for(contracting_officer).get(option.path))
    assert "The vendor was not told of the intent" in page
    assert "No determination is made on it" in page

    refused = submit(
        client_for(contract_specialist), f"{option.path}/draft_option_exercise", {}
    )
    assert refused.status_code == 409
    assert "R-OPT-01" in words(refused)


def test_a_contract_without_options_says_so_and_outsiders_find_nothing(
    option, today, other_agency_officer, other_vendor_signer, vendor_b_signer
):
    for outsider in (other_agency_officer, other_vendor_signer, vendor_b_signer):
        for path in (option.path, f"{option.contract.path}/options"):
            assert client_for(outsider).get(path).status_code == 404


def test_both_parties_add_an_option_in_the_browser(option, today, contracting_officer):
    office, contract = client_for(contracting_officer), option.contract
    drafted = submit(
        office,
        f"{contract.path}/draft_options",
        {
            "description": "Half a year more, if the need goes on.",
            "effective_on": "2027-02-16",
            "is_within_scope": "True",
            "scope": "The same services.",
            "consideration": "",
            "rows-TOTAL_FORMS": "1",
            "rows-INITIAL_FORMS": "0",
            "rows-0-number": "2",
            "rows-0-kind": "EXTENSION",
            "rows-0-months": "6",
            "rows-0-opens_days": "60",
            "rows-0-ceiling_dollars": "100000.00",
            "rows-0-ceiling_tokens": "9000000000",
        },
    )
    assert drafted.status_code == 303, words(drafted)
    page = words(office.get(drafted["Location"]))
    assert "Option 2" in page
    assert "waits for the vendor" in page


def test_a_novation_and_a_size_are_put_on_record_in_the_browser(
    option, today, contract_specialist, vendor_a_signer
):
    path = option.contract.path
    change = {
        "what": "NOVATION",
        "happened_on": "2027-02-01",
        "source": "Novation agreement of 1 February 2027",
    }
    office, vendor = client_for(contract_specialist), client_for(vendor_a_signer)
    assert submit(office, f"{path}/record_size_change", change).status_code == 303
    stated = submit(
        vendor,
        f"{path}/represent_size",
        {
            "is_small": "True",
            "naics": "518210",
            "size_standard": "$40.0 million",
            "confirm": "on",
        },
    )
    assert stated.status_code == 303, words(stated)
    page = words(vendor.get(f"{path}/options"))
    assert "Novation agreement of 1 February 2027" in page
    assert "small under 518210" in page


def test_the_papers_of_an_option_are_printed(option):
    # Given an exercised option with its letter and its determination
    exercised_option(on=determined_option(on=told_option(on=option)))

    # Then every paper of it prints
    for kind in ("option_intent", "option_determination", "modification"):
        paper = Document.objects.filter(kind=kind).latest("pk")
        assert printed(paper).startswith(b"%PDF")


def printed(paper):
    sheet = Sheet(
        kind=paper.kind,
        title=paper.title,
        number=paper.number,
        version=paper.version,
        content_sha256=paper.content_sha256,
        context=paper.context,
        author=paper.context["author"],
        created_at=FOUND_AT,
    )
    return render(sheet)
