"""What the printed release says of how the market learned of it."""

import pytest

from contracting.documents.models import Document
from tests.builders import released_solicitation
from tests.offers import amended_solicitation

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


def test_an_amendment_says_on_its_face_what_changes():
    amended_solicitation()

    face = Document.objects.get(kind="modification").context["blocks"]["14"]

    assert face == (
        "One day more.\n\nDeadline for offers: from 20 Mar 2026, 5:00 p.m. EDT "
        "(21:00 UTC) to 21 Mar 2026, 5:00 p.m. EDT (21:00 UTC)."
    )
