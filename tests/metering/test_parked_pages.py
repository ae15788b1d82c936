"""The page of parked usage: why it is missing, and another try."""

import pytest

from contracting.ledger.models import ParkedDelta
from tests.builders_metering import event, folded
from tests.cast import actor, client_for, submit
from tests.metering.test_fold import sent
from tests.metering.test_fold_all import poison

PAGE = "/usage/parked"


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def parked(order):
    sent(event(1, order=order))
    poison(order, dollars=1)
    folded()
    return ParkedDelta.objects.get()


def test_an_empty_page_says_what_would_stand_there(order):
    assert "Nothing is parked" in words(client_for(actor("cor")).get(PAGE))


def test_the_representative_tries_it_again(parked, now):
    browser = client_for(actor("cor"))
    address = f"{PAGE}/{parked.public_id}/unpark_usage"
    shown = words(browser.get(PAGE))
    assert "are not worth" in shown
    assert address in shown
    assert "Put right what stopped them" in words(browser.get(address))

    assert submit(browser, address, {}).status_code == 303

    assert not ParkedDelta.objects.exists()
    assert browser.get(address).status_code == 404


def test_others_see_it_and_are_told_who_may(parked):
    browser = client_for(actor("program_manager"))
    address = f"{PAGE}/{parked.public_id}/unpark_usage"

    assert "are not worth" in words(browser.get(PAGE))
    assert browser.get(address).status_code == 403


def test_another_agency_and_a_vendor_see_nothing(parked, other_agency_officer):
    address = f"{PAGE}/{parked.public_id}/unpark_usage"
    assert "Nothing is parked" in words(client_for(other_agency_officer).get(PAGE))
    assert client_for(other_agency_officer).get(address).status_code == 404
    assert client_for(actor("vendor_a_signer")).get(PAGE).status_code == 404
