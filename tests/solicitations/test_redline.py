"""What two wordings differ in is shown word by word, and heard."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from contracting.notices.models import Notice
from contracting.notices.queries import delivery_of
from contracting.notices.states import EmailState
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.solicitations.publishing.check import DONE, MISSING, tasks
from contracting.solicitations.publishing.redline import (
    DELETED,
    INSERTED,
    MOST,
    SAME,
    redline,
)
from contracting.solicitations.queries import publish_points
from tests.builders import (
    complete_solicitation,
    released_solicitation,
    reviewed_solicitation,
)
from tests.cast import actor, client_for, days
from tests.offers import rehearsed_box

WORDS = st.text(st.sampled_from("ab \n"), max_size=40)


@given(old=WORDS, new=WORDS)
def test_both_wordings_can_be_read_from_it(old, new):
    parts = redline(old, new)

    assert "".join(part.text for part in parts if part.kind != INSERTED) == old
    assert "".join(part.text for part in parts if part.kind != DELETED) == new


def test_only_the_words_that_differ_are_marked():
    parts = redline("Up to 90 pages in all.", "Up to 60 pages in all.")

    assert [(part.kind, part.text) for part in parts] == [
        (SAME, "Up to "),
        (DELETED, "90"),
        (INSERTED, "60"),
        (SAME, " pages in all."),
    ]


def test_texts_too_long_to_compare_are_shown_whole():
    long = "word " * MOST.bit_length() * 100

    assert {part.kind for part in redline(long, f"{long}more")} == {DELETED, INSERTED}


@pytest.mark.django_db
def test_the_public_page_marks_what_came_and_what_went(contracting_officer, at):
    released = released_solicitation(at)
    terms: dict[str, Any] = {"importance": "Price is more important than approach."}
    amend_solicitation(
        solicitation_id=released.pk,
        summary="Price weighs more.",
        terms=terms,
        by=contracting_officer,
        at=at + days(2),
        seen_version=released.version,
    )

    page = Client().get(released.public_path).content.decode()

    assert '<del><span class="usa-sr-only">[deleted: </span>Technical' in page
    assert '<ins><span class="usa-sr-only">[inserted: </span>Price' in page


@pytest.mark.django_db
def test_the_tasks_of_the_editor_say_what_is_missing_in_each(at):
    package = complete_solicitation(at, terms={"naics": "", "synopsis_id": ""})

    found = {task.page: task for task in tasks(publish_points(package, at))}

    assert {page: task.state for page, task in found.items()} == {
        "terms": MISSING,
        "publication": MISSING,
        "lines": DONE,
        "factors": DONE,
        "clauses": DONE,
        "limits": DONE,
        "options": DONE,
    }
    assert found["terms"].lacking == 1
    shown = client_for(actor("contract_specialist")).get(package.path)
    assert "<strong>Missing:</strong> The NAICS code." in shown.content.decode()


@pytest.mark.django_db
def test_the_publish_check_lists_every_point_with_its_change(contracting_officer, at):
    complete = rehearsed_box(on=complete_solicitation(at), at=at)
    package = reviewed_solicitation(complete, at)

    page = client_for(contracting_officer).get(f"{package.path}/release")

    shown = page.content.decode()
    assert "It has a NAICS code." in shown
    assert f'href="{package.path}/terms">Change' in shown
    assert "Who will see it: everybody" in shown


@pytest.mark.django_db
def test_the_office_sees_which_notice_did_not_go_out(contracting_officer, at):
    released = released_solicitation(at)
    told = Notice.objects.filter(url_path=released.public_path)
    first = told.order_by("pk").first()
    assert first is not None
    first.email_state = EmailState.FAILED
    first.attempts, first.last_error = 5, "SMTPException: no such mailbox"
    first.save()

    found = delivery_of(released.subject, released.public_path)

    assert (found.failed, found.queued) == (1, told.count() - 1)
    page = client_for(contracting_officer).get(released.path).content.decode()
    assert "1 failed" in page
    assert "no such mailbox" in page
