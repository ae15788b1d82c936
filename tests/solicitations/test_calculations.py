"""What differs between two packages, and which instants a deadline can be."""

from datetime import UTC, date, datetime, time

import pytest
from django.forms import ValidationError

from contracting.core.quantities import Tokens
from contracting.requisitions.forms import instant_of
from contracting.solicitations.calculations import LineDraft, slin_letters
from contracting.solicitations.publishing.changes import merged, shown

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
    steps = ["A 1 2", "B x y", "A 2 3", "C 1 2", "C 2 1"]
    changes = [dict(zip(("term", "old", "new"), s.split(), strict=True)) for s in steps]

    assert merged(changes) == [
        {"term": "A", "old": "1", "new": "3"},
        {"term": "B", "old": "x", "new": "y"},
    ]


def test_an_instant_among_changes_is_shown_in_the_zone_of_the_deadline():
    change = {
        "term": "Deadline",
        "old": "2026-03-20T21:00:00.000000Z",
        "new": "2026-03-20",
    }

    words = shown([change], NEW_YORK)[0]

    assert "5:00 p.m. EDT (21:00 UTC)" in words["old"]
    assert words["new"] == "2026-03-20"


def test_sub_lines_are_lettered_without_i_and_o():
    letters = [slin_letters(number) for number in range(24 * 24)]

    assert letters[0] == "AA"
    assert letters[8] == "AJ"
    assert letters[-1] == "ZZ"
    assert not any(set(each) & {"I", "O"} for each in letters)
    assert len(set(letters)) == 576


def test_a_line_is_priced_per_million_tokens_unless_it_says_otherwise():
    assert LineDraft("0001", "0001AA", "Input", "IN_UNCACHED", Tokens(1)).unit == "MTOK"
