"""A package is started from a template, the one that came along or the agency's own."""

import pytest
from django.test import Client
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.solicitations.models import SolicitationTemplate
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.operations.keep_template import keep_template
from contracting.solicitations.operations.retire_template import retire_template
from contracting.solicitations.operations.use_template import use_template
from contracting.solicitations.publishing.copying import (
    pattern_sha256,
    what_was_taken,
)
from contracting.solicitations.queries import lines_of, publish_gaps
from contracting.solicitations.refusals import RequisitionTaken
from contracting.solicitations.states import SolicitationState
from tests.builders import (
    TERMS,
    WORKLOAD,
    complete_solicitation,
    drafted_solicitation,
    submitted_requisition,
)
from tests.cast import client_for, days, nothing_happens, submit

pytestmark = pytest.mark.django_db

STILL_TO_WRITE = (
    "set_aside",
    "deadline",
    "minimum_dollars",
    "maximum_dollars",
    "maximum_tokens",
    "ordering_start",
    "ordering_end",
    "synopsis_kind",
    "synopsis_id",
)
"""What belongs to one buy, and so to no template."""


@pytest.fixture
def starter(db):
    """The template that came with the system."""
    return SolicitationTemplate.objects.get(agency=None)


@pytest.fixture
def need(at):
    return submitted_requisition(at)


@pytest.fixture
def own(at, contracting_officer):
    """A template of the agency, kept from a package for another need."""
    package = complete_solicitation(at)
    return keep_template(
        solicitation_id=package.pk,
        name="Text tokens",
        summary="For assistants.",
        by=contracting_officer,
        at=at + days(1),
        seen_version=package.version,
    )


def started(template, need, by, at):
    return use_template(template_id=template.pk, requisition_id=need.pk, by=by, at=at)


def test_a_combined_synopsis_and_solicitation_is_written_from_a_template_in_one_sitting(
    starter, need, contract_specialist, at
):
    # Given the template of a new agency, and a need
    made = started(starter, need, contract_specialist, at)
    assert made.state == SolicitationState.DRAFT
    lines = {line.class_code: line.workload_tokens for line in lines_of(made)}
    assert lines == WORKLOAD
    assert made.statement_of_objectives == need.need

    # When the specialist writes what belongs to this buy alone
    written = edit_solicitation(
        solicitation_id=made.pk,
        terms={name: TERMS[name] for name in STILL_TO_WRITE},
        by=contract_specialist,
        at=at,
        seen_version=made.version,
    )

    # Then nothing is missing for its publication
    assert publish_gaps(written, at=at) == []


def test_the_template_that_came_along_is_what_its_hash_says(starter):
    assert starter.content_sha256 == pattern_sha256(starter.content)


def test_an_own_template_gives_its_lines_and_the_record_says_so(
    own, contract_specialist, at
):
    need = submitted_requisition(at, {"IN_UNCACHED": 7_000_000})

    made = started(own, need, contract_specialist, at + days(2))

    lines = {line.class_code: line.workload_tokens for line in lines_of(made)}
    assert lines == WORKLOAD
    assert made.ai_terms == TERMS["ai_terms"]
    assert made.deadline is None
    assert what_was_taken(made)["from_name"] == "Text tokens"
    assert made.from_template == own


def test_a_retired_template_starts_nothing(
    own, need, contracting_officer, contract_specialist, at
):
    retire_template(template_id=own.pk, by=contracting_officer, at=at + days(2))

    with nothing_happens(), pytest.raises(NotAllowed, match="retired"):
        started(own, need, contract_specialist, at + days(3))


def test_a_need_that_is_solicited_already_is_not_started_again(
    starter, contract_specialist, at
):
    package = drafted_solicitation(at)

    with nothing_happens(), pytest.raises(RequisitionTaken):
        started(starter, package.requisition, contract_specialist, at + days(1))


@pytest.mark.parametrize("outsider", ["program_manager", "other_agency_officer"])
def test_nobody_else_starts_from_a_template(request, outsider, own, need, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        started(own, need, by, at + days(2))


# Pages -------------------------------------------------------------------------------


def test_a_package_is_started_from_the_template_that_came_along(
    starter, need, contract_specialist
):
    # Given an agency that has no past package
    browser = client_for(contract_specialist)
    new = browser.get(
        reverse("solicitations:draft_solicitation", args=[need.public_id])
    ).content.decode()
    use = reverse(
        "solicitations:use_template", args=[need.public_id, starter.public_id]
    )
    assert use in new
    assert "No past packages yet" in new

    # When the specialist reads what it starts with, and starts
    assert "Came with the system" in browser.get(starter.path).content.decode()
    assert "Start from" in browser.get(use).content.decode()
    done = submit(browser, use)

    # Then the package names the template
    assert done.status_code == 303
    page = browser.get(done["Location"]).content.decode()
    assert f"Started from {starter.name}" in page


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
def test_an_outsider_finds_no_page_of_an_own_template(request, outsider, own, need):
    browser = client_for(request.getfixturevalue(outsider))
    addresses = [
        own.path,
        reverse("solicitations:use_template", args=[need.public_id, own.public_id]),
        reverse("solicitations:retire_template", args=[own.public_id]),
    ]

    for url in addresses:
        assert browser.get(url).status_code == 404
        assert Client().get(url).status_code == 302
