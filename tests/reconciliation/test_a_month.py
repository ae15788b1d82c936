"""A month with every fault of the table: each is found by its name, and nothing else.

A few seeds; all of them are in ``tests/faults``.
"""

from __future__ import annotations

import pytest

from tests.reconciliation.month import proofs


@pytest.mark.parametrize("in_sums", [False, True], ids=["calls", "sums"])
def test_faults_on_keys_of_their_own_are_found_exactly(in_sums):
    proofs.disjoint(3, in_sums=in_sums)


@pytest.mark.parametrize("in_sums", [False, True], ids=["calls", "sums"])
def test_faults_on_the_same_keys_sum_to_what_was_planted(in_sums):
    proofs.overlap(1, in_sums=in_sums)


@pytest.mark.parametrize("in_sums", [False, True], ids=["calls", "sums"])
def test_a_clean_month_has_no_difference(in_sums):
    proofs.nothing(1, in_sums=in_sums)
