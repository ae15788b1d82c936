"""E-mail mirrors the inbox: each notice goes out once, or says that it could not."""

from datetime import date, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from accounts.states import Role
from contracting.core.subjects import Subject
from contracting.notices.models import Notice
from contracting.notices.operations import sweep_notices as sweep
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.notices.operations.sweep_notices import sweep_notices
from contracting.notices.states import EmailState
from tests.cast import nothing_happens, person


@pytest.fixture
def notices(contracting_officer, vendor_a, at):
    """A notice to each of Meridian Models' three people."""
    return post_notice(
        recipients=[Recipient(vendor_a.pk)],
        subject=Subject("contracts.contract", 1, "contract:1"),
        title="Award of contract",
        body="Your offer was accepted.",
        url_path="/contracts/ctr_7k2m",
        due_on=date(2026, 3, 9),
        by=contracting_officer,
        at=at,
    )


def test_every_person_gets_one_email(notices, vendor_a_signer, at):
    sent = sweep_notices(at=at)

    assert sent == 3
    assert len({message.to[0] for message in mail.outbox}) == 3
    (message,) = [m for m in mail.outbox if m.to == [person(vendor_a_signer).email]]
    assert message.subject == "Award of contract"
    assert "Your offer was accepted." in message.body
    assert "Due on 09 March 2026." in message.body
    assert "/contracts/ctr_7k2m" in message.body
    assert set(Notice.objects.values_list("email_state", flat=True)) == {"SENT"}


def test_a_second_sweep_sends_nothing(notices, at):
    sweep_notices(at=at)

    with nothing_happens():
        assert sweep_notices(at=at) == 0

    assert len(mail.outbox) == 3


def test_no_more_than_the_limit_at_once(notices, at):
    assert sweep_notices(at=at, limit=2) == 2
    assert sweep_notices(at=at, limit=2) == 1


def test_a_server_that_does_not_answer_is_tried_again_later(notices, at, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(EmailMessage, "send", _hang_up)
        assert sweep_notices(at=at) == 0

    notice = Notice.objects.order_by("pk")[0]
    assert notice.email_state == EmailState.PENDING
    assert notice.attempts == 1
    assert "SMTPServerDisconnected" in notice.last_error
    assert sweep_notices(at=at) == 0
    assert sweep_notices(at=at + timedelta(minutes=1)) == 3


def test_after_many_failures_the_email_is_given_up_and_the_notice_stays(
    notices, vendor_a_signer, at, monkeypatch
):
    monkeypatch.setattr(EmailMessage, "send", _hang_up)

    for day in range(sweep.MAX_ATTEMPTS):
        sweep_notices(at=at + timedelta(days=day))

    assert set(Notice.objects.values_list("email_state", flat=True)) == {"FAILED"}
    assert sweep_notices(at=at + timedelta(days=30)) == 0
    assert Notice.objects.visible_to(vendor_a_signer).count() == 1


def test_a_notice_that_waits_for_somebody_sends_no_email(
    contracting_officer, agency, at
):
    from accounts.models import Membership

    Membership.objects.filter(role=Role.COR).update(is_active=False)
    post_notice(
        recipients=[Recipient(agency.pk, Role.COR)],
        subject=Subject("contracts.contract", 1, "contract:1"),
        title="Nobody yet",
        body="Nobody holds this role.",
        url_path="/",
        by=contracting_officer,
        at=at,
    )

    assert sweep_notices(at=at) == 0
    assert mail.outbox == []


def _hang_up(*_, **__):
    raise SMTPServerDisconnected("Connection unexpectedly closed")
