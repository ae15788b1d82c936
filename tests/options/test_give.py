"""The vendor is told of an option in time."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.documents.calculations import day_words
from contracting.documents.queries import documents_of
from contracting.options.models import OptionIntent
from contracting.options.operations.give import give_option_intent
from contracting.options.refusals import (
    IntentGiven,
    NotInWindow,
)
from tests.builders_options import (
    QUANTITY,
    TOLD_AT,
    added_options,
    told_option,
)
from tests.cast import actor, nothing_happens
from tests.documents.papers import readers_of, squeezed, words_on


def test_the_notice_is_given_once_by_an_officer_on_an_option_period(option):
    with nothing_happens(), pytest.raises(NotAllowed):
        give_option_intent(
            option_id=option.pk, by=actor("contract_specialist"), at=TOLD_AT
        )
    told_option(on=option)
    with nothing_happens(), pytest.raises(IntentGiven):
        give_option_intent(
            option_id=option.pk, by=actor("contracting_officer"), at=TOLD_AT
        )


def test_an_option_for_quantity_has_no_notice(db):
    option = added_options(QUANTITY)[0]
    with nothing_happens(), pytest.raises(NotInWindow):
        give_option_intent(
            option_id=option.pk, by=actor("contracting_officer"), at=TOLD_AT
        )


def test_the_notice_is_a_letter_with_its_window(option):
    told_option(on=option)
    intent = OptionIntent.objects.get(option=option)

    paper = documents_of(intent.subject).get()
    assert paper.kind == "option_intent"
    words = words_on(paper)
    for said in (
        "Notice of Intent to Exercise an Option",
        "It does not commit the Government",
        f"This notice is due by {day_words(intent.due_on)}",
        "Given in time",
        "May be exercised from",
    ):
        assert squeezed(said) in words, said
    parts = ("contracting_officer", "vendor_a_signer", "vendor_b_signer")
    assert readers_of(paper, *parts) == set(parts[:2])
