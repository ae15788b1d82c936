"""Who reviews what, and how an administrator says so."""

from django.urls import reverse

from contracting.approvals.models import Policy
from tests.cast import client_for, nothing_happens, submit

ADOPT = reverse("approvals:adopt_policy")
TERMS = {
    "kind": "solicitation",
    "title": "Large solicitations",
    "min_value": "250000.00",
    "valid_from": "2026-03-01",
    "technical": "1",
    "legal": "2",
}


def test_everybody_of_the_agency_reads_who_reviews_what(cor, policies):
    page = client_for(cor).get(reverse("approvals:policies")).content.decode()

    assert policies["task_order"][0].title in page
    assert "1. finance reviewer; 1. technical reviewer" in page
    assert "Adopt a policy: not now." in page


def test_an_administrator_adopts_a_policy(administrator):
    more = {
        "working_days": "5",
        "escalates_to": "PROGRAM_MANAGER",
        "technical_need": "2",
        "legal_need": "ALL",
        "legal_looks_at": "clause, price",
    }
    answer = submit(client_for(administrator), ADOPT, {**TERMS, **more})

    assert answer.status_code == 303
    policy = Policy.objects.get(title="Large solicitations")
    technical, legal = policy.steps.order_by("position")
    assert (technical.review_field, technical.need, technical.needed) == (
        *("TECHNICAL", "N", 2),
    )
    assert (legal.review_field, legal.need) == ("LEGAL", "ALL")
    assert (technical.looks_at, legal.looks_at) == ([], ["clause", "price"])
    assert (legal.working_days, legal.escalates_to) == (5, "PROGRAM_MANAGER")
    page = client_for(administrator).get(reverse("approvals:policies")).text
    assert "legal reviewer, all of them on clause, price in 5 working days" in page


def test_a_policy_that_asks_nobody_is_none(administrator):
    asked = {"technical": "", "legal": ""}
    with nothing_happens():
        answer = submit(client_for(administrator), ADOPT, {**TERMS, **asked})

    assert answer.status_code == 422
    assert "which reviewers are asked" in answer.content.decode()


def test_the_same_policy_twice_is_refused_in_words(administrator):
    browser = client_for(administrator)
    submit(browser, ADOPT, TERMS)

    again = submit(browser, ADOPT, TERMS)

    assert again.status_code == 409
    assert "one policy for a kind value and risk" in again.content.decode()


def test_others_are_told_why_they_may_not(cor):
    with nothing_happens():
        answer = submit(client_for(cor), ADOPT, TERMS)

    assert answer.status_code == 403
    assert "administrator" in answer.content.decode()


def test_a_vendor_finds_nothing_here(vendor_a_signer):
    browser = client_for(vendor_a_signer)

    for page in ("policies", "adopt_policy"):
        assert browser.get(reverse(f"approvals:{page}")).status_code == 404
