"""Each format against a printer that was written apart: the same counts come back."""

import pytest

from contracting.metering.adapters.registry import ADAPTERS
from tests.metering.oracles.formats import PRINTERS, assert_read_exactly


def test_every_adapter_has_a_printer_of_its_own():
    assert set(PRINTERS) == set(ADAPTERS)


@pytest.mark.rule("R-MET-02", case="allowed")
@pytest.mark.parametrize("name", PRINTERS)
def test_what_is_printed_from_known_counts_is_read_as_them(name):
    assert_read_exactly(name, 300)


@pytest.mark.rule("R-MET-02", case="refused", held_by="verdict")
@pytest.mark.parametrize("name", PRINTERS)
def test_a_count_that_cannot_be_is_refused_with_its_reason(name):
    assert_read_exactly(name, 100, broken=True)
