"""How long a notice has stood, and when the next step is allowed."""

from datetime import date

import pytest

from contracting.solicitations.publishing.posting import posting_clock
from tests.builders import complete_solicitation, released_solicitation
from tests.cast import client_for, days

pytestmark = pytest.mark.django_db

SEPARATE = {
    "synopsis_kind": "SEPARATE",
    "synopsis_id": "PS-1",
    "synopsis_posted_on": date(2026, 2, 20),
}


def test_a_synopsis_says_how_long_it_has_stood_and_from_when_on_it_may_go_on(at):
    # Given a synopsis that was posted on 20 February, and a wait of fifteen days
    package = complete_solicitation(at, terms=SEPARATE)

    # Then on 2 March it has stood for ten, and 7 March is the first day
    assert posting_clock(package, at) == [
        "The synopsis has stood for 10 days of 15. The solicitation may be released "
        "from 7 Mar 2026 on, in 5 days (R-SOL-03)."
    ]
    (then,) = posting_clock(package, at + days(5))
    assert "may be released (R-SOL-03)" in then


def test_a_released_one_counts_the_days_until_its_deadline(at):
    package = released_solicitation(at)

    assert posting_clock(package, at + days(4)) == [
        "It has stood for 3 days of the 17 until its deadline."
    ]
    deadline = package.deadline
    assert deadline is not None
    assert posting_clock(package, deadline + days(1)) == [
        "It stood for 17 days until its deadline."
    ]


def test_without_a_synopsis_of_its_own_nothing_is_counted_before_the_release(at):
    assert posting_clock(complete_solicitation(at), at) == []


def test_the_page_of_the_package_tells_the_clock(contract_specialist, at):
    package = complete_solicitation(at, terms=SEPARATE)

    shown = client_for(contract_specialist).get(package.path).content.decode()

    assert "The synopsis has stood for" in shown
