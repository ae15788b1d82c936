"""The inbox as its owner sees it, and as nobody else does."""

from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.models import Membership, User
from accounts.queries import actor_of
from accounts.states import Role
from contracting.core import clock
from contracting.core.subjects import Subject
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.notices.queries import inbox_for, unread_count
from tests.cast import client_for, submit

ORDER = Subject("orders.task_order", 7, "contract:1")


@pytest.fixture
def post(contracting_officer, agency, at):
    """Post a notice to the contracting officer's representative."""

    def posting(title: str, due_on: date | None = None, **more):
        (notice,) = post_notice(
            recipients=[Recipient(agency.pk, Role.COR)],
            subject=ORDER,
            title=title,
            body="What to do.",
            url_path="/orders/ord_7k2m",
            due_on=due_on,
            by=contracting_officer,
            at=at,
            **more,
        )
        return notice

    return posting


def test_an_empty_inbox_says_that_nothing_waits(cor):
    page = client_for(cor).get("/inbox")

    assert page.status_code == 200
    assert page.content.decode().count("Nothing waits for you") == 2


def test_the_inbox_is_grouped_by_deadline(post, cor):
    today = clock.now().date()
    post("Late", today - timedelta(days=3))
    post("Soon", today + timedelta(days=3))
    post("Some day", today + timedelta(days=60))
    post("Whenever")

    page = client_for(cor).get("/inbox")

    groups = {g["name"]: [r["notice"].title for r in g["rows"]] for g in _groups(page)}
    assert groups == {
        "Overdue": ["Late"],
        "Due within a week": ["Soon"],
        "Due later": ["Some day"],
        "No deadline": ["Whenever"],
    }
    assert "4 notices wait for you, 1 of them overdue." in page.content.decode()


def test_a_notice_is_marked_as_read_from_the_inbox(post, cor):
    notice = post("Read me")
    browser = client_for(cor)
    token = _groups(browser.get("/inbox"))[0]["rows"][0]["form_token"]

    address = f"/inbox/{notice.public_id}/read"
    first = browser.post(address, {"form_token": token})
    again = browser.post(address, {"form_token": token})

    assert (first.status_code, again.status_code) == (303, 303)
    assert unread_count(cor) == 0
    assert "Read me" not in browser.get("/inbox").content.decode().split("<h1>")[1]
    assert "Read me" in browser.get("/inbox?show=all").content.decode()


def test_the_page_of_a_notice_marks_it_too(post, cor):
    notice = post("Read me")

    response = submit(client_for(cor), f"/inbox/{notice.public_id}/read")

    assert response.status_code == 303


@pytest.mark.parametrize(
    "stranger", ["contracting_officer", "vendor_a_signer", "other_agency_officer"]
)
def test_a_stranger_gets_404(post, stranger, request):
    notice = post("Not yours")
    browser = client_for(request.getfixturevalue(stranger))

    assert browser.get(f"/inbox/{notice.public_id}/read").status_code == 404
    assert "Not yours" not in browser.get("/inbox").content.decode()


def test_nobody_has_an_inbox_without_a_login():
    response = Client().get("/inbox")

    assert response.status_code == 302
    assert "/login/" in response["Location"]


def test_a_person_sees_only_what_concerns_the_house_they_act_for(post, cor, vendor_a):
    post("Of the agency")
    elsewhere = Membership.objects.create(
        user=User.objects.get(pk=cor.user_id),
        organization=vendor_a,
        role=Role.VENDOR_MEMBER,
    )

    assert unread_count(cor) == 1
    assert unread_count(actor_of(elsewhere)) == 0


def test_what_waits_for_a_role_is_shown_to_whoever_takes_it(
    contracting_officer, agency, cor, auditor, at
):
    Membership.objects.filter(pk=cor.membership_id).update(is_active=False)
    (notice,) = post_notice(
        recipients=[Recipient(agency.pk, Role.COR)],
        subject=ORDER,
        title="For the next one",
        body="What to do.",
        url_path="/",
        by=contracting_officer,
        at=at,
    )
    successor = Membership.objects.create(
        user=User.objects.get(pk=auditor.user_id), organization=agency, role=Role.COR
    )

    assert list(inbox_for(actor_of(successor))) == [notice]
    assert unread_count(auditor) == 0


def test_a_machine_has_no_inbox(post, gateway):
    post("For people")

    assert not inbox_for(gateway).exists()


def test_a_long_inbox_has_pages(post, cor):
    for number in range(51):
        post(f"Notice {number}")

    page = client_for(cor).get("/inbox")

    assert sum(len(group["rows"]) for group in _groups(page)) == 50
    assert "Page 1 of 2" in page.content.decode()


def _groups(page):
    return page.context["groups"]
