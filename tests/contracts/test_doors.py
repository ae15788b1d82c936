"""Pages and endpoints of contracts, and the public record of awards."""

import pytest
from django.test import Client
from django.utils.html import strip_tags

from accounts.states import Scope
from contracting.contracts.models import Contract, CorDesignation
from contracting.contracts.states import ContractState
from tests.builders_orders import (
    awarded_contract,
    certified_contract,
    drafted_contract,
    line_of_accounting,
    registrations,
)
from tests.cast import actor, client_for, key_client, membership, submit
from tests.contracts.seats import also_as

pytestmark = pytest.mark.usefixtures("now")


def page(contract, verb=""):
    return f"/contracts/{contract.public_id}" + (f"/{verb}" if verb else "")


def text(response):
    """What a person reads on the page."""
    return " ".join(strip_tags(response.content.decode()).split())


def test_an_award_is_drafted_certified_and_signed_in_the_browser(
    decision, contract_specialist, funds_certifier, contracting_officer
):
    # Given a decision, and funds
    registrations()
    funds = line_of_accounting()
    other = line_of_accounting(label="Claims, second appropriation")
    writer = client_for(contract_specialist)
    address = f"/solicitations/{decision.solicitation.public_id}/draft_contract"
    assert "Meridian Models was selected" in text(writer.get(address))

    # When the specialist drafts the award
    drafted = submit(
        writer,
        address,
        {
            "rows-TOTAL_FORMS": 2,
            "rows-INITIAL_FORMS": 1,
            "rows-0-clin": "0001",
            "rows-0-acrn": "AA",
            "rows-0-line_of_accounting": funds.public_id,
            "rows-0-dollars": "600.00",
            "rows-1-clin": "0001",
            "rows-1-acrn": "AB",
            "rows-1-line_of_accounting": other.public_id,
            "rows-1-dollars": "400.00",
            "notice_percent": 80,
            "report_due_days": 3,
        },
    )
    contract = Contract.objects.get()
    assert drafted.status_code == 303
    assert drafted["Location"] == page(contract)
    shown = text(writer.get(page(contract)))
    assert "Not signed yet: up to $400,000.00" in shown
    assert "Sign the award: not now." in shown

    # And the certifier certifies, and the officer signs
    seen = {"seen_version": 1, "confirm": "on"}
    certifier = client_for(funds_certifier)
    assert "$1,000.00" in text(certifier.get(page(contract, "certify_contract_funds")))
    done = submit(certifier, page(contract, "certify_contract_funds"), seen)
    assert done.status_code == 303
    officer = client_for(contracting_officer)
    question = text(officer.get(page(contract, "award_contract")))
    assert "Your signature awards version 1 to Meridian Models" in question
    signed = submit(officer, page(contract, "award_contract"), seen)
    assert signed.status_code == 303

    # Then everybody reads what the contract allows
    contract.refresh_from_db()
    assert contract.state == ContractState.AWARDED
    shown = text(officer.get(page(contract)))
    assert "75D30126D00001" in shown
    assert "$0.00 of $400,000.00 and 0 of 40,000,000,000 tokens are ordered" in shown
    assert "$8.00 per million tokens" in shown
    assert "80 percent" in shown
    assert "Contract 75D30126D00001" in shown


def test_a_representative_is_designated_in_the_browser(decision, contracting_officer):
    contract = awarded_contract(on=decision)
    other = also_as("technical_reviewer", "COR")

    done = submit(
        client_for(contracting_officer),
        page(contract, "designate_cor"),
        {
            "membership": membership(other).public_id,
            "valid_from": "2026-03-30",
            "valid_to": "2026-12-31",
            "level": "II",
            "certified_until": "2027-06-30",
        },
    )

    assert done.status_code == 303
    assert CorDesignation.objects.filter(membership=membership(other)).exists()
    shown = text(client_for(contracting_officer).get(page(contract)))
    assert "Eli Technical, 30 Mar 2026 to 31 Dec 2026" in shown
    assert "The letter of designation is not accepted yet." in shown


def test_a_draft_is_discarded_in_the_browser(decision, contract_specialist):
    contract = certified_contract(on=decision)
    writer = client_for(contract_specialist)

    assert "given up" in text(writer.get(page(contract, "discard_contract")))
    assert submit(writer, page(contract, "discard_contract")).status_code == 303
    assert writer.get(page(contract)).status_code == 404
    assert "No contract yet." in text(writer.get("/contracts/"))


def test_who_may_not_sign_is_told_the_rule(decision, contract_specialist):
    contract = certified_contract(on=decision)
    writer = client_for(contract_specialist)

    for answer in (
        writer.get(page(contract, "award_contract")),
        writer.post(page(contract, "award_contract"), {"seen_version": 1}),
    ):
        assert answer.status_code == 403
        assert "R-ROL-01" in text(answer)
    contract.refresh_from_db()
    assert contract.state == ContractState.DRAFT


