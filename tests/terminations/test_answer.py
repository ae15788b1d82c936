"""The vendor's signer answers a cure notice, once."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.terminations.operations.answer import answer_letter
from contracting.terminations.refusals import WordsMissing
from tests.builders_orders import issued_order
from tests.cast import actor, nothing_happens
from tests.terminations.test_issue_cure import CURE_AT, cured

pytestmark = pytest.mark.django_db


def answered(letter, by="vendor_a_signer", text="Capacity was doubled."):
    return answer_letter(
        letter_id=letter.pk, text=text, by=actor(by), at=CURE_AT + timedelta(hours=1)
    )


def test_the_signer_answers_it_once():
    letter = cured(issued_order())
    for part in ("vendor_a_member", "other_vendor_signer", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            answered(letter, by=part)
    with nothing_happens(), pytest.raises(WordsMissing):
        answered(letter, text=" ")

    answered(letter)

    told = Notice.objects.filter(title=f"The cure notice on {letter.about} is answered")
    assert told.exists()
    with nothing_happens(), pytest.raises(NotAllowed):
        answered(letter)
