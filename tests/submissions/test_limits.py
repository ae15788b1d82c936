"""An offer keeps within what its solicitation takes, whichever way it comes."""

from dataclasses import replace

import pytest

from contracting.submissions.calculations import OfferedFile
from contracting.submissions.refusals import OverLimits
from tests.builders import released_solicitation
from tests.cast import nothing_happens
from tests.offers import offer_on, submitted_offer

pytestmark = pytest.mark.django_db


def handed_in(solicitation, files):
    offer = replace(offer_on(solicitation), files=files)
    return submitted_offer(on=solicitation, offer=offer)


def text(name="plan.txt", size=9):
    return OfferedFile(name, "text/plain", b"x" * size)


@pytest.mark.rule("R-SUB-12", case="allowed")
def test_an_offer_within_the_limits_is_received():
    solicitation = released_solicitation(
        terms={"most_files": 1, "most_megabytes": 1, "file_kinds": ["txt"]}
    )

    assert handed_in(solicitation, [text()]).pk


@pytest.mark.rule("R-SUB-12", case="refused")
@pytest.mark.parametrize(
    ("terms", "files"),
    [
        ({"most_files": 1}, [text(), text("more.txt")]),
        ({"most_megabytes": 1}, [text(size=1_100_000)]),
        ({"file_kinds": ["pdf"]}, [text()]),
        ({"most_pages": 3}, [OfferedFile("a.pdf", "application/pdf", b"%PDF-1.7 x")]),
        ({"most_characters": 5}, []),
    ],
)
def test_an_offer_over_a_limit_is_refused_while_there_is_time_to_mend_it(terms, files):
    solicitation = released_solicitation(terms=terms)

    with nothing_happens(), pytest.raises(OverLimits, match="the solicitation"):
        handed_in(solicitation, files)
