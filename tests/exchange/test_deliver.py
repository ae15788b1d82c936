"""A message is sent until it is taken: signed, with one id, and never elsewhere."""

import base64
import functools
import json
import time
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook as Foreign
from standardwebhooks import WebhookVerificationError

from contracting.audit.models import AuditEvent
from contracting.core import clock
from contracting.exchange.calculations import next_try
from contracting.exchange.models import Webhook
from contracting.exchange.operations.deliver import deliver_webhook
from contracting.exchange.operations.probe import probe_webhook
from contracting.exchange.outgoing.post import Reply
from contracting.exchange.states import WAITS
from contracting.notices.models import Notice
from tests.cast import client_for, days
from tests.exchange.conftest import Post, delivered, registered


def probed(at, by, **change):
    made = registered(at, **change)
    message = probe_webhook(webhook_id=made.webhook.pk, by=by, at=at)
    return made, message


def test_a_foreign_receiver_takes_what_is_signed_and_nothing_else(
    administrator, receiver
):
    # Given a receiver over TLS that checks with a library which is not ours
    at = clock.now()
    made, message = probed(at, administrator, url=receiver.url)

    # When the worker sends
    assert deliver_webhook(webhook_id=made.webhook.pk, at=clock.now()) == 1

    # Then it got one message with its id, whose v1 signature holds
    ((path, headers, body),) = receiver.got
    assert path == "/told?by=drawdown"
    assert headers["webhook-id"] == message.public_id
    assert Foreign(made.secret).verify(body, headers)["type"] == "test"

    # And the v1a signature holds by the public key, over id, instant and body
    signatures = dict(
        part.split(",", 1) for part in headers["webhook-signature"].split()
    )
    assert list(signatures) == ["v1a", "v1"]
    raw = base64.b64decode(made.public_key.removeprefix("whpk_"))
    public = Ed25519PublicKey.from_public_bytes(raw)
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
    public.verify(base64.b64decode(signatures["v1a"]), signed + body)

    # But neither for another body nor for an old instant
    forged = body.replace(b'"test"', b'"deny_list.changed"')
    with pytest.raises(WebhookVerificationError):
        Foreign(made.secret).verify(forged, headers)
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(signatures["v1a"]), signed + forged)
    old = {**headers, "webhook-timestamp": str(int(time.time()) - 3600)}
    with pytest.raises(WebhookVerificationError):
        Foreign(made.secret).verify(body, old)


def test_a_redirect_leads_nowhere(administrator, receiver):
    made, message = probed(clock.now(), administrator, url=receiver.url)
    receiver.answers = [(302, {"Location": f"https://127.0.0.1:{receiver.port}/x"})]

    assert deliver_webhook(webhook_id=made.webhook.pk, at=clock.now()) == 0

    assert len(receiver.got) == 1
    (kept,) = message.attempts.all()
    assert (kept.status, kept.problem) == (302, "answered 302")


def test_a_certificate_that_nobody_vouches_for_is_not_talked_to(
    administrator, receiver, settings
):
    settings.WEBHOOK_CA = ""
    made, message = probed(clock.now(), administrator, url=receiver.url)

    assert deliver_webhook(webhook_id=made.webhook.pk, at=clock.now()) == 0

    assert receiver.got == []
    assert "CERTIFICATE_VERIFY_FAILED" in message.attempts.get().problem


def test_a_network_that_nobody_named_any_more_is_not_reached(
    administrator, receiver, settings
):
    made, message = probed(clock.now(), administrator, url=receiver.url)
    settings.WEBHOOK_NETWORKS = []

    assert deliver_webhook(webhook_id=made.webhook.pk, at=clock.now()) == 0

    assert receiver.got == []
    assert "private or reserved" in message.attempts.get().problem


def test_a_receiver_that_is_down_for_three_hours_gets_each_message(administrator, at):
    # Given four messages for a receiver that is down
    made, _ = probed(at, administrator)
    for minutes in (1, 2, 3):
        then = at + timedelta(minutes=minutes)
        probe_webhook(webhook_id=made.webhook.pk, by=administrator, at=then)
    names = list(
        made.webhook.messages.order_by("pk").values_list("public_id", flat=True)
    )
    taken = []

    # When the machinery goes on every minute
    for minutes in range(0, 12 * 60):
        now = at + timedelta(minutes=minutes)
        post = Post(*[503 if minutes < 180 else 200] * 10)
        delivered(made.webhook, now, post)
        if minutes >= 180:
            taken += [sent[2]["webhook-id"] for sent in post.sent]

    # Then each was taken once, with its id, and the bytes were the same at each try
    assert sorted(taken) == sorted(names)
    made.webhook.refresh_from_db()
    assert made.webhook.failing_since is None


