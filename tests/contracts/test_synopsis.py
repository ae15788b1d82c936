"""The award synopsis: what everybody reads of an award (FAR 5.301)."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.builders_orders import awarded_contract, certified_contract

pytestmark = pytest.mark.django_db


def test_everybody_reads_the_award_with_the_solicitation_and_by_itself():
    # Given a contract that is awarded
    contract = awarded_contract()
    solicitation = contract.solicitation

    for address in (
        solicitation.public_path,
        reverse("contracts:award", args=[contract.public_id]),
    ):
        # When somebody without an account reads either page
        reply = Client().get(address)
        page = reply.content.decode()

        # Then the synopsis says date, number, amount, awardee, items, codes and type
        assert reply.status_code == 200
        for heading in (
            "Date of award",
            "Contract number",
            "Amount",
            "Awardee",
            "Line items",
            "NAICS, product service code",
            "Solicitation",
            "Type",
            "Competition",
        ):
            assert f"<dt>{heading}</dt>" in page
        assert str(contract.piid) in page
        assert f"{contract.vendor.name}, {contract.vendor.address}" in page
        assert f"{contract.naics}, {contract.psc}" in page
        for line in contract.lines.all():
            assert f"{line.clin} {line.description}" in page
    answer = Client().get(solicitation.public_path).content.decode()
    assert "led to an award" in answer.split("data-answer")[1].split("</p>")[0]


def test_nobody_reads_a_draft_award():
    # Given a draft whose funds are certified
    contract = certified_contract()

    page = Client().get(contract.solicitation.public_path).content.decode()

    assert "Date of award" not in page
    assert contract.vendor.name not in page
    award = reverse("contracts:award", args=[contract.public_id])
    assert Client().get(award).status_code == 404
