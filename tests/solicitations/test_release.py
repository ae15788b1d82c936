"""The contracting officer publishes the package."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Tokens
from contracting.documents.queries import documents_of
from contracting.notices.models import Notice
from contracting.solicitations.calculations import LineDraft
from contracting.solicitations.operations.edit import edit_solicitation
from contracting.solicitations.operations.release import release_solicitation
from contracting.solicitations.queries import publish_gaps
from contracting.solicitations.refusals import NotComplete
from contracting.solicitations.states import SolicitationState
from tests.builders import (
    DEADLINE,
    approved_solicitation,
    complete_solicitation,
    drafted_solicitation,
    released_solicitation,
    reviewed_solicitation,
)
from tests.cast import days, nothing_happens
from tests.offers import rehearsed_box

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "naics",
    "size_standard",
    "psc",
    "set_aside",
    "importance",
    "ai_terms",
    "minimum_dollars",
    "maximum_tokens",
    "deadline",
    "ordering_period",
    "price_factor",
    "factors",
    "synopsis",
}


def release(package, by, at, seen_version=None):
    return release_solicitation(
        solicitation_id=package.pk,
        by=by,
        at=at,
        seen_version=seen_version or package.version,
    )


@pytest.mark.rule("R-SOL-01", case="allowed")
def test_a_released_solicitation_has_a_number_of_the_grammar(
    contracting_officer, at, agency
):
    done = release(approved_solicitation(at), contracting_officer, at + days(1))

    # Then it is the agency's first R of fiscal year 2026
    assert done.piid == "75D30126R00001"
    assert re.fullmatch(r"[A-Z0-9]{6}\d{2}R[A-Z0-9]{5}", done.piid)
    assert done.piid.startswith(agency.aac)
    assert done.state == SolicitationState.RELEASED


def test_the_fiscal_year_is_that_of_the_day_of_issue(contracting_officer):
    # Given a package approved in September and released on 1 October in Washington
    begun = datetime(2026, 9, 29, 15, 0, tzinfo=UTC)
    deadline = datetime(2026, 11, 2, 22, 0, tzinfo=UTC)
    package = approved_solicitation(begun, terms={"deadline": deadline})

    done = release(package, contracting_officer, datetime(2026, 10, 1, 5, tzinfo=UTC))

    assert done.piid == "75D30127R00001"


@pytest.mark.rule("R-SOL-01", case="refused", held_by="arithmetic")
def test_a_number_is_never_given_twice_nor_taken_by_a_failed_release(
    contracting_officer, at
):
    # Given one released solicitation, and a second release that fails
    first = released_solicitation(at)
    package = approved_solicitation(at)
    with nothing_happens(), pytest.raises(NotComplete):
        release(package, contracting_officer, DEADLINE + days(1))

    # When the second is released in time, then its number follows without a gap
    second = release(package, contracting_officer, at + days(2))
    assert (first.piid, second.piid) == ("75D30126R00001", "75D30126R00002")

    # And a number that was given is not given again: it is released once
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        release(second, contracting_officer, at + days(3))
    assert "only an approved package" in refusal.value.message


@pytest.mark.rule("R-SOL-02", case="allowed")
def test_a_complete_package_is_released_to_everybody_at_once(
    contracting_officer, at, vendor_a, vendor_b
):
    package = approved_solicitation(at)
    assert publish_gaps(package, at=at) == []

    done = release(package, contracting_officer, at + days(1))

    # Then the workload is frozen, a public paper is asked for, all vendors are told
    assert len(done.workload_sha256) == 64
    assert done.released_at == at + days(1)
    paper = documents_of(done.subject).get()
    assert (paper.kind, paper.is_public) == ("solicitation", True)
    assert paper.content_sha256 == done.content_sha256
    assert paper.context["blocks"]["5"] == done.piid
    told = Notice.objects.filter(title__contains=done.piid)
    assert {vendor_a.pk, vendor_b.pk} <= set(
        told.values_list("recipient_organization_id", flat=True)
    )
    assert len(set(told.values_list("created_at", flat=True))) == 1
    assert AuditEvent.objects.filter(
        event="solicitations.solicitation.released", at=at + days(1)
    ).exists()


@pytest.mark.rule("R-SOL-02", case="refused")
def test_a_release_lists_everything_that_is_missing(contracting_officer, at):
    # Given a package that was approved although much is missing
    drafted = rehearsed_box(on=drafted_solicitation(at), at=at)
    package = reviewed_solicitation(drafted, at)

    # When it is released
    with nothing_happens(), pytest.raises(NotComplete) as refusal:
        release(package, contracting_officer, at)

    # Then every gap is named at once
    assert refusal.value.rule == "R-SOL-02"
    assert set(refusal.value.data["missing"]) == EVERYTHING


@pytest.mark.parametrize(
    ("without", "gap"),
    [
        ({"statement_of_objectives": ""}, "statement_of_objectives"),
        ({"contact_name": ""}, "contact_name"),
        ({"contact_email": " "}, "contact_email"),
        ({"ordering_end": None}, "ordering_period"),
    ],
)
def test_each_missing_thing_is_found(at, without, gap):
    package = complete_solicitation(at, terms=without)

    assert [found.code for found in publish_gaps(package)] == [gap]


def test_a_deadline_that_has_passed_is_missing(contracting_officer, at):
    package = approved_solicitation(at)

    with nothing_happens(), pytest.raises(NotComplete) as refusal:
        release(package, contracting_officer, DEADLINE)
    assert refusal.value.data["missing"] == ["deadline"]


def test_a_package_without_a_complete_review_is_not_released(contracting_officer, at):
    package = complete_solicitation(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        release(package, contracting_officer, at)


def test_a_version_that_was_overtaken_is_not_released(contracting_officer, at):
    package = approved_solicitation(at)

    with nothing_happens(), pytest.raises(Stale):
        release(package, contracting_officer, at, seen_version=1)


@pytest.mark.parametrize(
    "outsider",
    ["contract_specialist", "other_agency_officer", "vendor_a_signer", "gateway"],
)
def test_nobody_else_releases_it(request, outsider, at):
    package = approved_solicitation(at)
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        release(package, by, at)


@pytest.mark.rule("R-SOL-02", case="refused")
@pytest.mark.parametrize(
    ("terms", "gap"),
    [
        ({"minimum_dollars": Decimal("25.00")}, "minimum_dollars"),
        (
            {"ordering_start": date(2026, 1, 1), "ordering_end": date(2026, 3, 2)},
            "ordering_period",
        ),
    ],
    ids=["a nominal minimum", "an ordering period that is over"],
)
def test_what_could_never_be_awarded_is_not_released(
    contracting_officer, at, terms, gap
):
    package = approved_solicitation(at, terms=terms)

    with nothing_happens(), pytest.raises(NotComplete) as refusal:
        release(package, contracting_officer, at + days(1))

    assert refusal.value.data["missing"] == [gap]


def test_a_clin_without_workload_is_a_gap(contract_specialist, at):
    # Given a package with a second CLIN that nobody is expected to use
    package = complete_solicitation(at)
    lines = [
        LineDraft("0001", "0001AA", "Input", "IN_UNCACHED", Tokens(7)),
        LineDraft("0002", "0002AA", "Output", "OUT_TEXT", Tokens(0)),
    ]
    done = edit_solicitation(
        solicitation_id=package.pk,
        lines=lines,
        by=contract_specialist,
        at=at,
        seen_version=package.version,
    )

    (gap,) = publish_gaps(done, at=at)

    assert gap.missing == "A reference workload above zero for CLIN 0002."
