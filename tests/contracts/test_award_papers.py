"""An award on paper: told to everybody, and to each who was not selected."""

import json

import pytest

from contracting.contracts.models import UnsuccessfulNotice
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.notify import notify_unsuccessful
from contracting.documents.models import Document
from contracting.documents.operations.render import render_document
from contracting.documents.queries import documents_of, read_blob
from contracting.evaluations.operations.decide import decide_selection
from tests.builders_orders import AWARDED_AT, awarded_contract, certified_contract
from tests.cast import actor, client_for, days
from tests.contracts.results import REASON, notified
from tests.documents.papers import text_of
from tests.offers import compared_offers

pytestmark = pytest.mark.django_db


def printed(document):
    """The words of the file, as it is handed over."""
    render_document(document_id=document.pk)
    return " ".join(text_of(read_blob(document.rendering.blob)).split())


def labels(document):
    return {each["label"]: each["value"] for each in document.context["facts"]}


def test_an_award_is_announced_to_everybody(decision, client):
    # Given an award of $400,000
    contract = awarded_contract(on=decision)

    # Then its synopsis holds what FAR 5.301 publishes
    synopsis = documents_of(contract.subject).get(kind="award_synopsis")
    said = labels(synopsis)
    assert said["Contract number"] == contract.piid
    assert said["NAICS code"] == contract.naics
    assert said["Solicitation"] == contract.solicitation.piid
    assert said["Justification"] == "None: full and open competition."
    assert "Meridian Models" in said["Awardee"]

    # And anybody reads it once it is printed, with a link from the award
    words = printed(synopsis)
    for part in (contract.piid, "$400,000.00", "Tokens of GPT-4o"):
        assert part in words
    assert client.get(f"/documents/{synopsis.public_id}").status_code == 200
    award = client.get(f"/awards/{contract.public_id}").content.decode()
    assert f"/documents/{synopsis.public_id}" in award


def test_nothing_is_announced_before_the_signature_or_below_the_amount(
    decision, monkeypatch
):
    contract = certified_contract(on=decision)
    assert not Document.objects.filter(kind="award_synopsis").exists()

    monkeypatch.setattr(
        "contracting.contracts.paperwork.results.is_synopsized", lambda *_: False
    )
    award_contract(
        contract_id=contract.pk,
        by=actor("contracting_officer"),
        at=AWARDED_AT,
        seen_version=contract.version,
    )
    assert not documents_of(contract.subject).filter(kind="award_synopsis").exists()


def test_each_offeror_gets_its_own_notice_and_nothing_of_a_competitor(decision):
    # Given an award, whose notices go out
    contract = awarded_contract(on=decision)
    notified(contract)
    sent = UnsuccessfulNotice.objects.get(submission__vendor__name="Larkspur AI")

    # Then Larkspur's paper has every part of FAR 15.503(b)(1)
    paper = documents_of(sent.subject).get()
    assert (paper.kind, paper.vendor) == ("award_notice", sent.submission.vendor)
    said = labels(paper)
    assert said["Offerors solicited"] == 3
    assert said["Offers received"] == 2
    assert said["Debriefing required if asked for until"] == "2026-04-03"
    words = printed(paper)
    for part in (
        contract.solicitation.piid,
        "Meridian Models, 1 Meridian Way",
        "0001AA",
        "2,900",
        "$2.00",
        REASON,
        "until 3 Apr 2026",
    ):
        assert part in words, part

    # And neither ratings nor the evaluated total of anybody
    for secret in ("support plan thin", "7700", "8662", "public list"):
        assert secret not in json.dumps(paper.context)

    # And it alone, beside the agency, reads it: there is a link on its status
    address = f"/documents/{paper.public_id}"
    status = f"/submissions/{sent.submission.public_id}/status"
    larkspur = client_for(actor("vendor_b_signer"))
    assert address in larkspur.get(status).content.decode()
    assert larkspur.get(f"{address}/download").status_code == 200
    assert client_for(actor("contracting_officer")).get(address).status_code == 200
    for stranger in ("vendor_a_signer", "other_vendor_signer", "other_agency_officer"):
        assert client_for(actor(stranger)).get(address).status_code == 404


def test_two_losers_read_nothing_of_each_other():
    # Given three offers, of which one is selected
    analysis = compared_offers()
    offers = {
        each.vendor.name: each for each in analysis.solicitation.submissions.all()
    }
    decision = decide_selection(
        solicitation_id=analysis.solicitation_id,
        selected={offers["Meridian Models"].pk: ""},
        rationale="Meridian asks least and is rated like the others; I select it.",
        seen_analysis_id=analysis.pk,
        by=actor("source_selection_authority"),
        at=AWARDED_AT - days(1),
    )
    contract = awarded_contract(on=decision)

    # When each of the two others is told a reason of its own
    reasons = {"Larkspur AI": "The first reason.", "Outsider Compute": "Another one."}
    notify_unsuccessful(
        contract_id=contract.pk,
        reasons={offers[name].pk: reason for name, reason in reasons.items()},
        by=actor("contracting_officer"),
        at=AWARDED_AT + days(1),
    )

    # Then each paper holds its own reason and neither name nor reason of the other
    for mine, theirs in (tuple(reasons), tuple(reversed(reasons))):
        paper = Document.objects.get(kind="award_notice", vendor__name=mine)
        held = json.dumps(paper.context)
        assert reasons[mine] in held
        assert mine in held
        assert reasons[theirs] not in held
        assert theirs not in held
