"""The list of what waits for a reviewer."""

from django.test import Client

from tests.cast import client_for


def test_a_reviewer_finds_what_waits_and_goes_there(
    submit_for_review, technical_reviewer
):
    submit_for_review()

    page = client_for(technical_reviewer).get("/approvals/").content.decode()

    assert 'href="/orders/ord_x"' in page
    assert "Pilot order" in page
    assert "$60.00" in page
    assert "1 document waits for you" in page


def test_an_empty_list_says_so(legal_reviewer, submit_for_review):
    submit_for_review()

    page = client_for(legal_reviewer).get("/approvals/").content.decode()

    assert "Nothing to review." in page
    assert "Pilot order" not in page


def test_an_outsider_sees_nothing_of_it(
    submit_for_review, other_agency_officer, vendor_a_signer
):
    submit_for_review()

    assert b"Pilot" not in client_for(other_agency_officer).get("/approvals/").content
    assert client_for(vendor_a_signer).get("/approvals/").status_code == 404
    assert Client().get("/approvals/").status_code == 302
