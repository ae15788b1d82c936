"""What the printed release says of how the market learned of it."""

import pytest

from contracting.documents.models import Document
from tests.builders import released_solicitation

pytestmark = pytest.mark.django_db


def section(kind, heading):
    paper = Document.objects.filter(kind=kind).latest("pk")
    return next(
        (
            each["text"]
            for each in paper.context["sections"]
            if heading in each["heading"]
        ),
        None,
    )


def test_a_combined_notice_says_what_its_format_asks():
    solicitation = released_solicitation()

    said = section("solicitation", "Combined synopsis")

    assert "the only solicitation" in said
    for words in (solicitation.piid, solicitation.naics, "request for proposals"):
        assert words in said


def test_so_does_one_for_quotations():
    released_solicitation(terms={"kind": "RFQ"})

    said = section("request_for_quotations", "Combined synopsis")

    assert "request for quotations" in said
