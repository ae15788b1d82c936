"""What differs between two packages, and which instants a deadline can be."""

from datetime import UTC, date, datetime, time

import pytest
from django.forms import ValidationError

from contracting.core.quantities import Tokens
from contracting.solicitations.calculations import (
    Change,
    LineDraft,
    merged,
    slin_letters,
)
from contracting.solicitations.forms import instant_of

NEW_YORK = "America/New_York"


def test_a_local_deadline_is_an_instant():
    instant = instant_of(date(2026, 3, 20), time(17), NEW_YORK)

    assert instant == datetime(2026, 3, 20, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at"),
    [(date(2026, 3, 8), time(2, 30)), (date(2026, 11, 1), time(1, 30))],
)
def test_a_time_that_the_clocks_skip_or_show_twice_is_refused(day, at):
    with pytest.raises(ValidationError):
        instant_of(day, at, NEW_YORK)


def test_changes_of_several_versions_are_one_step():
    steps = [Change("A", "1", "2"), Change("B", "x", "y"), Change("A", "2", "3")]
    there_and_back = [Change("C", "1", "2"), Change("C", "2", "1")]

    assert merged([*steps, *there_and_back]) == [
        Change("A", "1", "3"),
        Change("B", "x", "y"),
    ]


def test_sub_lines_are_lettered_without_i_and_o():
    letters = [slin_letters(number) for number in range(24 * 24)]

    assert letters[0] == "AA"
    assert letters[8] == "AJ"
    assert letters[-1] == "ZZ"
    assert not any(set(each) & {"I", "O"} for each in letters)
    assert len(set(letters)) == 576


def test_a_line_is_priced_per_million_tokens_unless_it_says_otherwise():
    assert LineDraft("0001", "0001AA", "Input", "IN_UNCACHED", Tokens(1)).unit == "MTOK"
