"""E-mail is sent by another process, on the queue that beat's messages take."""

from accounts.states import Role
from contracting.core.subjects import Subject
from contracting.notices import tasks
from contracting.notices.models import Notice
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.notices.states import EmailState
from tests.workers import eventually


def test_a_posted_notice_is_sent(worker, contracting_officer, agency, at):
    # Given a notice to the contracting officer's representative
    (notice,) = post_notice(
        recipients=[Recipient(agency.pk, Role.COR)],
        subject=Subject("orders.task_order", 7, "contract:1"),
        title="Order is waiting for you",
        body="Read it.",
        url_path="/",
        by=contracting_officer,
        at=at,
    )

    # When beat sends what it sends every few seconds
    tasks.sweep_notices.delay()

    # Then the worker has sent it, once
    sent = Notice.objects.filter(pk=notice.pk, email_state=EmailState.SENT)
    assert eventually(sent.first).attempts == 1
