"""Ten thousand random calls of each format come back exactly, two thousand broken not.

The printers start from known counts and share no code with the adapters.
"""

import pytest

from tests.metering.oracles.formats import PRINTERS, assert_read_exactly


@pytest.mark.rule("R-MET-02", case="allowed")
@pytest.mark.parametrize("name", PRINTERS)
def test_ten_thousand_calls_come_back_exactly(name):
    assert_read_exactly(name, 10_000)


@pytest.mark.rule("R-MET-02", case="refused", held_by="verdict")
@pytest.mark.parametrize("name", PRINTERS)
def test_two_thousand_broken_ones_are_all_refused(name):
    assert_read_exactly(name, 2_000, broken=True)
