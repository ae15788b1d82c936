"""Whether people suffice, against every distribution there is."""

import random
from itertools import product

import pytest

from contracting.approvals.calculations import unfillable


@pytest.mark.parametrize(
    ("seats", "first_empty"),
    [
        ([], None),
        ([{1}], None),
        ([set()], 0),
        ([{1}, {1}], 1),
        ([{1, 2}, {1}], None),
        ([{1, 2}, {1}, {2}], 2),
        ([{1, 2}, {2, 3}, {3, 1}], None),
        ([{1, 2}, {1, 2}, {1, 2}], 2),
    ],
)
def test_a_person_takes_one_seat(seats, first_empty):
    assert unfillable(seats) == first_empty


def test_it_agrees_with_trying_every_distribution():
    chance = random.Random(8_819)
    for _ in range(300):
        persons = range(chance.randint(1, 4))
        seats = [
            {person for person in persons if chance.random() < 0.5}
            for _ in range(chance.randint(0, 4))
        ]

        assert (unfillable(seats) is None) == any(
            len(set(chosen)) == len(chosen) for chosen in product(*seats)
        )
