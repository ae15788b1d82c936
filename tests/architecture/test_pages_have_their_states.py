"""Each page of the inventory has tests that look at it in all of its states.

A page answers one question as text above the fold. Its tests see it with an answer,
with nothing to show, with something wrong, and by somebody for whom it is closed; and
what it is for is done on it in a browser, with scripts and without. Where a page brings
no script of its own, one walk without scripts stands for both.
"""

import pytest

from tests.architecture.pages import PAGES
from tests.architecture.routes import routes
from tests.architecture.tree import ROOT, syntax


@pytest.fixture(scope="module")
def known() -> set[str]:
    """The names of all routes."""
    return {route.name for route in routes()}


def test_every_question_has_routes_that_answer_it(known):
    assert len({page.question for page in PAGES}) == len(PAGES)
    assert [
        f"{page.question} {name}"
        for page in PAGES
        for name in page.routes
        if name not in known
    ] == []


def test_every_state_of_a_page_has_a_test_that_is_there():
    named = sorted({each for page in PAGES for each in page.tests})

    assert [each for each in named if not is_there(each)] == []


def is_there(test: str) -> bool:
    path, name = test.split("::")
    if not (ROOT / path).is_file():
        return False
    return name in {getattr(node, "name", "") for node in syntax(ROOT / path).body}


def test_what_a_page_is_for_is_done_on_it_in_a_browser():
    elsewhere = [
        f"{page.question} {each}"
        for page in PAGES
        for each in (page.acted, page.plain)
        if not each.startswith("tests/browser/")
    ]

    assert elsewhere == []
