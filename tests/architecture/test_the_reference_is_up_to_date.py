"""The pages of reference say what the code says."""

import re

import pytest

from tests.architecture.reference import REFERENCE, pages
from tests.documents import pictures
from tests.documents.papers import KINDS


@pytest.mark.parametrize(
    "name",
    [
        *("verbs.md", "states.md", "events.md", "rules.md", "adapters.md"),
        *("document.schema.json", "documents.md"),
    ],
)
def test_a_generated_page_is_what_the_code_says_now(name):
    written = (REFERENCE / name).read_text()

    assert written == pages()[name], "run `make fmt`"


@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_has_a_picture(kind):
    picture = (pictures.PLACE / f"{kind}.webp").read_bytes()

    assert picture[8:12] == b"WEBP"
    assert len(picture) <= pictures.MOST_BYTES
    assert re.fullmatch("[0-9a-f]{16}", pictures.made_of()[kind])


def test_every_paper_names_its_regulation_and_who_asks_for_it():
    page = (REFERENCE / "documents.md").read_text()

    assert page.count("\nRegulation: ") == len(KINDS)
    assert "none of its own" not in page
    assert "nobody yet" not in page
