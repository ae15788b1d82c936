"""The vendor confirms once that a letter arrived."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.terminations.operations.receive import receive_letter
from tests.builders_orders import issued_order
from tests.cast import actor, nothing_happens
from tests.terminations.test_issue_cure import CURE_AT, cured

pytestmark = pytest.mark.django_db


def test_anybody_of_the_vendor_confirms_it_once():
    letter, later = cured(issued_order()), CURE_AT + timedelta(minutes=5)
    for part in ("other_vendor_signer", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            receive_letter(letter_id=letter.pk, by=actor(part), at=later)

    receipt = receive_letter(letter_id=letter.pk, by=actor("vendor_a_member"), at=later)

    assert (receipt.letter, receipt.received_at) == (letter, later)
    with nothing_happens(), pytest.raises(NotAllowed):
        receive_letter(letter_id=letter.pk, by=actor("vendor_a_signer"), at=later)