def test_what_is_never_taken_is_given_up_and_stays_in_the_log(administrator, at):
    made, message = probed(at, administrator)
    now, tries = at, 0
    while True:
        message.refresh_from_db()
        if message.state != "PENDING":
            break
        now = message.next_try_at
        tries += 1 + delivered(made.webhook, now, Post(500))

    assert message.state == "GIVEN_UP"
    assert tries == len(WAITS) + 1 == message.attempts.count()
    assert days(3) < now - at < days(4)


def test_gone_disables_at_once(administrator, at):
    made, _ = probed(at, administrator)

    assert delivered(made.webhook, at, Post(410)) == 0

    made.webhook.refresh_from_db()
    assert not made.webhook.is_active
    assert "410" in made.webhook.disabled_because
    told = Notice.objects.filter(title="Webhook disabled: AI gateway")
    assert {each.recipient_user_id for each in told} == {administrator.user_id}
    event = AuditEvent.objects.get(event="exchange.webhook.disabled")
    assert event.actor_kind == "SYSTEM"


def test_five_days_without_one_that_is_taken_disable_it(administrator, at):
    made, _ = probed(at, administrator)
    delivered(made.webhook, at, Post(500))
    made.webhook.refresh_from_db()
    after = made.webhook.failing_since + days(5)
    almost = after - timedelta(seconds=60)
    probe_webhook(webhook_id=made.webhook.pk, by=administrator, at=almost)
    delivered(made.webhook, almost, Post(500, 500))
    made.webhook.refresh_from_db()
    assert made.webhook.is_active

    probe_webhook(webhook_id=made.webhook.pk, by=administrator, at=after)
    delivered(made.webhook, after, Post(500, 500))
    made.webhook.refresh_from_db()
    assert "last 5 days failed" in made.webhook.disabled_because


def test_a_message_in_hand_is_sent_by_one_worker(administrator, at):
    """A worker that died meanwhile holds it for a minute."""
    made, message = probed(at, administrator)

    def died(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        delivered(made.webhook, at, died)
    assert delivered(made.webhook, at + timedelta(seconds=59), Post()) == 0
    post = Post()
    assert delivered(made.webhook, at + timedelta(seconds=60), post) == 1
    assert post.sent[0][2]["webhook-id"] == message.public_id


def test_a_key_of_the_site_that_changed_is_said(administrator, at, settings):
    made, message = probed(at, administrator)
    settings.SECRET_KEY = "another-" + "1" * 50

    post = Post()
    assert delivered(made.webhook, at, post) == 0

    assert post.sent == []
    assert "rotate the secret" in message.attempts.get().problem


@pytest.mark.parametrize(
    ("tries", "status", "wait", "least", "most"),
    [
        (1, 500, 0, 5, 5.5),
        (1, 429, 0, 300, 300),
        (1, 503, 900, 900, 900),
        (2, None, 0, 300, 330),
        (9, 500, 0, 86_400, 95_040),
    ],
)
def test_a_try_waits_as_the_receiver_asks(tries, status, wait, least, most, at):
    for draw, seconds in ((0.0, least), (1.0, most)):
        later = next_try(
            tries,
            at,
            status=status,
            wait=timedelta(seconds=wait),
            draw=functools.partial(float, draw),
        )
        assert later == at + timedelta(seconds=seconds)


def test_the_page_shows_each_try(administrator, at, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(minutes=11))
    made, message = probed(at, administrator)
    slow = Reply(503, "answered 503", 19_500)
    delivered(made.webhook, at, Post(slow))
    delivered(made.webhook, at + timedelta(minutes=10), Post())

    browser = client_for(administrator)
    page = browser.get(made.webhook.path).content.decode()
    assert "answered 503, 19500 ms" in page
    assert "taken (200), 12 ms" in page
    assert "usa-alert" not in page
    assert "1 of 2 tries of the last seven days failed" in page
    assert "50 % of 2" in browser.get("/webhooks/").content.decode()
    assert json.loads(message.body)["type"] == "test"
    assert Webhook.objects.get().failing_since is None
