"""The pages of reference say what the code says."""

import pytest

from tests.architecture.reference import REFERENCE, pages


@pytest.mark.parametrize(
    "name",
    [
        *("verbs.md", "states.md", "events.md", "rules.md", "adapters.md"),
        *("document.schema.json",),
    ],
)
def test_a_generated_page_is_what_the_code_says_now(name):
    written = (REFERENCE / name).read_text()

    assert written == pages()[name], "run `make fmt`"
