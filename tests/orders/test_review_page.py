"""From the queue to an approved order, and what a reviewer sees of a change."""

import re

import pytest

from contracting.approvals.models import Decision, PolicyStep
from contracting.orders.operations.edit import edit_task_order
from contracting.orders.operations.submit import submit_task_order
from contracting.orders.states import TaskOrderState
from tests.builders_orders import ORDERED_AT, REVIEWERS, concurred, submitted_order
from tests.cast import actor, client_for, nothing_happens

pytestmark = pytest.mark.django_db

FIRST, LAST = REVIEWERS


def changed(order, by, **terms):
    """The order with other terms, in review again."""
    order = edit_task_order(
        order_id=order.pk, terms=terms, by=by, at=ORDERED_AT, seen_version=order.version
    )
    return submit_task_order(
        order_id=order.pk, by=by, at=ORDERED_AT, seen_version=order.version
    )


def test_the_last_reviewer_approves_an_order_in_three_clicks():
    order = concurred(submitted_order(), [FIRST])
    browser = client_for(actor(LAST))
    queue = browser.get("/approvals/").text

    # Click 1: the document on the queue
    (url,) = re.findall(r'href="([^"]+)" data-row', queue)
    page = browser.get(url)
    assert "Checks" in page.text
    # Click 2: I concur
    chosen = {"verdict": "CONCUR", "comment": "", "seen_version": order.version}
    # Click 3: Record my decision
    sent = browser.post(url, {**chosen, "form_token": page.context["form_token"]})

    order.refresh_from_db()
    assert (sent.status_code, order.state) == (303, TaskOrderState.APPROVED)
    assert "Nothing to review. Last:" in browser.get("/approvals/").text


def test_a_version_that_moves_shows_what_changed_and_keeps_the_reasons(
    program_manager, other_agency_officer
):
    # Given a reviewer who reads version 1 while it is changed
    order = submitted_order()
    url = f"{order.path}/review_task_order"
    browser = client_for(actor(FIRST))
    token = browser.get(url).context["form_token"]
    order = changed(order, program_manager, title="Pilot of the second model")

    # When they send their decision
    said = {"verdict": "NONCONCUR", "comment": "Too dear.", "seen_version": 1}
    with nothing_happens():
        page = browser.post(url, {**said, "form_token": token})

    # Then the page tells what changed, and sending it again decides on version 2
    assert page.status_code == 409
    assert "Version 1 was in force when you opened this page" in page.text
    assert "Pilot of the second model" in page.text
    assert "Too dear." in page.text
    kept = page.context["form"]
    again = {name: kept[name].value() for name in ("verdict", "comment")}
    again["seen_version"] = kept["seen_version"].value()
    assert browser.post(url, {**again, "form_token": token}).status_code == 303
    assert Decision.objects.get(route__kind="task_order").version == 2
    assert client_for(other_agency_officer).get(url).status_code == 404


@pytest.mark.parametrize("looks_at", ["price", "title"])
def test_before_saving_the_page_says_whose_approval_a_change_voids(
    program_manager, policies, looks_at
):
    # Given an approved order, whose reviewers look at one kind of term only
    PolicyStep.objects.filter(policy=policies["task_order"][0]).update(
        looks_at=[looks_at]
    )
    order = concurred(submitted_order())
    names = [actor(each).name for each in REVIEWERS]

    page = client_for(program_manager).get(f"{order.path}/edit_task_order").text
    assert f"Your change voids 2 approvals: {', '.join(names)}" in page

    # Then a change that touches none of it is approved at once when it is submitted
    order = changed(order, program_manager, title="Another name")
    kept = looks_at == "price"
    assert (order.state == TaskOrderState.APPROVED) == kept
    assert order.state in {TaskOrderState.APPROVED, TaskOrderState.SUBMITTED}
    assert Decision.objects.filter(carried_from__isnull=False).count() == 2 * kept
