"""The pages and endpoints of a package, from the first edit to the public page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from contracting.core import clock
from contracting.solicitations.models import Question, Solicitation
from contracting.solicitations.states import SolicitationState
from tests.builders import (
    TERMS,
    approved_solicitation,
    drafted_solicitation,
    released_solicitation,
    solicitation_in_review,
    submitted_requisition,
)
from tests.cast import client_for, days, submit
from tests.offers import rehearsed_box

KEY = "a-key-that-is-long-enough"


@pytest.fixture
def today(db):
    """The pages read the real clock, so these stories begin now."""
    return clock.now()


@pytest.fixture
def soon(today):
    """A deadline and an ordering period that lie ahead for the pages."""
    return {
        "deadline": (today + days(14)).replace(second=0, microsecond=0),
        "ordering_start": (today + days(30)).date(),
        "ordering_end": (today + days(394)).date(),
    }


def page(name, package):
    return reverse(f"solicitations:{name}", args=[package.public_id])


def terms_form(package, **changed):
    deadline = package.deadline
    return {
        **{name: value for name, value in TERMS.items() if name != "deadline"},
        "ordering_start": package.ordering_start or "2030-04-01",
        "ordering_end": package.ordering_end or "2031-03-31",
        "title": package.title,
        "statement_of_objectives": package.statement_of_objectives,
        "contact_name": package.contact_name,
        "contact_email": package.contact_email,
        "deadline_day": f"{deadline:%Y-%m-%d}" if deadline else "2030-03-20",
        "deadline_time": f"{deadline:%H:%M}" if deadline else "17:00",
        "time_zone": "UTC",
        "seen_version": package.version,
        **changed,
    }


def test_a_package_is_written_reviewed_and_released_in_the_browser(
    contract_specialist, technical_reviewer, legal_reviewer, contracting_officer, at
):
    # Given a need, and a specialist at a browser
    requisition = submitted_requisition(at)
    writer = client_for(contract_specialist)
    assert requisition.number in writer.get("/solicitations").content.decode()

    # When they draft the package and fill its sections
    drafted = submit(writer, f"/solicitations/draft/{requisition.public_id}")
    assert drafted.status_code == 303
    package = Solicitation.objects.get()
    written = submit(writer, page("edit_terms", package), terms_form(package))
    assert written.status_code == 303, written.content.decode()
    published = {
        "procedure": "COMMERCIAL",
        "synopsis_kind": "COMBINED",
        "synopsis_id": "PS-1",
        "extent_competed": "FULL",
        "seen_version": 2,
    }
    told = submit(writer, page("edit_publication", package), published)
    assert told.status_code == 303, told.content.decode()
    factors: dict[str, Any] = {
        "rows-TOTAL_FORMS": 2,
        "rows-INITIAL_FORMS": 0,
        "rows-0-position": 2,
        "rows-0-name": "Price",
        "rows-0-description": "On the workload.",
        "rows-0-is_price": "on",
        "rows-1-position": 1,
        "rows-1-name": "Approach",
        "rows-1-description": "How it meets the objectives.",
        "seen_version": 3,
    }
    assert submit(writer, page("edit_factors", package), factors).status_code == 303
    sent = submit(writer, page("submit_solicitation", package), {"seen_version": 4})
    assert sent.status_code == 303

    # And the reviewers concur, and the contracting officer releases it
    for reviewer in (technical_reviewer, legal_reviewer):
        browser = client_for(reviewer)
        shown = browser.get(page("review_solicitation", package))
        assert b"Review version 4" in shown.content
        decided = submit(
            browser,
            page("review_solicitation", package),
            {"verdict": "CONCUR", "seen_version": 4},
        )
        assert decided.status_code == 303
    rehearsed_box(on=package)
    released = submit(
        client_for(contracting_officer),
        page("release_solicitation", package),
        {"seen_version": 4},
    )

    # Then everybody reads it, with its deadline in two zones
    assert released.status_code == 303
    package.refresh_from_db()
    assert package.state == SolicitationState.RELEASED
    public = Client().get(package.public_path)
    assert public.status_code == 200
    assert f"{package.piid}" in public.content.decode()
    assert "17:00 UTC" in public.content.decode()


DRAFT_PAGES = [
    "solicitation",
    "edit_terms",
    "edit_publication",
    "edit_lines",
    "edit_factors",
    "edit_clauses",
    "submit_solicitation",
    "discard_solicitation",
]


@pytest.mark.parametrize("name", DRAFT_PAGES)
def test_each_page_of_a_draft_renders(contract_specialist, at, name):
    package = drafted_solicitation(at)

    answered = client_for(contract_specialist).get(page(name, package))

    assert answered.status_code == 200
    assert b"data-answer" in answered.content


def test_the_lines_of_a_draft_are_saved_from_their_grid(contract_specialist, at):
    package = drafted_solicitation(at)
    browser = client_for(contract_specialist)
    form = browser.get(page("edit_lines", package)).context["form"].grid
    rows: dict[str, Any] = {
        "rows-TOTAL_FORMS": 4,
        "rows-INITIAL_FORMS": 4,
        "seen_version": 1,
    }
    for number, row in enumerate(form.initial_forms):
        rows |= {
            f"rows-{number}-{name}": row[name].initial or ""
            for name in row.fields
            if name != "DELETE"
        }
    rows |= {"rows-0-workload_tokens": 7, "rows-3-DELETE": "on"}

    answered = submit(browser, page("edit_lines", package), rows)

    assert answered.status_code == 303
    lines = package.lines.filter(is_removed=False).order_by("slin")
    assert [line.slin for line in lines] == ["0001AA", "0001AB", "0001AC"]
    assert lines[0].workload_tokens == 7


def test_a_draft_says_what_is_needed_and_that_nobody_reviews_it_yet(
    contract_specialist, at
):
    package = drafted_solicitation(at)
    browser = client_for(contract_specialist)

    shown = strip_tags(browser.get(page("edit_terms", package)).content.decode())
    kinds = strip_tags(browser.get(page("edit_publication", package)).content.decode())

    assert "No approval route yet" in browser.get(package.path).content.decode()
    assert "NAICS code (needed before it is released)" in shown
    assert "Days that an offer stays open (optional)" in shown
    assert "Kind of solicitation" in kinds
    assert "Kind of solicitation (optional)" not in kinds


def test_a_deadline_without_its_time_stays_in_the_form(contract_specialist, at):
    package = drafted_solicitation(at)

    answered = submit(
        client_for(contract_specialist),
        page("edit_terms", package),
        terms_form(package, deadline_time="", naics="12"),
    )

    assert answered.status_code == 422
    assert b"A deadline has a day, a time and a zone." in answered.content
    assert b"NAICS code" in answered.content


@pytest.mark.parametrize(
    "odd",
    [
        {"deadline_day": "9999-12-31", "deadline_time": "23:00"},
        {"deadline_day": "0001-01-01", "time_zone": "Pacific/Guam"},
        {"ordering_end": "9999-12-31"},
    ],
)
def test_a_day_that_no_contract_names_is_refused_in_words(contract_specialist, at, odd):
    package = drafted_solicitation(at)

    answered = submit(
        client_for(contract_specialist),
        page("edit_terms", package),
        terms_form(package, **odd),
    )

    assert answered.status_code == 422
    assert b"2000 to 2100" in answered.content


def test_an_editor_is_warned_that_saving_voids_the_review(contract_specialist, at):
    package = solicitation_in_review(at)

    answered = client_for(contract_specialist).get(page("edit_terms", package))

    assert b"Saving a change voids the review" in answered.content


def test_a_release_page_lists_what_is_missing(contracting_officer, at):
    # Given an approved package whose deadline passed long ago
    package = approved_solicitation(at)

    shown = client_for(contracting_officer).get(page("release_solicitation", package))
    refused = submit(
        client_for(contracting_officer),
        page("release_solicitation", package),
        {"seen_version": package.version},
    )

    assert b"A deadline that has not passed." in shown.content
    assert refused.status_code == 422
    assert b"R-SOL-02" in refused.content


def test_a_vendor_asks_and_everybody_is_answered_in_the_browser(
    vendor_a_member, contract_specialist, contracting_officer, today, soon
):
    # Given a released solicitation and a question from its public page
    package = released_solicitation(today - days(2), terms=soon)
    nothing_yet = client_for(contracting_officer).get(page("questions", package))
    assert b"No vendor has asked anything yet." in nothing_yet.content
    vendor = client_for(vendor_a_member)
    assert b"Ask a question" in vendor.get(package.public_path).content
    asked = submit(vendor, page("ask_question", package), {"text": "Which region?"})
    assert asked.status_code == 303
    question = Question.objects.get()

    # When it is answered and released
    answer = reverse(
        "solicitations:answer_question", args=[package.public_id, question.public_id]
    )
    specialist = client_for(contract_specialist)
    assert (
        submit(specialist, answer, {"text": "Any in the boundary."}).status_code == 303
    )
    assert b"Any in the boundary." not in Client().get(package.public_path).content
    officer = client_for(contracting_officer)
    assert b"Any in the boundary." in officer.get(page("questions", package)).content
    drafts = officer.get(page("release_answers", package))
    seen = {"seen_sha256": drafts.context["form"]["seen_sha256"].value()}
    assert submit(officer, page("release_answers", package), seen).status_code == 303

    # Then everybody reads it
    assert b"Any in the boundary." in Client().get(package.public_path).content


def test_an_amendment_is_issued_from_its_page(contracting_officer, today, soon):
    package = released_solicitation(today - days(2), terms=soon)
    officer = client_for(contracting_officer)
    later = soon["deadline"] + days(7)

    shown = officer.get(page("amend_solicitation", package))
    done = submit(
        officer,
        page("amend_solicitation", package),
        {
            **terms_form(package, deadline_day=f"{later:%Y-%m-%d}"),
            "summary": "A week more.",
        },
    )

    assert b"Amendment 0001" in shown.content
    assert done.status_code == 303
    public = Client().get(package.public_path).content.decode()
    assert "A week more." in public
    assert "Deadline for offers" in public


def test_a_cancelled_solicitation_says_so(contracting_officer, today, soon):
    package = released_solicitation(today - days(2), terms=soon)

    done = submit(
        client_for(contracting_officer),
        page("cancel_solicitation", package),
        {"reason": "The need has gone.", "memo": "The funds went."},
    )

    assert done.status_code == 303
    assert b"The need has gone." in Client().get(package.public_path).content


def test_the_public_list_shows_what_is_open_and_says_no_count_of_offers(today, soon):
    empty = Client().get("/opportunities")
    assert b"Nothing is open" in empty.content

    package = released_solicitation(today - days(2), terms=soon)
    shown = Client().get("/opportunities").content.decode()

    assert f"{package.piid}" in shown
    assert "submission" not in shown.lower()


def test_what_is_not_released_has_no_public_page(at, db):
    package = approved_solicitation(at)

    assert Client().get(package.public_path).status_code == 404


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
def test_an_outsider_finds_no_working_page(request, outsider, today, soon):
    package = released_solicitation(today - days(2), terms=soon)
    browser = client_for(request.getfixturevalue(outsider))

    for name in (*DRAFT_PAGES, "questions", "amend_solicitation", "release_answers"):
        assert browser.get(page(name, package)).status_code == 404
    assert (
        page("solicitation", package)
        not in browser.get("/solicitations").content.decode()
    )


def test_somebody_who_is_not_signed_in_is_sent_to_the_login(at, db):
    package = released_solicitation(at)

    for name in ("solicitation", "edit_terms", "ask_question"):
        answered = Client().get(page(name, package))
        assert answered.status_code == 302
        assert answered["Location"].startswith("/accounts/login/")


def test_who_may_see_and_not_do_is_told_why(contract_specialist, at):
    package = approved_solicitation(at)

    answered = client_for(contract_specialist).get(
        page("release_solicitation", package)
    )

    assert answered.status_code == 403
    assert b"Only a contracting officer" in answered.content


# The API -----------------------------------------------------------------------------
