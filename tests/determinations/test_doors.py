"""The pages of a determination, for people of its agency and nobody else."""

import pytest
from django.urls import reverse

from contracting.core.models import new_public_id
from contracting.determinations.models import Determination
from contracting.determinations.states import Kind
from tests.cast import actor, client_for

pytestmark = pytest.mark.django_db


def page(name, determination):
    return reverse(f"determinations:{name}", args=[determination.public_id])


def token(client, address):
    return client.get(address).context["form_token"]


def test_its_page_says_who_wrote_it_and_whether_it_stands(make):
    memo = make(kind=Kind.RESPONSE_WINDOW)

    answer = client_for(actor("contracting_officer")).get(page("determination", memo))

    assert answer.status_code == 200
    assert "Ada Officer wrote it" in answer.content.decode()
    assert "It stands" in answer.content.decode()


def test_a_second_officer_approves_and_posts_it_in_the_browser(make, ladder):
    made = make()
    officer = client_for(actor("second_contracting_officer"))

    for name, sent in (
        ("review_determination", {"verdict": "CONCUR", "comment": ""}),
        ("post_determination", {"place": "Notice 4711", "posted_on": "2026-03-02"}),
    ):
        address = page(name, made)
        answer = officer.post(address, {**sent, "form_token": token(officer, address)})
        assert answer.status_code == 303, answer.content.decode()

    made = Determination.objects.get(pk=made.pk)
    assert made.is_approved
    assert made.posting.place == "Notice 4711"


def test_an_administrator_reads_the_ladder_before_adopting_it(agency):
    browser = client_for(actor("administrator"))
    address = reverse("determinations:adopt_justification_ladder")

    shown = browser.get(address)

    assert "above $900,000" in shown.content.decode()
    sent = {"valid_from": "2026-03-02", "form_token": shown.context["form_token"]}
    assert browser.post(address, sent).status_code == 303


def test_another_agency_finds_nothing(make):
    memo = make(kind=Kind.RESPONSE_WINDOW)

    answer = client_for(actor("other_agency_officer")).get(page("determination", memo))

    assert answer.status_code == 404


def test_nothing_is_determined_on_what_nobody_offers(make):
    address = reverse(
        "determinations:make_determination",
        args=[new_public_id("ord"), "response-window"],
    )

    assert client_for(actor("contracting_officer")).get(address).status_code == 404
