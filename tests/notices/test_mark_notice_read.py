"""A notice is marked as read once, by the person whom it concerns."""

import pytest

from accounts.states import Role
from contracting.audit.queries import events_of
from contracting.core.errors import NotAllowed
from contracting.core.subjects import Subject
from contracting.notices.invariants import INVARIANTS
from contracting.notices.operations.mark_notice_read import mark_notice_read
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.notices.queries import inbox_for, unread_count
from contracting.notices.refusals import AlreadyRead
from tests.cast import days, nothing_happens


@pytest.fixture
def notice(contracting_officer, agency, at):
    """A notice to the contracting officer's representative."""
    (posted,) = post_notice(
        recipients=[Recipient(agency.pk, Role.COR)],
        subject=Subject("orders.task_order", 7, "contract:1"),
        title="Usage has reached 75 % of the funds",
        body="Look at the burn and ask for funds in time.",
        url_path="/orders/ord_7k2m",
        by=contracting_officer,
        at=at,
    )
    return posted


def test_the_person_marks_it_as_read(notice, cor, at):
    assert unread_count(cor) == 1

    mark_notice_read(notice_id=notice.pk, by=cor, at=at + days(1))

    notice.refresh_from_db()
    assert notice.read_at == at + days(1)
    assert unread_count(cor) == 0
    assert list(inbox_for(cor)) == [notice]
    (event,) = events_of(notice.as_subject)
    assert event.event == "notices.notice.read"
    assert event.actor_name == cor.name
    assert [i.code for i in INVARIANTS if i.exceptions()] == []


def test_a_second_time_is_said_to_be_one(notice, cor, at):
    mark_notice_read(notice_id=notice.pk, by=cor, at=at)

    with nothing_happens(), pytest.raises(AlreadyRead):
        mark_notice_read(notice_id=notice.pk, by=cor, at=at)


@pytest.mark.parametrize(
    "somebody",
    ["contracting_officer", "vendor_a_signer", "other_agency_officer", "gateway"],
)
def test_nobody_else_marks_it(notice, at, somebody, request):
    by = request.getfixturevalue(somebody)

    with nothing_happens(), pytest.raises(NotAllowed):
        mark_notice_read(notice_id=notice.pk, by=by, at=at)
