"""The price reasonableness memorandum, printed from the record of the analysis."""

import pytest
from django.urls import reverse

from contracting.documents.models import Document
from contracting.documents.operations.render import render_document
from contracting.documents.queries import documents_of, rendering_of
from tests.cast import actor, client_for
from tests.evaluations.open_prices import offer_of, offered_for_nothing, put_in
from tests.evaluations.test_analyse import analysed
from tests.offers import agreed_offers, analysed_prices, rated_offers

pytestmark = pytest.mark.django_db


def memo_of(analysis):
    return documents_of(analysis.subject).get()


def address(analysis):
    return reverse(
        "evaluations:price_memo",
        args=[analysis.solicitation.public_id, analysis.public_id],
    )


@pytest.mark.rule("R-EVL-07", case="allowed")
def test_the_memorandum_is_bound_to_the_record_by_its_hash():
    # Given an analysis that finds the prices reasonable
    analysis = analysed_prices()

    # Then its memorandum bears the hash of the record, and every section of the form
    memo = memo_of(analysis)
    assert memo.kind == "price_memo"
    assert memo.content_sha256 == analysis.content_sha256
    headings = [each["heading"] for each in memo.context["sections"]]
    assert headings == [
        "Purpose",
        "What is bought",
        "Parties",
        "Independent estimate",
        "Comparison of the offers, class by class",
        "Comparison over the volume",
        "Prices put in to compare by",
        "Beside public list",
        "Unbalanced prices",
        "Options",
        "Conclusion",
    ]
    said = {each["heading"]: each.get("text") for each in memo.context["sections"]}
    assert "Meridian Models" in said["Parties"]
    assert "(P50)" in said["Independent estimate"]
    assert said["Beside public list"] == (
        "No price that can be compared lies above public list."
    )
    assert said["Conclusion"] == analysis.conclusion


def test_a_price_that_was_put_in_stands_in_the_memorandum():
    solicitation = offered_for_nothing()
    put_in(solicitation)
    other = offer_of(solicitation, "vendor_b_signer")

    analysis = analysed(
        solicitation, by=actor("contract_specialist"), reasonable=[other]
    )

    said = {
        each["heading"]: each.get("text")
        for each in memo_of(analysis).context["sections"]
    }
    assert "the public list price" in said["Prices put in to compare by"]


def test_whoever_may_see_the_prices_downloads_it():
    analysis = analysed_prices(on=agreed_offers())
    render_document(document_id=memo_of(analysis).pk)

    for part in ("contracting_officer", "source_selection_authority", "evaluator"):
        reply = client_for(actor(part)).get(address(analysis))
        assert reply.status_code == 200
        assert reply.content.startswith(b"%PDF")
        assert "attachment" in reply["Content-Disposition"]
    assert rendering_of(memo_of(analysis)).blob.sha256


def test_no_evaluator_gets_it_before_the_panel_has_agreed():
    # Given prices that are analysed while the panel still rates
    analysis = analysed(rated_offers(), by=actor("contract_specialist"), memo="So.")

    # Then the evaluator is refused, and no list of papers shows it
    assert client_for(actor("evaluator")).get(address(analysis)).status_code == 403
    for part in ("evaluator", "program_manager", "contracting_officer"):
        assert not Document.objects.visible_to(actor(part)).filter(kind="price_memo")
    # An outsider does not learn that there is one
    for outsider in ("vendor_a_signer", "other_agency_officer"):
        assert client_for(actor(outsider)).get(address(analysis)).status_code == 404
