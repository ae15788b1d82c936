"""Pages and endpoints of archives."""

import hashlib

import pytest

from accounts.models import ApiKey
from contracting.evidence.models import Archive
from contracting.evidence.queries import papers_of
from tests.cast import actor, client_for, key_client, submit
from tests.evidence.packs import bundle, gathered, pack

OUTSIDERS = ("other_agency_officer", "vendor_b_signer")


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_evidence_is_asked_for_watched_and_downloaded(contract, auditor):
    # Given an auditor on the page of the evidence, where nothing is gathered yet
    browser, home = client_for(auditor), f"/contracts/{contract.public_id}"
    page = browser.get(f"{home}/evidence")
    assert "Nothing was gathered of this contract yet." in words(page)

    # When it is asked for
    sent = submit(browser, f"{home}/build_pack", {"level": "FULL"})
    assert sent.status_code == 303
    archive = Archive.objects.get()
    assert sent["Location"] == archive.path

    # Then it is offered once it is whole, and not before
    early = browser.get(archive.path)
    assert "being gathered" in words(early)
    assert "Download" not in words(early)
    assert browser.get(f"{archive.path}/download").status_code == 409
    gathered(archive)
    page = browser.get(archive.path)
    assert "It is whole:" in words(page)
    file = browser.get(f"{archive.path}/download")
    digest = hashlib.sha256(file.content).hexdigest()
    assert digest in words(page)
    assert file["Content-Type"] == "application/zip"
    assert file["Content-Disposition"].startswith("attachment; filename=")
    assert f"{archive.path}" in words(browser.get(f"{home}/evidence"))


def test_papers_are_chosen_on_a_list(contract, cor):
    browser, home = client_for(cor), f"/contracts/{contract.public_id}"
    papers = papers_of(contract, cor)
    shown = browser.get(f"{home}/bundle_documents")
    assert f"{len(papers)} papers are here for you." in words(shown)

    sent = submit(
        browser, f"{home}/bundle_documents", {"papers": [papers[0].public_id]}
    )
    none = submit(browser, f"{home}/bundle_documents", {"papers": []})

    assert sent.status_code == 303
    assert [each["paper"] for each in Archive.objects.get().plan] == [papers[0].pk]
    assert none.status_code == 422


def test_so_are_those_of_a_solicitation(contract, contracting_officer):
    solicitation = contract.solicitation
    browser = client_for(contracting_officer)
    address = f"/solicitations/{solicitation.public_id}/bundle_documents"
    papers = papers_of(solicitation, contracting_officer)

    sent = submit(browser, address, {"papers": [each.public_id for each in papers]})

    assert sent.status_code == 303
    archive = gathered(Archive.objects.get())
    assert browser.get(f"{archive.path}/download").status_code == 200
    assert client_for(actor("vendor_a_signer")).get(address).status_code == 404


@pytest.mark.parametrize("outsider", OUTSIDERS)
def test_an_outsider_finds_nothing(contract, outsider):
    archive = gathered(bundle(contract))
    browser, home = client_for(actor(outsider)), f"/contracts/{contract.public_id}"

    for address in (
        archive.path,
        f"{archive.path}/download",
        f"{home}/evidence",
        f"{home}/build_pack",
        f"{home}/bundle_documents",
    ):
        assert browser.get(address).status_code == 404, address


def test_who_may_not_have_it_reads_why(contract, cor):
    archive = gathered(pack(contract))
    browser, home = client_for(cor), f"/contracts/{contract.public_id}"

    page = browser.get(archive.path)
    assert "It is whole, and not for you" in words(page)
    assert "records/ledger.csv" not in words(page)
    assert browser.get(f"{archive.path}/download").status_code == 403
    assert browser.get(f"{home}/build_pack").status_code == 403


def test_a_machine_asks_polls_and_fetches(
    contract, vendor_a_machine, other_vendor_machine
):
    for key in (vendor_a_machine, other_vendor_machine):
        ApiKey.objects.filter(pk=key.key_id).update(
            scopes=["documents:read", "contracts:read"]
        )
    machine = key_client(vendor_a_machine)
    address = f"/api/v1/contracts/{contract.public_id}/evidence"

    asked = machine.post(
        address,
        {"level": "OWN"},
        content_type="application/json",
        headers={"Idempotency-Key": "evidence-of-a-vendor-1"},
    )

    assert asked.status_code == 202, asked.content
    found = asked.json()
    assert (found["is_complete"], found["download"]) == (False, None)
    where = asked["Location"]
    assert machine.get(f"{where}/download").status_code == 409
    gathered(Archive.objects.get())
    whole = machine.get(where).json()
    file = machine.get(whole["download"])
    assert hashlib.sha256(file.content).hexdigest() == whole["sha256"]
    assert machine.get(address).json()["data"][0]["id"] == found["id"]
    assert machine.get(whole["operation"]).json()["status"] == "succeeded"

    # And a level that is not the vendor's, an unknown field and a stranger get nothing
    for body, status in (({"level": "FULL"}, 403), ({"level": "OWN", "all": 1}, 422)):
        refused = machine.post(
            address,
            body,
            content_type="application/json",
            headers={"Idempotency-Key": f"evidence-of-a-vendor-{status}"},
        )
        assert refused.status_code == status
    stranger = key_client(other_vendor_machine)
    for each in (address, where, f"{where}/download"):
        assert stranger.get(each).status_code == 404
