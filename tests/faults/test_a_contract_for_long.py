"""Random lives of a contract, for as long as it takes to meet what is rare: FULL=1."""

import os

import pytest

from tests.journeys.test_whatever_happens_to_a_contract import play, world

__all__ = ["world"]


@pytest.mark.skipif(not os.environ.get("FULL"), reason="FULL=1 plays it, for minutes")
def test_hundred_lives_are_as_the_plain_books_say(world):
    play(examples=100, steps=40)