def test_a_refusal_is_shown_on_the_form(decision, contracting_officer):
    # Given a draft whose funds nobody has certified
    contract = drafted_contract(on=decision)

    # When the officer signs it all the same
    answer = submit(
        client_for(contracting_officer),
        page(contract, "award_contract"),
        {"seen_version": 1, "confirm": "on"},
    )

    # Then the page names the rule, its words and what lifts it
    assert answer.status_code == 409
    shown = text(answer)
    assert "R-AWD-01" in shown
    assert "Ask the funds certifier" in shown


@pytest.mark.parametrize(
    "part_name", ["other_agency_officer", "other_vendor_signer", "vendor_b_signer"]
)
def test_an_outsider_finds_no_contract(decision, part_name):
    contract = awarded_contract(on=decision)
    browser = client_for(actor(part_name))

    for verb in ("", "award_contract", "certify_contract_funds", "designate_cor"):
        assert browser.get(page(contract, verb)).status_code == 404
        assert browser.post(page(contract, verb)).status_code in {404, 405}
    assert contract.piid not in text(browser.get("/contracts/"))


def test_a_vendor_reads_its_contract_and_can_do_nothing_with_it(
    decision, vendor_a_member
):
    contract = awarded_contract(on=decision)
    browser = client_for(vendor_a_member)

    shown = text(browser.get(page(contract)))
    assert "Rate card" in shown
    assert "Timeline" not in shown
    assert contract.piid in text(browser.get("/contracts/"))
    assert browser.get(page(contract, "designate_cor")).status_code == 403


def test_the_public_reads_awards_and_no_drafts(decision):
    # Given a draft award
    stranger = Client()
    draft = drafted_contract(on=decision)
    assert "No contract has been awarded yet" in text(stranger.get("/awards/"))
    assert stranger.get(f"/awards/{draft.public_id}").status_code == 404
    Contract.objects.filter(pk=draft.pk).update(state="DISCARDED")

    # When it is signed
    contract = awarded_contract(on=decision)

    # Then everybody reads what FAR 5.301 makes public, and no price
    assert contract.piid in text(stranger.get("/awards/"))
    shown = text(stranger.get(f"/awards/{contract.public_id}"))
    for words in (
        "Department of Examples awarded this contract to Meridian Models",
        "for up to $400,000.00",
        contract.solicitation.piid,
        "518210",
        "DA10",
    ):
        assert words in shown
    assert "$8.00" not in shown


def test_a_machine_reads_the_contracts_of_its_agency(decision, gateway):
    # Given a draft, which no machine reads
    draft = drafted_contract(on=decision)
    machine = key_client(gateway)
    assert machine.get("/api/v1/contracts").json()["data"] == []
    assert machine.get(f"/api/v1/contracts/{draft.public_id}").status_code == 404
    Contract.objects.filter(pk=draft.pk).update(state="DISCARDED")

    # When it is signed
    contract = awarded_contract(on=decision)

    # Then its rate card is there in money, tokens and instants
    (row,) = machine.get("/api/v1/contracts").json()["data"]
    assert row == {
        "id": contract.public_id,
        "piid": "75D30126D00001",
        "instrument": "IDIQ",
        "title": contract.title,
        "state": "AWARDED",
        "vendor": contract.vendor.public_id,
        "ceiling": {"amount": "400000.00", "currency": "USD"},
        "ceiling_tokens": 40_000_000_000,
        "ordering_start": "2026-04-01",
        "ordering_end": "2027-03-31",
    }
    body = machine.get(f"/api/v1/contracts/{contract.public_id}").json()
    assert {rate["slin"]: rate["usd_per_million_tokens"] for rate in body["rates"]} == {
        "0001AA": "2.000000",
        "0001AB": "1.000000",
        "0001AC": "8.000000",
        "0001AD": "8.000000",
    }
    first = body["rates"][0]
    assert first["effective_from"] == "2026-04-01T04:00:00.000000Z"
    assert first["effective_to"] is None
    assert first["boundary"] == "FEDRAMP_MOD"


def test_a_foreign_machine_finds_nothing(
    decision, other_agency_gateway, vendor_a_machine
):
    contract = awarded_contract(on=decision)
    address = f"/api/v1/contracts/{contract.public_id}"

    assert key_client(other_agency_gateway).get(address).status_code == 404
    assert Scope.CONTRACTS_READ not in vendor_a_machine.scopes
    assert key_client(vendor_a_machine).get(address).status_code == 403


def test_a_program_reads_until_when_it_may_order(decision, program_manager):
    contract = awarded_contract(on=decision)

    shown = text(client_for(program_manager).get(page(contract)))

    assert "orders may be placed until 31 Mar 2027" in shown
    assert "Not in force: The designation begins on 2026-04-01." in shown
