"""Several people open the same offers at one instant."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from contracting.core.errors import Refusal
from contracting.solicitations.states import SolicitationState
from contracting.submissions.models import HeldShare, OpenedOffer
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.queries import consents_of
from contracting.submissions.refusals import AlreadyOpened
from tests.cast import actor
from tests.offers import OPENERS, PASSPHRASE, after, submitted_offers


@pytest.fixture
def openers(own_database):
    """The three openers of the tests' world, of whom two are enough."""
    return [actor(part) for part in OPENERS]


def at_one_instant(people, solicitation):
    """Each on a connection of their own, at one barrier; what each was told."""
    barrier = Barrier(len(people))

    def opens(by):
        connection.ensure_connection()
        barrier.wait(timeout=30)
        try:
            open_submissions(
                solicitation_id=solicitation.pk,
                passphrase=PASSPHRASE,
                by=by,
                at=after(solicitation),
            )
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(opens, people))


def test_a_quorum_of_openers_opens_once_and_the_others_are_told(openers):
    # Given sealed offers, and more people than are needed
    solicitation = submitted_offers()[0].solicitation

    # When all of them consent at once
    told = at_one_instant(openers, solicitation)

    # Then exactly two consents stand, every offer was opened once, and the others know
    assert told.count(None) == 2
    assert {type(each) for each in told if each is not None} == {AlreadyOpened}
    consents = consents_of(solicitation)
    assert sorted(consents.values_list("position", flat=True)) == [1, 2]
    assert consents.values("user_id").distinct().count() == 2
    assert OpenedOffer.objects.count() == 2
    assert HeldShare.objects.count() == 0
    solicitation.refresh_from_db()
    assert solicitation.state == SolicitationState.OPENED


def test_one_person_clicking_twice_at_one_instant_is_one_person(openers):
    # Given sealed offers
    solicitation = submitted_offers()[0].solicitation

    # When one person consents from two windows at once
    told = at_one_instant([openers[0], openers[0]], solicitation)

    # Then one consent stands and nothing is open
    assert told.count(None) == 1
    assert [each.rule for each in told if each is not None] == ["R-SUB-03"]
    assert consents_of(solicitation).count() == 1
    assert OpenedOffer.objects.count() == 0
