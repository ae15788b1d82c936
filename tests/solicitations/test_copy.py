"""A package is started from an earlier one of the agency."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed
from contracting.reference.models import AttachmentKind, Clause
from contracting.solicitations.operations.copy import copy_solicitation
from contracting.solicitations.publishing.copying import what_was_taken
from contracting.solicitations.queries import lines_of, publish_gaps
from contracting.solicitations.refusals import RequisitionTaken
from contracting.solicitations.states import SolicitationState
from tests.builders import (
    FACTORS,
    TERMS,
    WORKLOAD,
    drafted_requisition,
    released_solicitation,
    submitted_requisition,
)
from tests.cast import client_for, days, nothing_happens, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def earlier(at):
    """A solicitation that was released for an earlier need."""
    return released_solicitation(at)


@pytest.fixture
def need(at):
    return submitted_requisition(at, {"IN_UNCACHED": 7_000_000})


def copied(earlier, need, by, at):
    return copy_solicitation(
        solicitation_id=earlier.pk, requisition_id=need.pk, by=by, at=at
    )


def test_a_copy_says_what_the_original_says(earlier, need, contract_specialist, at):
    # When a specialist copies a released package for another need
    made = copied(earlier, need, contract_specialist, at + days(3))

    # Then texts, lines with their workload, factors and clauses are those of it
    assert made.state == SolicitationState.DRAFT
    assert made.requisition_id == need.pk
    assert made.statement_of_objectives == earlier.statement_of_objectives
    for name in ("naics", "psc", "size_standard", "importance", "ai_terms"):
        assert getattr(made, name) == TERMS[name]
    lines = {line.class_code: line.workload_tokens for line in lines_of(made)}
    assert lines == WORKLOAD
    factors = made.factors.order_by("position").values_list("name", flat=True)
    assert list(factors) == [factor.name for factor in FACTORS]
    assert set(made.clauses.values_list("clause", flat=True)) == set(
        earlier.clauses.values_list("clause", flat=True)
    )
    assert made.required_attachments == earlier.required_attachments
    assert made.editor_user_ids == [contract_specialist.user_id]


def test_what_belongs_to_the_earlier_buy_stays_behind(
    earlier, need, contract_specialist, at
):
    made = copied(earlier, need, contract_specialist, at + days(3))

    # Then it has neither number nor dates, and the amounts of its own need
    assert made.piid is None
    assert made.released_at is None
    assert (made.deadline, made.ordering_start, made.ordering_end) == (None, None, None)
    assert (made.synopsis_id, made.synopsis_posted_on) == ("", None)
    assert made.maximum_dollars == need.planned_dollars
    assert (made.minimum_dollars, made.maximum_tokens) == (0, 0)
    assert not made.questions.exists()
    assert not made.amendments.exists()
    # And the list says that they are still to be written
    missing = {gap.code for gap in publish_gaps(made, at=at + days(3))}
    assert {"deadline", "ordering_period"} <= missing


def test_clauses_and_papers_are_those_in_force_on_the_day_of_the_copy(
    earlier, need, contract_specialist, at
):
    # Given that one clause has ended, another was replaced, and a paper has ended
    day = (at + days(3)).date()
    free = Clause.objects.create(
        number="52.299-1",
        title="Of yesterday",
        summary="It has ended.",
        regime="FAR",
        valid_from=day - timedelta(days=900),
        valid_to=day - timedelta(days=1),
    )
    earlier.clauses.create(clause=free)
    old = earlier.clauses.select_related("clause").order_by("clause__number")[0].clause
    Clause.objects.filter(pk=old.pk).update(valid_to=day - timedelta(days=1))
    new = Clause.objects.create(
        number=old.number,
        title=old.title,
        summary=old.summary,
        is_provision=old.is_provision,
        required_for=old.required_for,
        regime=old.regime,
        valid_from=day,
    )
    AttachmentKind.objects.filter(code="DATA_CARD").update(
        valid_to=day - timedelta(days=1)
    )

    # When the package is copied
    made = copied(earlier, need, contract_specialist, at + days(3))

    # Then it carries what is in force, and says what it does not carry
    carried = set(made.clauses.values_list("clause", flat=True))
    assert new.pk in carried
    assert {old.pk, free.pk} & carried == set()
    assert "DATA_CARD" not in made.required_attachments
    told = what_was_taken(made)
    assert told["clauses_renewed"] == [f"{new.number} {new.title}"]
    assert told["clauses_left_out"] == ["52.299-1 Of yesterday"]
    assert told["papers_left_out"] == ["data card"]
    shown = client_for(contract_specialist).get(made.path).content.decode()
    assert "52.299-1 Of yesterday: left out" in shown


def test_the_record_says_from_what_it_was_made(earlier, need, contract_specialist, at):
    made = copied(earlier, need, contract_specialist, at + days(3))

    names = list(events_of(made.subject).values_list("event", flat=True))
    assert "solicitations.solicitation.copied" in names
    told = what_was_taken(made)
    assert told["from"] == earlier.public_id
    assert told["from_name"] == earlier.piid
    assert told["from_content_sha256"] == earlier.content_sha256
    assert made.copied_from == earlier


def test_a_need_that_is_solicited_already_gets_no_copy(
    earlier, contract_specialist, at
):
    with nothing_happens(), pytest.raises(RequisitionTaken):
        copied(earlier, earlier.requisition, contract_specialist, at + days(3))


def test_a_need_that_is_not_submitted_gets_no_copy(earlier, contract_specialist, at):
    need = drafted_requisition(at)

    with nothing_happens(), pytest.raises(NotAllowed):
        copied(earlier, need, contract_specialist, at + days(3))


@pytest.mark.parametrize(
    "outsider", ["program_manager", "other_agency_officer", "vendor_a_signer"]
)
def test_nobody_else_copies_a_package(request, outsider, earlier, need, at):
    by = request.getfixturevalue(outsider)

    with nothing_happens(), pytest.raises(NotAllowed):
        copied(earlier, need, by, at + days(3))


# Pages -------------------------------------------------------------------------------


def address(need, earlier):
    return reverse(
        "solicitations:copy_solicitation", args=[need.public_id, earlier.public_id]
    )


def test_a_past_package_is_found_by_its_words_and_copied(
    earlier, need, contract_specialist
):
    # Given the page of a new solicitation
    browser = client_for(contract_specialist)
    new = reverse("solicitations:draft_solicitation", args=[need.public_id])
    found = browser.get(new, {"words": f"{earlier.title.split()[0]} {earlier.piid}"})
    assert address(need, earlier) in found.content.decode()
    none = browser.get(new, {"words": "zeppelin"}).content.decode()
    assert "No package has all of these words" in none
    assert address(need, earlier) not in none

    # When the specialist reads what is taken, and starts the copy
    shown = browser.get(address(need, earlier)).content.decode()
    assert "Lines that are taken over, beside what the need expects" in shown
    done = submit(browser, address(need, earlier))

    # Then the new package says where it comes from
    assert done.status_code == 303
    page = browser.get(done["Location"]).content.decode()
    assert f"Started from {earlier.piid}" in page


def test_the_page_of_a_package_leads_to_the_needs_that_wait(
    earlier, need, contract_specialist
):
    browser = client_for(contract_specialist)
    needs = reverse("solicitations:needs_for_copy", args=[earlier.public_id])

    assert needs in browser.get(earlier.path).content.decode()
    assert address(need, earlier) in browser.get(needs).content.decode()


def test_without_a_need_that_waits_the_page_says_what_to_do(
    earlier, contract_specialist
):
    needs = reverse("solicitations:needs_for_copy", args=[earlier.public_id])

    shown = client_for(contract_specialist).get(needs).content.decode()

    assert "No need waits" in shown


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
def test_an_outsider_finds_no_page_of_a_copy(request, outsider, earlier, need):
    browser = client_for(request.getfixturevalue(outsider))

    for url in (
        address(need, earlier),
        reverse("solicitations:needs_for_copy", args=[earlier.public_id]),
    ):
        assert browser.get(url).status_code == 404
        assert Client().get(url).status_code == 302


def test_how_many_open_together_is_proposed_and_who_is_chosen_anew(
    earlier, need, contracting_officer, contract_specialist, at
):
    # Given a copy of a package that two of three people open
    made = copied(earlier, need, contract_specialist, at + days(3))
    before = earlier.boxes.order_by("pk")[0]

    # When the officer comes to name the openers of the copy
    name = reverse("submissions:name_openers", args=[made.public_id])
    shown = client_for(contracting_officer).get(name)

    # Then the number is proposed, and nobody is
    assert shown.context["form"].initial == {"needed": before.needed}
    assert f"opened by {before.needed} of {before.people} people" in (
        shown.content.decode()
    )
    assert not made.boxes.exists()
