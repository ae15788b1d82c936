"""A test goes out like any other message."""

import json

import pytest

from contracting.core.errors import NotAllowed
from contracting.exchange.models import WebhookMessage
from contracting.exchange.operations.probe import probe_webhook
from tests.cast import client_for, nothing_happens
from tests.exchange.conftest import Post, delivered, registered


def test_a_test_is_signed_and_says_nothing(administrator, at):
    webhook = registered(at).webhook

    message = probe_webhook(webhook_id=webhook.pk, by=administrator, at=at)

    post = Post()
    assert delivered(webhook, at, post) == 1
    ((url, body, headers),) = post.sent
    assert url == webhook.url
    assert headers["webhook-id"] == message.public_id
    told = json.loads(body)
    assert told["type"] == "test"
    assert told["data"] == {"webhook": webhook.public_id}


@pytest.mark.parametrize(
    "role", ["contracting_officer", "auditor", "vendor_a_administrator"]
)
def test_nobody_else_sends_one(role, request, administrator, at):
    webhook = registered(at).webhook
    with nothing_happens(), pytest.raises(NotAllowed):
        probe_webhook(webhook_id=webhook.pk, by=request.getfixturevalue(role), at=at)


def test_the_page_sends_one_once(administrator, at):
    webhook = registered(at).webhook
    browser, address = client_for(administrator), f"{webhook.path}/probe_webhook"
    sent = {"form_token": browser.get(address).context["form_token"]}

    assert browser.post(address, sent).status_code == 303
    assert browser.post(address, sent).status_code == 303

    assert WebhookMessage.objects.count() == 1
    page = browser.get(webhook.path).content.decode()
    assert "none yet" in page
    assert "1 message waits" in page
