"""A secret is changed without a message that its receiver cannot check."""

from datetime import timedelta

import pytest
from standardwebhooks import Webhook as Foreign
from standardwebhooks import WebhookVerificationError

from contracting.audit.models import AuditEvent
from contracting.core import clock
from contracting.core.errors import NotAllowed
from contracting.exchange.models import Webhook
from contracting.exchange.operations.probe import probe_webhook
from contracting.exchange.operations.rotate_secret import rotate_webhook_secret
from tests.cast import client_for, nothing_happens
from tests.exchange.conftest import Post, delivered, registered


def rotated(webhook, at, by, *, has_leaked=False):
    return rotate_webhook_secret(
        webhook_id=webhook.pk, has_leaked=has_leaked, by=by, at=at
    )


def sent_at(webhook, at, by):
    post = Post()
    probe_webhook(webhook_id=webhook.pk, by=by, at=at)
    assert delivered(webhook, at, post) == 1
    return post.sent[-1][1:]


def takes(secret, body, headers):
    try:
        Foreign(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def test_both_secrets_sign_for_a_day(administrator, time_machine):
    # Given a webhook whose secret is rotated
    at = clock.now()
    before = registered(at)
    after = rotated(before.webhook, at, administrator)
    assert after.secret != before.secret
    assert after.public_key != before.public_key

    # Then a receiver with either reads what is sent on that day, and only with the
    # new one what is sent after it
    for hours, old_takes in ((0, True), (23, True), (24, False)):
        later = at + timedelta(hours=hours)
        time_machine.move_to(later)
        body, headers = sent_at(after.webhook, later, administrator)
        assert takes(after.secret, body, headers)
        assert takes(before.secret, body, headers) is old_takes


def test_a_leaked_secret_signs_nothing_more(administrator):
    at = clock.now()
    before = registered(at)
    after = rotated(before.webhook, at, administrator, has_leaked=True)

    body, headers = sent_at(after.webhook, at, administrator)

    assert takes(after.secret, body, headers)
    assert not takes(before.secret, body, headers)
    event = AuditEvent.objects.get(event="exchange.webhook.secret_rotated")
    assert after.public_key in event.payload
    assert after.secret not in event.payload


@pytest.mark.parametrize("role", ["contracting_officer", "vendor_a_administrator"])
def test_nobody_else_rotates_it(role, request, administrator, at):
    webhook = registered(at).webhook

    with nothing_happens(), pytest.raises(NotAllowed):
        rotated(webhook, at, request.getfixturevalue(role))


def test_the_page_shows_the_new_secret_once(administrator, at):
    webhook = registered(at).webhook
    browser, address = (
        client_for(administrator),
        f"{webhook.path}/rotate_webhook_secret",
    )
    token = browser.get(address).context["form_token"]

    shown = browser.post(address, {"form_token": token})

    assert shown.status_code == 201
    assert "whsec_" in shown.content.decode()
    assert Webhook.objects.get().former_until is not None
