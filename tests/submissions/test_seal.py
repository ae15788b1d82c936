"""The box for the offers is made with the release, and only then."""

import pytest
from django.db import IntegrityError, transaction

from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.submissions.operations.seal import seal_box
from tests.builders import complete_solicitation, released_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import named_openers, the_box

pytestmark = pytest.mark.django_db


def sealed(solicitation, at):
    by = actor("contracting_officer")
    return seal_box(solicitation_id=solicitation.pk, by=by, at=at)


def test_no_box_is_made_before_the_rehearsal(at):
    solicitation = named_openers(on=complete_solicitation(at))

    with nothing_happens(), pytest.raises(NotAllowed):
        seal_box(
            solicitation_id=solicitation.pk, by=actor("contracting_officer"), at=at
        )


def test_a_release_makes_one_box(at):
    solicitation = released_solicitation()

    with pytest.raises(IntegrityError, match="one_box"), transaction.atomic():
        seal_box(
            solicitation_id=solicitation.pk, by=actor("contracting_officer"), at=at
        )


def test_the_printed_solicitation_carries_the_fingerprint_of_the_key():
    solicitation = released_solicitation()

    sheet = Document.objects.get(kind="solicitation").context

    printed = {fact["label"]: fact["value"] for fact in sheet["facts"]}
    box = the_box(solicitation)
    assert box.fingerprint in printed.values()
    assert printed["Offers are opened by"] == "2 of 3 people together"
