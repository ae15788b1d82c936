"""Giving a share is a step of each opening; its tests stand with those."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.submissions.models import Opening
from contracting.submissions.operations.give import give_share
from contracting.submissions.refusals import SealBroken
from tests.builders import complete_solicitation
from tests.cast import actor, nothing_happens
from tests.offers import PASSPHRASE, named_openers

pytestmark = pytest.mark.django_db


@pytest.fixture
def opening(at):
    """The opening of a rehearsal box, just begun."""
    solicitation = named_openers(on=complete_solicitation(at))
    box = solicitation.boxes.get()
    return Opening.objects.create(
        solicitation=solicitation, box=box, purpose="REHEARSAL", begun_at=at
    )


def given(opening, part, at):
    return give_share(
        opening_id=opening.pk, passphrase=PASSPHRASE, by=actor(part), at=at
    )


def test_the_last_share_gives_the_private_half(opening, at):
    assert given(opening, "legal_reviewer", at) is None

    assert len(given(opening, "contract_specialist", at)) == 32


def test_whoever_holds_no_share_gives_none(opening, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        given(opening, "evaluator", at)


def test_a_share_kept_under_another_key_of_the_settings_is_no_share(
    opening, at, settings
):
    given(opening, "legal_reviewer", at)
    settings.SEALING_KEY = bytes(32)

    with nothing_happens(), pytest.raises(SealBroken):
        given(opening, "contract_specialist", at)
