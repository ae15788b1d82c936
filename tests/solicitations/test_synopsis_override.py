"""Where an exception stands in for a synopsis, the release leaves a record of it."""

import pytest

from contracting.approvals.models import Override
from tests.builders import released_solicitation
from tests.cast import actor, client_for

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-SOL-03", case="allowed")
def test_an_exception_from_a_synopsis_is_the_officers_override_and_shown():
    # When a package above the threshold is released under an exception of 5.202
    package = released_solicitation(
        terms={
            "synopsis_kind": "EXCEPTION",
            "synopsis_id": "",
            "synopsis_exception": "5.202(a)(2)",
        }
    )

    # Then the officer who released it answers for the exception, on the package's page
    override = Override.objects.get(rule="R-SOL-03")
    assert override.reason_code == "5.202(a)(2)"
    assert override.warrant_number
    page = client_for(actor("contracting_officer")).get(package.path)
    assert "R-SOL-03" in page.content.decode()


def test_a_package_with_its_synopsis_needs_no_override():
    released_solicitation()

    assert not Override.objects.filter(rule="R-SOL-03").exists()
