"""A secret cut into shares."""

from itertools import combinations

import pytest

from contracting.submissions.sealing.keys import new_pair
from contracting.submissions.sealing.shares import Share, combine, commitment, split


@pytest.mark.parametrize(("needed", "people"), [(2, 3), (3, 5), (4, 7)])
def test_any_k_of_n_give_the_secret_and_fewer_do_not(needed, people):
    secret = new_pair().private
    shares = split(secret, needed=needed, people=people)

    assert len(shares) == people
    for some in combinations(shares, needed):
        assert combine(some) == secret
    for some in combinations(shares, needed - 1):
        assert combine(some) != secret


def test_an_altered_share_gives_another_secret_and_another_commitment():
    secret = new_pair().private
    first, second, _third = split(secret, needed=2, people=3)
    altered = Share(first.position, bytes(32))

    assert combine([altered, second]) != secret
    assert commitment(altered, box="box_a") != commitment(first, box="box_a")
    assert commitment(first, box="box_b") != commitment(first, box="box_a")
